package delivery

import (
	"fmt"
	"time"

	"gonets/internal/mailing"
)

// giveBack returns a recipient that take gave and whose mail did not go out. It is given out again
// before others; but after them if a new connection broke at it, perhaps because of it.
func (d *desk) giveBack(r *recipient) {
	d.limits.Settle(&r.flow.limits, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := r.flow; f.gone || f.closing {
		f.miss(r)
		d.letGo(r)
		return
	}
	r.flow.bytes += r.size()
	if r.suspect {
		r.suspect = false
		r.flow.ready = append(r.flow.ready, r)
	} else {
		r.flow.back = append(r.flow.back, r)
	}
	d.announce()
}

// finished returns a recipient whose result, with its reason, is in the books.
func (d *desk) finished(r *recipient, reason string) {
	if r.state == mailing.Pending { // the connection broke; at once again on another one
		d.giveBack(r)
		return
	}
	handedOver := r.state == mailing.Sent || r.state == mailing.Uncertain
	d.limits.Settle(&r.flow.limits, handedOver)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !r.flow.guard.note(r.state, reason) {
		r.flow.gone = true // the next look pauses it
	}
	first := !r.flow.told.Others
	r.flow.told.Add(r.state, reason)
	d.letGo(r)
	if first {
		d.announce() // see mayTry
	}
}

// overLimit returns a recipient that could not be claimed because a daily limit has no room for it. It comes
// first when there is.
func (d *desk) overLimit(r *recipient, limited UsageKind) {
	d.limits.Refused(&r.flow.limits, limited, time.Now())
	d.giveBack(r)
}

// dropped returns a recipient that could not be claimed.
func (d *desk) dropped(r *recipient) {
	if r.state == mailing.Failed { // the claim could not be recorded
		d.finished(r, mailing.ReasonNotRecorded)
		return
	}
	d.limits.Settle(&r.flow.limits, false)
	d.forget(r)
}

func (d *desk) forget(r *recipient) {
	d.mu.Lock()
	d.letGo(r)
	d.announce()
	d.mu.Unlock()
}

// lost notes that nothing can be written about a recipient: it is not tried again until the mailing is taken
// up anew. When it is a result that is lost, no other mail of the mailing goes out: its result would be too.
func (d *desk) lost(r *recipient, result bool) {
	d.limits.Settle(&r.flow.limits, result)
	d.mu.Lock()
	defer d.mu.Unlock()
	r.flow.lost++
	if result {
		r.flow.broken, r.flow.gone = true, true
		r.flow.empty()
	}
	r.flow.release()
	d.announce()
}

// lostReason is why a mailing does not go on of which somebody is lost; nil when others are still mailed. The
// mutex is held.
func (f *flow) lostReason() *mailing.Reason {
	if f.lost == 0 || !f.broken && (f.loading || !f.exhausted || !f.unused()) {
		return nil
	}
	return &mailing.Reason{Code: mailing.WaitDatabase, Detail: fmt.Sprintf("nothing can be written about %d of the recipients; the log says why", f.lost)}
}
