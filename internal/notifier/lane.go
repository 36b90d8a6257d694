package notifier

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/endpoint"
	"gonets/internal/notification"
)

const (
	// window is how many events of a webhook are read at once, new ones and others each.
	window = 500
	// enough is how many events in memory are enough.
	enough = 2 * maxOfOwner
	// giveUpTime is for how long an event is tried, and a webhook that accepts none.
	giveUpTime = 3 * 24 * time.Hour
	// strikesOut is how many calls fail one after the other before a webhook gets one call at a time, with pauses between.
	strikesOut   = 5
	longestPause = 5 * time.Minute
)

// backoff is after which time an event is tried again; the last one again and again.
var backoff = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
}

// row is a webhook with events that are due.
type row struct {
	ID           string `db:"id"`
	Owner        string `db:"owner"`
	URL          string `db:"url"`
	Updated      string `db:"updated"`
	RotatedAt    string `db:"rotated_at"`
	FailingSince string `db:"failing_since"`
}

// event is an event that waits.
type event struct {
	ID       int64             `db:"id"`
	Message  string            `db:"message"`
	Type     notification.Kind `db:"type"`
	Subject  string            `db:"subject"`
	Data     string            `db:"data"`
	At       int64             `db:"at"`
	Tries    int               `db:"tries"`
	FirstTry int64             `db:"first_try"`
	Answers  string            `db:"answers"`
}

// lane is a webhook at work.
type lane struct {
	row
	target     target
	isRotating bool
	failing    time.Time // since when every call has failed; zero if the last one did not
	noted      time.Time // when last_success_at was written

	queue  []*event         // to be called next, by id
	calls  map[int64]*event // under way
	more   bool             // there may be more in the database
	loaded int64            // the last new event that was read
	// strikes is how many calls have failed one after the other, and rest when it may be called again. Calls that were under
	// way when a pause began are not counted.
	strikes int
	rest    time.Time
	off     bool // it was switched off by what became of a call
}

// read reads how a webhook is called, when it is new or has changed.
func (l *lane) read(app core.App, w row, now time.Time) {
	if l.Updated != w.Updated {
		l.strikes, l.rest, l.off = 0, time.Time{}, false
	}
	l.row, l.isRotating = w, w.isRotating(now)
	l.failing = stampOf(w.FailingSince)
	l.target = targetOf(app, w.ID, w.isRotating(now))
}

// fill reads the next events of webhooks that have few left.
func (s *session) fill(ctx context.Context) {
	for _, l := range s.order {
		if !l.more || l.off || len(l.queue) >= enough || l.rest.After(s.now()) {
			continue
		}
		if s.write(); s.stuck {
			return // the database does not have what became of those that were called
		}
		if err := l.fill(ctx, s.app.ConcurrentDB(), s.now()); err != nil {
			s.failed(ctx, "the events of a webhook could not be read", err)
		}
	}
}

// fill reads new events in the order in which they happened, and those that are to be tried again.
func (l *lane) fill(ctx context.Context, db dbx.Builder, now time.Time) error {
	const columns = `SELECT id, message, type, subject, data, at, tries, first_try, answers FROM webhook_events WHERE webhook = {:webhook} AND state = 'waiting' AND `
	params := dbx.Params{"webhook": l.ID, "loaded": l.loaded, "now": now.UnixMilli(), "window": window}
	var fresh, again []*event
	if err := db.NewQuery(columns + `due = 0 AND id > {:loaded} ORDER BY id LIMIT {:window}`).WithContext(ctx).Bind(params).All(&fresh); err != nil {
		return fmt.Errorf("read the events of webhook %s: %w", l.ID, err)
	}
	err := db.NewQuery(columns + `due > 0 AND due <= {:now} ORDER BY due, id LIMIT {:window}`).WithContext(ctx).Bind(params).All(&again)
	if err != nil {
		return fmt.Errorf("read the events of webhook %s that are tried again: %w", l.ID, err)
	}
	for _, e := range again {
		if !l.has(e.ID) {
			l.queue = append(l.queue, e)
		}
	}
	if len(fresh) > 0 {
		l.queue, l.loaded = append(l.queue, fresh...), fresh[len(fresh)-1].ID
	}
	l.more = len(fresh) == window || len(again) == window
	slices.SortFunc(l.queue, func(a, b *event) int { return int(a.ID - b.ID) })
	return nil
}

func (l *lane) has(id int64) bool {
	return l.calls[id] != nil || slices.ContainsFunc(l.queue, func(e *event) bool { return e.ID == id })
}

// next takes the event that the webhook is called with next, or nil: one of the same subject is under way, or it is to be left
// alone.
func (l *lane) next(now time.Time) *event {
	if len(l.queue) == 0 || l.off || l.rest.After(now) || l.strikes >= strikesOut && len(l.calls) > 0 {
		return nil
	}
	e := l.queue[0]
	for _, other := range l.calls {
		if e.Subject == "" || other.Subject == "" || e.Subject == other.Subject {
			return nil
		}
	}
	l.queue = l.queue[1:]
	l.calls[e.ID] = e
	return e
}

// settled is what became of an event.
type settled struct {
	lane    *lane
	event   *event
	state   notification.State
	due     time.Time // of the next try
	answers string
	// disable is why the webhook is called no longer; "" if it is.
	disable string
	at      time.Time
}

// settle judges an answer.
func (l *lane) settle(e *event, a endpoint.Answer, now time.Time) settled {
	e.Tries++
	if e.FirstTry == 0 {
		e.FirstTry = now.UnixMilli()
	}
	done := settled{lane: l, event: e, state: notification.Delivered, due: now, answers: notification.AddAnswer(e.Answers, notification.AnswerOf(a, now)), at: now}
	if a.OK() {
		l.strikes, l.rest, l.failing = 0, time.Time{}, time.Time{}
		return done
	}
	if l.failing.IsZero() {
		l.failing = now
	}
	if !l.rest.After(now) {
		if l.strikes++; l.strikes >= strikesOut {
			l.rest = now.Add(max(a.RetryAfter, min(longestPause, backoff[0]<<min(l.strikes-strikesOut, 10))))
		}
	}
	end := time.UnixMilli(e.FirstTry).Add(giveUpTime)
	done.state, done.due = notification.Waiting, now.Add(max(a.RetryAfter, jittered(backoff[min(e.Tries, len(backoff))-1])))
	switch {
	case !now.Before(end):
		done.state = notification.Failed
	case done.due.After(end):
		done.due = end
	}
	switch {
	case a.Status == http.StatusGone:
		done.disable = "gone"
	case !now.Before(l.failing.Add(giveUpTime)):
		done.disable = "failing"
	}
	if done.disable != "" {
		l.queue, l.loaded, l.off = nil, 0, true
	}
	return done
}

// jittered is a time that differs from call to call by a tenth, so that what has failed together is not tried together.
func jittered(d time.Duration) time.Duration { return d + time.Duration(rand.Int64N(int64(d/10))) }
