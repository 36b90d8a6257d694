package mailing

// AttemptID is the id of one attempt: 15 characters, as PocketBase wants them, made of the recipient
// and of which try it was. So an attempt is found without being noted with its recipient, the same one
// cannot be written twice, and those of a mailing are written side by side, which is twice as fast as
// all over an index.
func AttemptID(recipient int64, try int) string {
	const base36 = "0123456789abcdefghijklmnopqrstuvwxyz"
	var id [15]byte
	for i := 14; i >= 12; i-- {
		id[i] = base36[try%36]
		try /= 36
	}
	for i := 11; i >= 0; i-- {
		id[i] = base36[recipient%36]
		recipient /= 36
	}
	return string(id[:])
}

// MostTries is how many attempts at one recipient an id can tell apart. None comes so far: trying every
// two minutes it would take two months.
const MostTries = 36*36*36 - 1
