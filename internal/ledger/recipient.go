package ledger

import (
	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// Mailing is what the ledger knows of a mailing at work.
type Mailing struct {
	ID     string
	Owner  string
	Sender string // "" is PocketBase's own mail settings
	No     int64  // of its contents

	// First are the first answers of its mail server, as recorded. It belongs to the ledger.
	First verdict.FirstAnswers
}

// Recipient is a row of recipients in memory.
type Recipient struct {
	ID       int64
	Client   string
	Email    string
	Tries    int           // attempts made so far
	Forgiven int           // those of them that are not held against it
	State    mailing.State // as the database has it: Pending, Deferred or, once claimed, Sending
	StopList int64         // what engine.stop_list was when the address was last looked up
	Mailing  *Mailing
	// claimedOn is the UTC day of its claim while it is in flight, for usage.in_flight; else "".
	claimedOn string
}

// Used is how many of the tries that a recipient has are used up.
func (r *Recipient) Used() int { return r.Tries - r.Forgiven }
