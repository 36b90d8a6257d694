package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/outbox"
	"gonets/internal/relay"
	"gonets/internal/stats"
	"gonets/internal/suppression"
)

// mail simulates the tries of a recipient: a greylisted one is accepted at the second try.
func (b *booking) mail(r addressed, at time.Time) {
	for try := 1; ; try++ {
		b.tries[r.Email]++
		reply := outbox.DemoRules(b.shop.fromEmail, r.Email, b.tries[r.Email])
		took := time.Duration(18+b.crowd.IntN(160)) * time.Millisecond
		at = at.Add(took)
		if b.judge(r, answerOf(reply, at), try, at, took) {
			return
		}
		at = at.Add(55*time.Second + b.crowd.minutes(1)/2)
	}
}

// answerOf is the mail server's reply; its code is 0 when the server closed the connection.
func answerOf(reply *outbox.Reply, at time.Time) relay.Answer {
	if reply == nil {
		return relay.Answer{Stage: relay.StageBody, Code: 250, Enhanced: "2.0.0", Text: "OK queued as " + database.Base36(uint64(at.UnixMicro()), 10)}
	}
	a := relay.Answer{Stage: relay.StageRcpt, Code: reply.Code, Enhanced: reply.Enhanced, Text: reply.Text}
	if reply.Stage == outbox.AtEnd {
		a.Stage = relay.StageBody
	}
	return a
}

// judge records one try as the engine would (docs/engine.md), and reports whether it was the last one.
func (b *booking) judge(r addressed, a relay.Answer, try int, at time.Time, took time.Duration) bool {
	response := a.String()
	state, status, reason := mailing.Failed, stats.Failure, mailing.ReasonRefused
	switch kind := a.Kind(); {
	case a.Code == 0:
		state, status, reason = mailing.Uncertain, stats.Uncertain, mailing.ReasonNoAnswer
		response = "body: the server closed the connection: EOF"
	case kind == relay.KindSent:
		state, status, reason = mailing.Sent, stats.Success, ""
	case kind == relay.KindDeferred:
		state = mailing.Deferred
	case kind == relay.KindBadAddress:
		reason = mailing.ReasonBadAddress
		b.refused = append(b.refused, left{r.Email, response, at})
	case kind == relay.KindPolicy:
		reason = mailing.ReasonPolicy
	}

	b.attempts.add(mailing.AttemptID(r.ID, try), b.mailing, r.Client, b.owner, r.Email, string(status), a.Code, a.Enhanced, response,
		try, took.Milliseconds(), database.Stamp(at))
	b.results = append(b.results, stats.Result{
		At: at, Owner: b.owner, Mailing: b.mailing, Email: r.Email,
		Status: status, Code: a.Code, Enhanced: a.Enhanced, Sent: one(state == mailing.Sent),
	})
	if at.After(b.clock) {
		b.clock = at
	}
	if state == mailing.Deferred {
		return false
	}
	if state == mailing.Sent || state == mailing.Uncertain {
		b.usage[at.UTC().Format(time.DateOnly)]++
	}
	if state == mailing.Uncertain && b.past.end == settled {
		state, reason = mailing.Sent, mailing.ReasonAccepted
		b.taken++
		b.results = append(b.results, stats.Result{
			At: b.start.Add(2 * time.Hour), Owner: b.owner, Mailing: b.mailing, Email: r.Email, Status: stats.NoAttempt, Sent: 1,
		})
	}
	b.settle(r, state, try, reason)
	if back := outbox.DemoReturns(r.Email); back != nil && state == mailing.Sent {
		b.returned = append(b.returned, returned{r, back, at})
	}
	return true
}

// stop adds addresses that were refused or unsubscribed because of the mailing to the stop list.
func (b *booking) stop() error {
	for _, l := range b.refused {
		if err := b.suppress(l, suppression.ReasonBounced); err != nil {
			return err
		}
	}
	for i := range min(b.past.unsubscribes, len(b.reached)) {
		n := i + b.crowd.IntN(len(b.reached)-i)
		b.reached[i], b.reached[n] = b.reached[n], b.reached[i]
		l := left{email: b.reached[i], at: b.clock.Add(time.Minute + b.crowd.minutes(9*60))}
		if l.at.After(b.now) {
			l.at = b.now
		}
		if err := b.suppress(l, suppression.ReasonUnsubscribed); err != nil {
			return err
		}
	}
	return nil
}

func (b *booking) suppress(l left, reason string) error {
	if err := suppression.Add(b.db, b.owner, l.email, reason, b.mailing, l.note); err != nil {
		return err
	}
	return b.dateStop(b.db, l.email, l.at)
}

// dateStop sets when an address came on the stop list, if it is there.
func (p *play) dateStop(db dbx.Builder, email string, at time.Time) error {
	_, err := db.Update("suppressions", dbx.Params{"created": database.Stamp(at), "updated": database.Stamp(at)},
		dbx.HashExp{"owner": p.owner, "kind": "address", "value": email}).Execute()
	if err != nil {
		return fmt.Errorf("date the stop of %s back: %w", email, err)
	}
	return nil
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
