package delivery

import (
	"gonets/internal/mailing"
)

// LedgerMailing is what the ledger knows of a mailing at work.
type LedgerMailing struct {
	id     string
	owner  string
	sender string // "" is PocketBase's own mail settings
	no     int64  // of its contents

	// first are the first answers of its mail server, as recorded. It belongs to the ledger.
	first FirstAnswers
}

// LedgerRecipient is a row of recipients in memory.
type LedgerRecipient struct {
	id       int64
	client   string
	email    string
	tries    int           // attempts made so far
	forgiven int           // those of them that are not held against it
	state    mailing.State // as the database has it: Pending, Deferred or, once claimed, Sending
	stopList int64         // what engine.stop_list was when the address was last looked up
	mailing  *LedgerMailing
	// claimedOn is the UTC day of its claim while it is in flight, for usage.in_flight; else "".
	claimedOn string
}

// used is how many of the tries that a recipient has are used up.
func (r *LedgerRecipient) used() int { return r.tries - r.forgiven }
