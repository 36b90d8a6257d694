// Package verdict says what the answer of a mail server means: for the recipient, for the mailing and for the server.
package verdict

import (
	"errors"
	"fmt"
	"time"

	"gonets/internal/compose"
	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/measure"
	"gonets/internal/refusal"
	"gonets/internal/relay"
	"gonets/internal/stats"
	"gonets/internal/template"
)

// Outcome is what one try, or none, did to one recipient.
type Outcome struct {
	State  mailing.State
	Reason string // recipients.reason, "" when the state says it all
	// Status of the attempt; stats.NoAttempt when none was made.
	Status   stats.Status
	Code     int // the reply code; 0 when no server said anything
	Enhanced string
	Response string
	// Next is when a deferred recipient is tried again.
	Next     time.Time
	Duration time.Duration
	// Forgiven is true for an attempt that concerns the mail server more than the recipient: it is recorded, but it is
	// none of the tries that may be used up.
	Forgiven bool

	Effect
}

// Effect is what a try shows beside the state of the recipient.
type Effect struct {
	// MailingWaits is the reason for which the mailing has to wait, such as mailing.WaitLogin: the answer concerns our
	// account, not the recipient. "" when it concerns the recipient.
	MailingWaits string
	// Server is why the mail server cannot be used at the moment, nil when it can.
	Server *relay.ServerError
	// Unreadable is why an attachment could not be read, nil when all could.
	Unreadable error
	// Disconnected is true when the connection is not to be used any more.
	Disconnected bool
	// Suspect is true when a connection broke at the mail that had delivered nothing before: because of the server, or
	// because of this mail. It is then tried after the others.
	Suspect bool
}

// Attempted is true when an attempt was made, which goes into the log.
func (o *Outcome) Attempted() bool { return o.Status != stats.NoAttempt }

// HandedOver is true when a mail server has accepted the mail, or may have: it counts against daily limits.
func (o *Outcome) HandedOver() bool { return o.State == mailing.Sent || o.State == mailing.Uncertain }

// Class is what became of the attempt.
func (o *Outcome) Class() measure.Class {
	switch {
	case o.Status == stats.Success:
		return measure.Success
	case o.Status == stats.Uncertain:
		return measure.Uncertain
	case o.Code >= 500:
		return measure.Permanent
	case o.Code >= 400:
		return measure.Temporary
	}
	return measure.NoReply
}

// Undelivered is what the failure of a recipient means for the address; ok is false if it means nothing. In the session, only
// the codes of an unknown address are hard: a server that calls every address unknown is found out by them (FirstAnswers),
// before its word is taken for good. What says so in words only is soft.
func (o *Outcome) Undelivered() (class refusal.Class, ok bool) {
	switch {
	case o.State != mailing.Failed:
		return "", false
	case o.Reason == mailing.ReasonBadAddress:
		return refusal.Hard, true
	case o.Reason == mailing.ReasonRefused, o.Reason == mailing.ReasonTriesUsedUp:
		class, _ := refusal.Refusal{Code: o.Code, Enhanced: o.Enhanced, Text: o.Response}.Class()
		if class == refusal.Hard {
			class = refusal.Soft
		}
		return class, true
	}
	return "", false
}

// Context is what has to be known beside the answer to judge it.
type Context struct {
	Deferral   Deferral
	Begun, Now time.Time // of this try
	Tries      int       // attempts made at the recipient before
	Used       int       // those of them that are held against the recipient
	EndsAt     time.Time // of the mailing; the zero time is never
	// Delivered is true when other mails were answered on the connection before.
	Delivered bool
	// Working is true when the server has answered a mail a moment ago. While it does, a connection that breaks concerns
	// the recipient that it broke at.
	Working bool
	// NoneTaken is true when the server had accepted no mail of the mailing when this one was begun.
	NoneTaken bool
	// Stopping is true when the process gives up what is under way.
	Stopping bool
}

// closing is the reply of a server that closes the connection (RFC 5321 § 3.8).
const closing = 421

// Judge judges one try by the answer of the mail server to its MAIL, its RCPT or its body, or by the error of a
// connection that ended before the answer. docs/engine.md has the table.
func Judge(a relay.Answer, err error, c Context) Outcome {
	if err != nil {
		return broken(relay.ConnectionErrorOf(err), c)
	}
	if a.NeedsUTF8() {
		return Skipped(mailing.ReasonSMTPUTF8) // the server was not asked
	}
	o := answered(a, c)
	if a.Code == closing {
		o.Disconnected, o.Suspect = true, !c.Delivered
		if o.Suspect {
			o.Server = &relay.ServerError{Stage: relay.StageGreeting, Answer: a}
		}
		if c.Delivered || !c.Working {
			o.forgive(c)
		}
		return o
	}
	// A reply to MAIL is taken at its word. A later one may after all concern the recipient.
	if code := waitsFor[a.Subject()]; code != "" && (a.Stage == relay.StageMail || c.NoneTaken) {
		o.MailingWaits, o.Suspect = code, true
		o.forgive(c)
	}
	return o
}

// waitsFor are the reasons to wait for what a refusal concerns. The mail itself is not waited for.
var waitsFor = map[relay.Subject]string{
	relay.SubjectServer: mailing.WaitRefusing,
	relay.SubjectTLS:    mailing.WaitTLS,
	relay.SubjectLogin:  mailing.WaitLogin,
	relay.SubjectSender: mailing.WaitSender,
}

// answered is the outcome for the recipient alone.
func answered(a relay.Answer, c Context) Outcome {
	o := Outcome{
		Status: stats.Failure, Code: a.Code, Enhanced: a.Enhanced, Response: Clip(a.String()), Duration: c.Now.Sub(c.Begun),
	}
	switch a.Kind() {
	case relay.KindSent:
		o.State, o.Status = mailing.Sent, stats.Success
	case relay.KindBadAddress:
		o.State, o.Reason = mailing.Failed, mailing.ReasonBadAddress
	case relay.KindPolicy:
		o.State, o.Reason = mailing.Failed, mailing.ReasonPolicy
	case relay.KindTooLong:
		o.State, o.Reason = mailing.Failed, mailing.ReasonTooLong
	case relay.KindDeferred:
		o.later(c)
	default:
		o.State, o.Reason = mailing.Failed, mailing.ReasonRefused
	}
	return o
}

// broken judges a mail whose connection broke. It is uncertain only after the final dot; otherwise it is tried again,
// at once the first time.
func broken(b *relay.ConnectionError, c Context) Outcome {
	o := Outcome{Status: stats.Failure, Code: b.Answer.Code, Enhanced: b.Answer.Enhanced, Response: Clip(Words(b))}
	switch {
	case b.AfterDot:
		o.State, o.Status, o.Reason = mailing.Uncertain, stats.Uncertain, mailing.ReasonNoAnswer
	case IsUnreadable(b):
		o = Untouched()
		o.Unreadable, o.Disconnected = b.Err, true
		return o
	case c.Stopping, c.Delivered && b.Answer.Code == closing, idle(b.Stage):
		// It concerns the connection; the server has not looked at this mail.
		o = Untouched()
	case c.Used == 0:
		o.State = mailing.Pending
	default:
		o.later(c)
	}
	if o.Attempted() && !b.AfterDot && !c.Delivered && !c.Working {
		o.forgive(c)
	}
	o.Disconnected, o.Suspect = true, !c.Delivered
	if !c.Delivered && !c.Stopping {
		o.Server = &relay.ServerError{Stage: b.Stage, Answer: b.Answer, Err: b.Err}
	}
	return o
}

// idle says whether a connection broke before anything about a recipient was said, as those do that the server has
// closed for being idle.
func idle(s relay.Stage) bool {
	return s == relay.StageIdle || s == relay.StageReset || s == relay.StageMail
}

// IsUnreadable says whether a mail could not be made or written for want of an attachment.
func IsUnreadable(err error) bool {
	var unreadable *compose.AttachmentError
	return errors.As(err, &unreadable)
}

// IsOfMessage says whether a mail could not be made because of what it is made of: its template, an address. It cannot be made
// later either.
func IsOfMessage(err error) bool {
	var broken *template.Error
	var unusable *compose.UnusableError
	return errors.As(err, &broken) || errors.As(err, &unusable)
}

// Unwritten is for a recipient whose mail could not be written.
func Unwritten(err error) Outcome {
	return Outcome{State: mailing.Failed, Reason: mailing.ReasonTemplate, Status: stats.Failure, Response: Clip(err.Error())}
}

// Unreadable is for a recipient whose mail could not be made or written for want of an attachment: it is tried again later,
// like one that was refused for now.
func Unreadable(err error, c Context) Outcome {
	words := "the mail cannot be made at the moment; the log says why" // where it is kept is the operator's business
	var attachment *compose.AttachmentError
	if errors.As(err, &attachment) {
		words = fmt.Sprintf("the attachment %q cannot be read", attachment.Name)
	}
	o := Outcome{Status: stats.Failure, Response: Clip(words)}
	o.later(c)
	return o
}

// Skipped is for a recipient that is not mailed.
func Skipped(reason string) Outcome { return Outcome{State: mailing.Skipped, Reason: reason} }

// Untouched takes back the claim of a recipient whose mail never reached a server.
func Untouched() Outcome { return Outcome{State: mailing.Pending} }

// forgive has the recipient tried again for an attempt that is not held against it.
func (o *Outcome) forgive(c Context) {
	effect := o.Effect
	if c.Tries >= mailing.MostTries-1 {
		*o = Untouched() // the id of an attempt cannot count so far
	} else {
		o.State, o.Reason, o.Next, o.Forgiven = mailing.Pending, "", time.Time{}, true
	}
	o.Effect = effect
}

// later defers the recipient, unless its tries or its mailing's time are used up.
func (o *Outcome) later(c Context) {
	used := c.Used + 1
	if used >= c.Deferral.MaxTries {
		o.State, o.Reason = mailing.Failed, mailing.ReasonTriesUsedUp
		return
	}
	o.Next = c.Now.Add(Jitter(c.Deferral.Steps[min(used, len(c.Deferral.Steps))-1]))
	if !c.EndsAt.IsZero() && o.Next.After(c.EndsAt) {
		o.State, o.Reason = mailing.Failed, mailing.ReasonNoTimeLeft
		return
	}
	o.State = mailing.Deferred
}

// MaxResponse is how much of an answer is kept, in characters.
const MaxResponse = 1500

// Clip keeps an answer within its column.
func Clip(s string) string { return excerpt.Of(s, MaxResponse) }
