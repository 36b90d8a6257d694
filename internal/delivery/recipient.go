package delivery

import (
	"gonets/internal/mailing"
)

// recipient is a row of recipients in memory, with what its mail is written from. It belongs to the
// flow that loaded it, and is in one place at a time: waiting in the flow, or with one worker.
type recipient struct {
	id         int64
	client     string
	email      string
	fullName   string
	attributes string        // of the client, JSON; "" when there are none
	found      bool          // the client is still there
	tries      int           // attempts made so far
	forgiven   int           // those of them that are not held against it
	state      mailing.State // as the books have it: Pending, Deferred or, once claimed, Sending
	stopList   int64         // what engine.stop_list was when the address was last looked up
	flow       *flow
	// claimedOn is the UTC day of its claim while it is in flight, for usage.in_flight; else "".
	claimedOn string
	// suspect is true when a connection broke at it that had delivered nothing before: because of the
	// server, or because of this mail.
	suspect bool
	// lost is true when it has to be skipped and that cannot be written.
	lost bool
}

// used is how many of the tries that a recipient has are used up.
func (r *recipient) used() int { return r.tries - r.forgiven }

// size is about how many bytes a recipient takes in memory.
func (r *recipient) size() int {
	return 200 + len(r.client) + len(r.email) + len(r.fullName) + len(r.attributes)
}
