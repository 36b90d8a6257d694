package mailing

// RareState is the condition of idx_recipients_rare_state over recipients, named r: SQLite takes the index
// only where it stands word by word.
const RareState = `r.state <> 'pending' AND r.state <> 'sending' AND r.state <> 'sent'`

// IDBits is how many bits of recipients.id number the recipients of one mailing; the rest is
// contents.no.
const IDBits = 32

// IDRange is where the recipients of a mailing lie: first ≤ id ≤ last.
func IDRange(no int64) (first, last int64) {
	first = no << IDBits
	return first, first | (1<<IDBits - 1)
}
