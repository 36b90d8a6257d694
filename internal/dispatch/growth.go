package dispatch

import (
	"maps"
	"math"
	"time"

	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/sender"
	"gonets/internal/verdict"
)

// refill loads the next recipients of a queue, and its content first, unless that is under way, there are none or
// enough are there. The mutex is held.
func (d *Dispatcher) refill(q *Queue) {
	switch {
	case q.loading, q.opening != nil, q.closing, q.stopped, d.Soft.Err() != nil:
		return
	case q.content == nil:
		d.openQueue(q)
		return
	case q.exhausted, q.waiting() >= lowWater, q.bytes >= queueBytes/2:
		return
	}
	q.loading = true
	after := q.after
	d.running.Go(func() {
		p, err := d.loadPending(d.Soft, q, after)
		d.mu.Lock()
		defer d.mu.Unlock()
		q.loading = false
		switch {
		case q.stopped || q.closing:
			q.release()
			return
		case err != nil:
			if d.Soft.Err() == nil {
				d.Log.Error("load recipients", "mailing", q.ID, "error", err)
			}
			return // the next poll tries again
		}
		if q.after == after { // not rewound meanwhile
			q.after, q.exhausted = p.last, p.end
		}
		d.enqueue(q, p.recipients)
		d.refill(q) // many may have been skipped
		d.makeRoom(q)
	})
}

// enqueue adds recipients that are not in memory yet. The mutex is held.
func (d *Dispatcher) enqueue(q *Queue, recipients []*recipient) {
	if q.stopped || q.closing || q.content == nil {
		return
	}
	for _, r := range recipients {
		if _, held := q.inMemory[r.ID]; held {
			continue
		}
		q.inMemory[r.ID] = struct{}{}
		if r.unrecordable {
			q.unrecordable++
			continue
		}
		q.ready = append(q.ready, r)
		q.bytes += r.size()
	}
	d.announce()
	d.grow(time.Now())
}

// grow starts as many workers as the waiting recipients are worth. The mutex is held.
func (d *Dispatcher) grow(now time.Time) {
	if d.Soft.Err() != nil {
		return
	}
	waiting := 0
	for _, among := range d.inOrder() {
		for _, q := range among.queues {
			waiting += q.waiting()
		}
	}
	want := min((waiting+perConnection-1)/perConnection, d.account.Connections)
	if r := d.account.RatePerSecond; r > 0 {
		want = min(want, int(math.Ceil(r))) // each sends one a second at least
	}
	switch {
	case d.limits.Server.Open():
		want = min(want, max(1, d.connections))
		if d.limits.Server.Wait(now) > 0 {
			return
		}
	case now.Before(d.noNewBefore):
		return
	}
	for d.workers < want {
		d.workers++
		w := newWorker(d)
		d.running.Go(w.run)
	}
}

// Account is the account to send with.
func (d *Dispatcher) Account() *sender.Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.account
}

// connected notes that a worker has a connection.
func (d *Dispatcher) connected() {
	d.mu.Lock()
	d.connections++
	d.mu.Unlock()
}

// disconnected notes that a worker has no connection any more.
func (d *Dispatcher) disconnected() {
	d.mu.Lock()
	d.connections--
	d.mu.Unlock()
}

// workerEnded notes that a worker has ended.
func (d *Dispatcher) workerEnded() {
	d.mu.Lock()
	d.workers--
	if d.connections == 0 {
		d.limits.Server.Abandon()
	}
	d.mu.Unlock()
}

// serverFailed notes that the server could not be used. While other connections work it only does not want
// more of them.
func (d *Dispatcher) serverFailed(now time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.connections > 0 && now.Sub(d.answeredAt) < refusedTime && !d.limits.Server.Open() {
		d.noNewBefore = now.Add(refusedTime)
		return
	}
	if !d.limits.Server.Strike(nil, now, verdict.WaitsFor(err), verdict.Words(err)) {
		return
	}
	d.Log.Warn("the mail server is in trouble", "sender", d.sender, "error", err, "again", now.Add(d.limits.Server.Wait(now)))
}

// Server is why the circuit breaker of the mail server is open, nil while it is closed, and how many connections are open.
func (d *Dispatcher) Server() (trouble *mailing.Reason, connections int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.limits.Server.Open() {
		trouble = d.limits.Server.Reason()
	}
	return trouble, d.connections
}

// LoadDue loads the deferred recipients of a queue whose next try has come, if there is room for them, and says
// whether there are any. deferred is how many are deferred in all.
func (d *Dispatcher) LoadDue(q *Queue, deferred int, now time.Time) (bool, error) {
	if deferred == 0 {
		return false, nil
	}
	d.mu.Lock()
	hungry := q.content != nil && !q.closing && q.waiting() < lowWater && q.bytes < queueBytes/2
	d.mu.Unlock()
	if hungry {
		due, err := d.readDue(d.Soft, q, now)
		if err != nil {
			return false, err
		}
		d.mu.Lock()
		d.enqueue(q, due)
		d.mu.Unlock()
	}
	return d.anyDue(q, now)
}

// worthSaying is how long the wait for a rate limit has to be before the page says so.
const worthSaying = 3 * time.Second

// Reason says what keeps the recipients of f from going out, nil when nothing does. It also sees to it that what
// they are written from is in memory if they may go out, and only then, and loads again from the start when there
// are pending recipients in the database and none in memory: they were put there by a verb. due says whether there are
// deferred ones whose next try has come.
func (d *Dispatcher) Reason(q *Queue, now time.Time, pending int, due bool) *mailing.Reason {
	d.mu.Lock()
	defer d.mu.Unlock()
	lost := q.unrecordableReason()
	switch {
	case pending == 0 || !q.exhausted || q.loading:
	case q.unused():
		q.rewind()
	case q.IsTransactional():
		q.exhausted = false // calls have come since
	}
	d.updateContent(q, now, pending > 0, due)
	d.grow(now)
	block := d.limits.BlockedBy(&q.limits, now, false)
	switch {
	case d.limits.Server.Open():
		return d.limits.Server.Reason()
	case q.failure != nil:
		return q.failure
	case lost != nil:
		return lost
	case pending == 0:
		return nil
	case q.limits.Breaker.Open():
		return q.limits.Breaker.Reason()
	case !block.Blocks(), block.Code == mailing.WaitRate && block.Until.Sub(now) <= worthSaying:
		return nil
	}
	return block.Reason()
}

// FailureLimit returns a copy of the failure limit of a queue.
func (d *Dispatcher) FailureLimit(q *Queue) limit.Failures {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := q.failures
	g.Ended = maps.Clone(g.Ended)
	return g
}
