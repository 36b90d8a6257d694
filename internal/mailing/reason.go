package mailing

import (
	"encoding/json"
	"strings"
	"time"

	"gonets/internal/excerpt"
)

// Reason says why a mailing does not go on at the moment: mailings.waiting_reason. The UI has the
// words for each code.
type Reason struct {
	Code string `json:"code"`
	// Until is when it goes on by itself or is tried again, RFC 3339 in UTC; "" when somebody has to act.
	Until string `json:"until"`
	// Detail is for whoever looks closer: the mail server's words, a figure.
	Detail string `json:"detail"`
}

// Codes of reasons.
const (
	WaitServer       = "server_unreachable" // no connection to the mail server
	WaitTLS          = "tls_failed"         // no encryption with it
	WaitLogin        = "login_failed"       // it does not take the user name and password
	WaitRefusing     = "server_refusing"    // it answers and takes no mail at the moment
	WaitSender       = "sender_refused"     // it takes no mail from the sender's address
	WaitNoServer     = "no_mail_server"     // none is configured, or the sender was deleted
	WaitSetup        = "setup"              // sender or message cannot be used as they are
	WaitSenderLimit  = "sender_daily_limit" // the sender's mails of this UTC day are used up
	WaitOwnerQuota   = "owner_daily_quota"  // the owner's mails of this UTC day are used up
	WaitRate         = "rate_limit"         // the next mail has to wait for its turn
	WaitDeferred     = "deferred"           // all that is left was refused for now and waits for its next try
	WaitFailures     = "too_many_failures"  // paused by itself
	WaitNobody       = "nobody_accepted"    // paused: the server says of each address that it does not exist
	WaitBackup       = "restored_backup"    // paused: the database is older than what was sent
	WaitOwnerBlocked = "owner_blocked"      // paused with its owner
	WaitBlocked      = "mailing_blocked"    // its time came while a manager had blocked it
	WaitCannotStart  = "cannot_start"       // the launch at starts_at was refused; Detail says why
	WaitApproval     = "awaiting_approval"  // paused: its owner has to be approved first
	WaitUnverified   = "owner_not_verified" // paused: its owner has not confirmed the e-mail address
	WaitDatabase     = "database"           // the database cannot be written, so nothing is sent

	WaitBounces    = "too_many_bounces"    // paused: too much of what was sent came back
	WaitComplaints = "too_many_complaints" // paused: too many recipients called it unwanted
)

// maxDetail keeps a reason within its field, in characters.
const maxDetail = 1000

// NewReason makes a reason; the zero time means that somebody has to act. detail is cut to what fits the field.
func NewReason(code, detail string, until time.Time) *Reason {
	r := &Reason{Code: code, Detail: excerpt.Of(detail, maxDetail)}
	if !until.IsZero() {
		r.Until = until.UTC().Format(time.RFC3339)
	}
	return r
}

// Column is the reason as the database has it; nil is none.
func (r *Reason) Column() any {
	if r == nil {
		return nil
	}
	var raw strings.Builder
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false) // a "<" would take six bytes of the field
	if err := encoder.Encode(r); err != nil {
		panic(err) // three strings always encode
	}
	return strings.TrimSpace(raw.String())
}
