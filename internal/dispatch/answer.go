package dispatch

import (
	"time"

	"gonets/internal/relay"
	"gonets/internal/verdict"
)

// context is what has to be known to judge a try of r that began at some time.
func (d *Dispatcher) context(r *recipient, delivered bool, begun, now time.Time) verdict.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := r.queue
	return verdict.Context{
		Deferral: d.Deferral, Begun: begun, Now: now, Tries: r.Tries, Used: r.Used(), EndsAt: q.endsAt,
		Delivered: delivered, Working: now.Sub(d.answeredAt) < refusedTime,
		NoneTaken: q.takenAt.IsZero() || begun.Before(q.takenAt), Stopping: d.Hard.Err() != nil,
	}
}

// answered notes that the server works, and what its answer to the mail to r says of the mailing: the code of the
// reason for which that has to wait, or "".
func (d *Dispatcher) answered(r *recipient, a relay.Answer, waits string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answeredAt = now
	if d.limits.Server.Open() {
		d.limits.Server.Reset()
		d.noNewBefore = time.Time{} // it was about a server that was going down
		d.grow(now)
		d.announce()
	}
	q := r.queue
	if a.Stage == relay.StageBody && a.Success() && q.takenAt.IsZero() {
		q.takenAt = now
	}
	switch {
	case waits != "":
		q.limits.Breaker.Strike(r, now, waits, a.String())
	case q.limits.Breaker.Open():
		q.limits.Breaker.Reset()
		d.grow(now)
		d.announce()
	}
}
