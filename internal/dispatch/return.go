package dispatch

import (
	"fmt"
	"time"

	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// giveBack returns a recipient that take gave and whose mail did not go out. It is given out again
// before others; but after them if a new connection broke at it, perhaps because of it.
func (d *Dispatcher) giveBack(r *recipient) {
	d.limits.Settle(&r.queue.limits, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	if q := r.queue; q.stopped || q.closing {
		q.loadAgain(r)
		d.letGo(r)
		return
	}
	r.queue.bytes += r.size()
	if r.suspect {
		r.suspect = false
		r.queue.ready = append(r.queue.ready, r)
	} else {
		r.queue.back = append(r.queue.back, r)
	}
	d.announce()
}

// finished returns a recipient whose result, with its reason, is recorded.
func (d *Dispatcher) finished(r *recipient, reason string) {
	if r.State == mailing.Pending { // the connection broke; at once again on another one
		d.giveBack(r)
		return
	}
	handedOver := r.State == mailing.Sent || r.State == mailing.Uncertain
	d.limits.Settle(&r.queue.limits, handedOver)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !r.queue.IsTransactional() && !r.queue.failures.Note(r.State, reason) {
		r.queue.stopped = true // the next poll pauses it
	}
	first := !r.queue.recorded.Others
	r.queue.recorded.Add(r.State, reason)
	d.letGo(r)
	if first {
		d.announce() // see mayTry
	}
}

// overLimit returns a recipient that could not be claimed because a daily limit has no room for it. It comes
// first when there is.
func (d *Dispatcher) overLimit(r *recipient, limited limit.UsageKind) {
	d.limits.Refused(&r.queue.limits, limited, time.Now())
	d.giveBack(r)
}

// dropped returns a recipient that could not be claimed.
func (d *Dispatcher) dropped(r *recipient) {
	if r.State == mailing.Failed { // the claim could not be recorded
		d.finished(r, mailing.ReasonNotRecorded)
		return
	}
	d.limits.Settle(&r.queue.limits, false)
	d.forget(r)
}

func (d *Dispatcher) forget(r *recipient) {
	d.mu.Lock()
	d.letGo(r)
	d.announce()
	d.mu.Unlock()
}

// unrecordable notes that nothing can be written about a recipient: it is not tried again until the mailing is taken
// up anew. When it is a result that is lost, no other mail of the mailing goes out: its result would be too.
func (d *Dispatcher) unrecordable(r *recipient, result bool) {
	d.limits.Settle(&r.queue.limits, result)
	d.mu.Lock()
	defer d.mu.Unlock()
	r.queue.unrecordable++
	if result {
		r.queue.broken, r.queue.stopped = true, true
		r.queue.empty()
	}
	r.queue.release()
	d.announce()
}

// unrecordableReason is why a mailing does not go on of which somebody is lost; nil when others are still mailed. The
// mutex is held.
func (q *Queue) unrecordableReason() *mailing.Reason {
	if q.unrecordable == 0 || !q.broken && (q.loading || !q.exhausted || !q.unused()) {
		return nil
	}
	return &mailing.Reason{Code: mailing.WaitDatabase, Detail: fmt.Sprintf("nothing can be written about %d of the recipients; the log says why", q.unrecordable)}
}
