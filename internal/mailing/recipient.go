package mailing

// RareState is the condition of idx_recipients_rare_state over recipients, named r: SQLite takes the index
// only where it stands word by word.
const RareState = `r.state <> 'pending' AND r.state <> 'sending' AND r.state <> 'sent'`

// IdBits is how many bits of recipients.id number the recipients of one mailing; the rest is
// contents.no.
const IdBits = 32

// IdRange is where the recipients of a mailing lie: first ≤ id ≤ last.
func IdRange(no int64) (first, last int64) {
	first = no << IdBits
	return first, first | (1<<IdBits - 1)
}
