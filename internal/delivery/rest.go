package delivery

import (
	"time"

	"gonets/internal/mailing"
	"gonets/internal/relay"
)

// rest is the pause of a mailing whose mail the server refuses for something that it has against us: it
// wants a login or encryption first, does not like the sender, or takes nothing at the moment. That says
// nothing about the recipients, so none is marked; after each pause one mail tries again. It belongs to
// the mailing and not to the desk: another mailing may have another sender's address.
type rest struct {
	pause   time.Duration // after the first strike; it doubles with each further one
	strikes int
	until   time.Time  // no mail before
	probe   *recipient // whose mail tries whether it goes on
	reason  *mailing.Reason
}

// wait is how long no mail may be tried; 0 when one may.
func (r *rest) wait(now time.Time) time.Duration {
	if r.strikes == 0 {
		return 0
	}
	return max(0, r.until.Sub(now))
}

// begin notes that the mail to a recipient is tried. Until it has told, there is no other for a while.
func (r *rest) begin(probe *recipient, now time.Time) {
	if r.strikes > 0 {
		r.probe, r.until = probe, now.Add(r.step())
	}
}

// strike notes that the mail to a recipient was refused. Those that were under way together count once.
func (r *rest) strike(refused *recipient, now time.Time, code, detail string) {
	if r.strikes > 0 && r.probe != refused {
		return
	}
	r.strikes++
	r.probe, r.until = nil, now.Add(jitter(r.step()))
	r.reason = mailing.NewReason(code, detail, r.until)
}

// step is how long the pause after the last strike is.
func (r *rest) step() time.Duration { return min(r.pause<<min(r.strikes-1, 10), longestPause) }

// end notes that the server takes the mailing's mails.
func (r *rest) end() { *r = rest{pause: r.pause} }

// waitsFor are the reasons to wait for what a refusal speaks of. A mail itself is not waited for.
var waitsFor = map[relay.Subject]string{
	relay.SubjectServer: mailing.WaitRefusing,
	relay.SubjectTLS:    mailing.WaitTLS,
	relay.SubjectLogin:  mailing.WaitLogin,
	relay.SubjectSender: mailing.WaitSender,
}

// heard notes that the server has answered the mail to r. It is false when the answer speaks of us: then
// it says nothing about r, and the mailing rests.
//
// A reply to MAIL is taken at its word. A later one, which may after all be about the recipient, is so
// only if no mail of the mailing had been taken when this one was begun.
func (d *desk) heard(begun, now time.Time, r *recipient, a relay.Answer, server string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fineAt = now
	if d.breaker.open() {
		d.breaker.reset()
		d.calm = time.Time{} // it was about a server that was going down
		d.grow(now)
		d.announce()
	}
	f := r.flow
	if a.Stage == relay.StageBody && a.Success() && f.takenAt.IsZero() {
		f.takenAt = now
	}
	fresh := f.takenAt.IsZero() || begun.Before(f.takenAt)
	if code := waitsFor[a.Subject()]; code != "" && (a.Stage == relay.StageMail || fresh) {
		f.rest.strike(r, now, code, plain(&relay.Trouble{Server: server, Stage: a.Stage, Answer: a}))
		return false
	}
	if f.rest.strikes > 0 {
		f.rest.end()
		d.grow(now)
		d.announce()
	}
	return true
}
