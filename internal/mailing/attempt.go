package mailing

import "strconv"

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

// RecipientOf is the recipient that an id was made of; ok is false if AttemptID does not make such ids.
func RecipientOf(id string) (recipient int64, ok bool) {
	if len(id) != 15 {
		return 0, false
	}
	n, err := strconv.ParseInt(id[:12], 36, 64)
	return n, err == nil && n > 0
}

// MostTries is how many attempts at one recipient an id can tell apart. None comes so far: trying every
// two minutes it would take two months.
const MostTries = 36*36*36 - 1
