// Package mailing is what a mailing is, and what its owner and managers do with it.
//
// It has the statuses of a mailing and the states of its recipients, the reasons for both, the timeline, who may
// send, and the verbs that write only the database: pause, resume, cancel, block, retry, accept, duplicate. It starts
// no goroutine.
package mailing

// Status is how far a mailing is.
type Status string

// The statuses of mailings.status.
const (
	Created   Status = "created"
	Scheduled Status = "scheduled"
	Running   Status = "running"
	Paused    Status = "paused"
	Completed Status = "completed"
	Cancelled Status = "cancelled"
)

// State is what became of one recipient so far.
type State string

// The states of recipients.state.
const (
	Pending   State = "pending"   // waits for its turn
	Sending   State = "sending"   // its mail is being handed over
	Sent      State = "sent"      // a mail server took it
	Failed    State = "failed"    // refused for good, or too often
	Uncertain State = "uncertain" // handed over perhaps: the answer never came
	Skipped   State = "skipped"   // not mailed, for the reason given
	Deferred  State = "deferred"  // refused for now; tried again when next_try_at has come
	Bounced   State = "bounced"   // sent, and came back
)

// Why a recipient is in the state it is in: recipients.reason. Beside these there are the reasons of
// suppressions: unsubscribed, bounced, complained, manual.
const (
	ReasonRefused     = "refused"        // the mail server refused the mail for good
	ReasonBadAddress  = "bad_address"    // the address does not exist
	ReasonPolicy      = "policy"         // the mail server does not like who sends or what is sent
	ReasonTooLong     = "too_long"       // the mail is longer than the mail server takes
	ReasonSMTPUTF8    = "smtputf8"       // the mail server takes no addresses with other than Latin letters before the @
	ReasonTriesUsedUp = "tries_used_up"  // refused for now until there were no tries left
	ReasonNoTimeLeft  = "no_time_left"   // refused for now, and the next try would come after ends_at
	ReasonTemplate    = "template"       // the mail could not be written
	ReasonNoAnswer    = "no_answer"      // the connection broke before the answer came
	ReasonInterrupted = "interrupted"    // Gonets ended while the mail was being handed over
	ReasonCancelled   = "cancelled"      // the mailing was cancelled first
	ReasonEnded       = "ended"          // ends_at passed first
	ReasonDeleted     = "client_deleted" // the client was deleted first
	ReasonAccepted    = "accepted"       // uncertain, and taken as sent by the owner
	ReasonNotRecorded = "not_recorded"   // what became of it could not be written to the database
	ReasonExpired     = "expired"        // a transactional e-mail that could not be sent for three days
	ReasonHard        = "hard"           // it came back: the address takes no mail
	ReasonSoft        = "soft"           // it came back: this mail was not delivered, another one may be
	ReasonBlock       = "block"          // it came back because of who sent it or what it contains
	ReasonComplained  = "complained"     // sent, and the recipient called it unwanted
)
