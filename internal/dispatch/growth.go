package dispatch

import (
	"maps"
	"math"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/sender"
	"gonets/internal/verdict"
)

// refill loads the next recipients of a flow, and its content first, unless that is under way, there are none or
// enough are there. The mutex is held.
func (d *Dispatcher) refill(f *Queue) {
	switch {
	case f.loading, f.opening != nil, f.closing, f.stopped, d.Soft.Err() != nil:
		return
	case f.content == nil:
		d.openQueue(f)
		return
	case f.exhausted, f.waiting() >= lowWater, f.bytes >= queueBytes/2:
		return
	}
	f.loading = true
	after := f.after
	d.running.Go(func() {
		p, err := d.loadPending(d.Soft, f, after)
		d.mu.Lock()
		defer d.mu.Unlock()
		f.loading = false
		switch {
		case f.stopped || f.closing:
			f.release()
			return
		case err != nil:
			if d.Soft.Err() == nil {
				d.Log.Error("load recipients", "mailing", f.Id, "error", err)
			}
			return // the next look of the engine tries again
		}
		if f.after == after { // not rewound meanwhile
			f.after, f.exhausted = p.last, p.end
		}
		d.enqueue(f, p.recipients)
		d.refill(f) // many may have been skipped
		d.makeRoom(f)
	})
}

// enqueue adds recipients that are not in memory yet. The mutex is held.
func (d *Dispatcher) enqueue(f *Queue, recipients []*recipient) {
	if f.stopped || f.closing || f.content == nil {
		return
	}
	for _, r := range recipients {
		if _, held := f.inMemory[r.Id]; held {
			continue
		}
		f.inMemory[r.Id] = struct{}{}
		if r.unrecordable {
			f.unrecordable++
			continue
		}
		f.ready = append(f.ready, r)
		f.bytes += r.size()
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
	for _, f := range d.queues {
		waiting += f.waiting()
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

// LoadDue loads the deferred recipients of a flow whose next try has come, if there is room for them, and says
// whether there are any. deferred is how many are deferred in all.
func (d *Dispatcher) LoadDue(f *Queue, deferred int, now time.Time) (bool, error) {
	if deferred == 0 {
		return false, nil
	}
	d.mu.Lock()
	hungry := f.content != nil && !f.closing && f.waiting() < lowWater && f.bytes < queueBytes/2
	d.mu.Unlock()
	if hungry {
		due, err := d.readDue(d.Soft, f, now)
		if err != nil {
			return false, err
		}
		d.mu.Lock()
		d.enqueue(f, due)
		d.mu.Unlock()
	}
	return d.anyDue(f, now)
}

// worthSaying is how long the wait for a rate limit has to be before the page says so.
const worthSaying = 3 * time.Second

// Reason says what keeps the recipients of f from going out, nil when nothing does. It also sees to it that what
// they are written from is in memory if they may go out, and only then, and loads again from the start when there
// are pending recipients in the books and none in memory: they were put there by a verb. due says whether there are
// deferred ones whose next try has come.
func (d *Dispatcher) Reason(f *Queue, now time.Time, pending int, due bool) *mailing.Reason {
	d.mu.Lock()
	defer d.mu.Unlock()
	lost := f.unrecordableReason()
	if pending > 0 && f.exhausted && !f.loading && f.unused() {
		f.rewind()
	}
	d.updateContent(f, now, pending > 0, due)
	d.grow(now)
	block := d.limits.BlockedBy(&f.limits, now, false)
	switch {
	case d.limits.Server.Open():
		return d.limits.Server.Reason()
	case f.failure != nil:
		return f.failure
	case lost != nil:
		return lost
	case pending == 0:
		return nil
	case f.limits.Breaker.Open():
		return f.limits.Breaker.Reason()
	case !block.Blocks(), block.Code == mailing.WaitRate && block.Until.Sub(now) <= worthSaying:
		return nil
	}
	return block.Reason()
}

// FailureLimit is the present state of a flow's guard.
func (d *Dispatcher) FailureLimit(f *Queue) FailureLimit {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := f.failures
	g.Ended = maps.Clone(g.Ended)
	return g
}
