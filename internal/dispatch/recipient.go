package dispatch

import (
	"gonets/internal/ledger"
	"gonets/internal/transactional"
)

// recipient is a row of recipients in memory, with what its mail is written from. It belongs to the
// queue that loaded it, and is in one place at a time: waiting in the queue, or with one worker.
type recipient struct {
	ledger.Recipient
	fullName   string
	attributes string // of the client, JSON; "" when there are none
	found      bool   // the client is still there
	queue      *Queue
	call       *transactional.Waiting // a transactional e-mail; nil for a recipient of a mailing
	from       string                 // envelope sender of the mail, once it is made
	// suspect is true when a connection broke at it that had delivered nothing before: because of the
	// server, or because of this mail.
	suspect bool
	// unrecordable is true when it has to be skipped and that cannot be written.
	unrecordable bool
}

// size is about how many bytes a recipient takes in memory.
func (r *recipient) size() int {
	return 200 + len(r.Client) + len(r.Email) + len(r.fullName) + len(r.attributes)
}
