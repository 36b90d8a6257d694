package dispatch

import (
	"time"

	"gonets/internal/limit"
)

// ring are queues that are served in turn.
type ring struct {
	queues []*Queue
	turn   int // index of the queue whose turn it is
}

// mostInARow is how many transactional e-mails go out before one of a mailing does, if both wait: so a mailing gets one of ten,
// however many transactional e-mails there are.
const mostInARow = 9

// inOrder are the queues in the order in which they are asked for their next e-mail: transactional e-mails first, as long as
// that does not keep the mailings from being sent. The mutex is held.
func (d *Dispatcher) inOrder() [2]*ring {
	if d.inARow >= mostInARow {
		return [2]*ring{&d.mailings, &d.flows}
	}
	return [2]*ring{&d.flows, &d.mailings}
}

// ringOf is where a queue is served.
func (d *Dispatcher) ringOf(q *Queue) *ring {
	if q.IsTransactional() {
		return &d.flows
	}
	return &d.mailings
}

// pickOf returns the next recipient of some of the queues, or what blocks the one that may be sent first. The mutex is held.
func (d *Dispatcher) pickOf(among *ring, now time.Time, connected bool) (*recipient, limit.Block) {
	soonest := limit.Block{Until: now}
	for i := range among.queues {
		at := (among.turn + i) % len(among.queues)
		q := among.queues[at]
		if q.stopped || q.waiting() == 0 || !q.mayTry() {
			continue
		}
		r, block := d.nextOf(q, now, connected)
		switch {
		case r == nil && block.OfSender:
			return nil, block
		case r == nil:
			if block.Until.After(now) && (!soonest.Until.After(now) || block.Until.Before(soonest.Until)) {
				soonest = block
			}
			continue
		}
		among.turn = (at + 1) % len(among.queues)
		d.gaveOut(r, now, connected)
		return r, limit.Block{}
	}
	return nil, soonest
}

// gaveOut notes that a recipient goes to a worker. The mutex is held.
func (d *Dispatcher) gaveOut(r *recipient, now time.Time, connected bool) {
	q := r.queue
	d.inARow++
	if !q.IsTransactional() {
		d.inARow = 0
	}
	q.bytes -= r.size()
	d.limits.Rate.Take()
	q.limits.Breaker.Try(r, now.Add(q.limits.Breaker.Pause()))
	if !connected {
		d.limits.Server.Try(d, now.Add(connectTime))
	}
	d.refill(q)
	d.grow(now)
}
