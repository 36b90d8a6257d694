package delivery

import (
	"time"

	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/relay"
	"gonets/internal/stats"
)

// outcome is what one try, or none, did to one recipient.
type outcome struct {
	state  mailing.State
	reason string
	// status of the attempt; stats.NoAttempt when none was made.
	status   stats.Status
	code     int
	enhanced string
	response string
	// next is when a deferred recipient is tried again.
	next     time.Time
	duration time.Duration
	// forgiven is true for an attempt that says more about the mail server than about the recipient: it
	// is in the books, but it is none of the tries that may be used up.
	forgiven bool
}

// attempted is true when an attempt was made, which goes into the log.
func (o *outcome) attempted() bool { return o.status != stats.NoAttempt }

// handedOver is true when a mail server has, or may have, taken the mail: it counts against daily limits.
func (o *outcome) handedOver() bool { return o.state == mailing.Sent || o.state == mailing.Uncertain }

// deferral says when what was refused for now is tried again.
type deferral struct {
	// steps are the waits after the first, second… try; the last is used for all further ones.
	steps []time.Duration
	// maxTries is how often one recipient is tried at most.
	maxTries int
}

// defaultDeferral tries for about a day. Greylisting lets go after minutes, a full mailbox is cleared
// the next day or never.
var defaultDeferral = deferral{
	steps:    []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 16 * time.Hour},
	maxTries: 7,
}

// maxResponse is how much of an answer is kept, in characters.
const maxResponse = 1500

// answered judges a mail by the server's answer to it: its MAIL, its RCPT or its body (docs/engine.md
// has the table).
func (d deferral) answered(r *recipient, a relay.Answer, now time.Time) outcome {
	o := outcome{
		status: stats.Failure, code: a.Code, enhanced: a.Enhanced, response: clip(a.String()),
	}
	switch a.Kind() {
	case relay.KindSent:
		o.state, o.status = mailing.Sent, stats.Success
	case relay.KindBadAddress:
		o.state, o.reason = mailing.Failed, mailing.ReasonBadAddress
	case relay.KindPolicy:
		o.state, o.reason = mailing.Failed, mailing.ReasonPolicy
	case relay.KindTooLong:
		o.state, o.reason = mailing.Failed, mailing.ReasonTooLong
	case relay.KindDeferred:
		d.later(&o, r, now)
	default:
		o.state, o.reason = mailing.Failed, mailing.ReasonRefused
	}
	return o
}

// broke judges a mail whose conversation broke. Only when the server may have the whole of it nobody
// can know; otherwise it is tried again, at once the first time.
func (d deferral) broke(r *recipient, b *relay.Broken, now time.Time) outcome {
	o := outcome{
		status: stats.Failure, code: b.Answer.Code, enhanced: b.Answer.Enhanced, response: clip(plain(b)),
	}
	switch {
	case b.AfterDot:
		o.state, o.status, o.reason = mailing.Uncertain, stats.Uncertain, mailing.ReasonNoAnswer
	case r.used() == 0:
		o.state = mailing.Pending
	default:
		d.later(&o, r, now)
	}
	return o
}

// unwritten judges a recipient whose mail could not be written.
func unwritten(r *recipient, err error) outcome {
	return outcome{
		state: mailing.Failed, reason: mailing.ReasonTemplate, status: stats.Failure, response: clip(err.Error()),
	}
}

// skipped is for a recipient that is not mailed.
func skipped(reason string) outcome { return outcome{state: mailing.Skipped, reason: reason} }

// untouched takes back the claim of a recipient whose mail never reached a server.
func untouched() outcome { return outcome{state: mailing.Pending} }

// forgive has the recipient tried again for an attempt that is not held against it.
func forgive(r *recipient, o outcome) outcome {
	if r.tries >= mailing.MostTries-1 {
		return untouched()
	}
	o.state, o.reason, o.next, o.forgiven = mailing.Pending, "", time.Time{}, true
	return o
}

// later defers the recipient, unless its tries or its mailing's time are used up.
func (d deferral) later(o *outcome, r *recipient, now time.Time) {
	used := r.used() + 1
	if used >= d.maxTries {
		o.state, o.reason = mailing.Failed, mailing.ReasonTriesUsedUp
		return
	}
	o.next = now.Add(jitter(d.steps[min(used, len(d.steps))-1]))
	if ends := r.flow.endsAt; !ends.IsZero() && o.next.After(ends) {
		o.state, o.reason = mailing.Failed, mailing.ReasonNoTimeLeft
		return
	}
	o.state = mailing.Deferred
}

// clip keeps an answer within its column.
func clip(s string) string { return excerpt.Of(s, maxResponse) }
