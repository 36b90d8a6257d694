package ledger

import (
	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// Mailing is what the ledger knows of a mailing at work. With an empty ID it is the flow of the transactional e-mails of one
// owner by one sender: its recipients name their calls.
type Mailing struct {
	ID     string
	Owner  string
	Sender string // "" is PocketBase's own mail settings
	No     int64  // of its contents

	// First are the first answers of its mail server, as recorded. It belongs to the ledger.
	First verdict.FirstAnswers
}

// IsTransactional reports whether it is a flow of transactional e-mails.
func (m *Mailing) IsTransactional() bool { return m.ID == "" }

// key tells the mailings and flows of a batch apart.
func (m *Mailing) key() string {
	if m.IsTransactional() {
		return m.Owner + "/" + m.Sender
	}
	return m.ID
}

// meteredOwner is the owner for whose daily quota the e-mails count: "" for transactional ones, which count when they
// are accepted, against a quota of their own.
func (m *Mailing) meteredOwner() string {
	if m.IsTransactional() {
		return ""
	}
	return m.Owner
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
	// Call is the id of the call that a transactional e-mail belongs to; "" for a recipient of a mailing.
	Call string
	// claimedOn is the UTC day of its claim while it is in flight, for usage.in_flight; else "".
	claimedOn string
}

// Used is how many of the tries that a recipient has are used up.
func (r *Recipient) Used() int { return r.Tries - r.Forgiven }

// belongsTo is the id in recipients.mailing and attempts.mailing: that of the mailing or of the call.
func (r *Recipient) belongsTo() string {
	if r.Call != "" {
		return r.Call
	}
	return r.Mailing.ID
}
