package delivery

// recipient is a row of recipients in memory, with what its mail is written from. It belongs to the
// flow that loaded it, and is in one place at a time: waiting in the flow, or with one worker.
type recipient struct {
	LedgerRecipient
	fullName   string
	attributes string // of the client, JSON; "" when there are none
	found      bool   // the client is still there
	flow       *flow
	// suspect is true when a connection broke at it that had delivered nothing before: because of the
	// server, or because of this mail.
	suspect bool
	// lost is true when it has to be skipped and that cannot be written.
	lost bool
}

// size is about how many bytes a recipient takes in memory.
func (r *recipient) size() int {
	return 200 + len(r.client) + len(r.email) + len(r.fullName) + len(r.attributes)
}
