package delivery

import (
	"time"

	"gonets/internal/mailing"
)

// giveBack returns a recipient that take gave and whose mail did not go out. It is given out again
// before others; but after them if a new connection broke at it, perhaps because of it.
func (d *desk) giveBack(r *recipient) {
	r.flow.quota.settle(false)
	d.today.settle(false)
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
	r.flow.quota.settle(handedOver)
	d.today.settle(handedOver)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !r.flow.guard.note(r.state, reason) {
		r.flow.gone = true // the next look pauses it
	}
	first := !r.flow.told.others
	r.flow.told.add(r.state, reason)
	d.letGo(r)
	if first {
		d.announce() // see mayTry
	}
}

// overLimit returns a recipient that could not be claimed because a daily limit has no room for it. It comes
// first when there is.
func (d *desk) overLimit(r *recipient, limited UsageKind) {
	m := d.today
	if limited == UsageOfOwner {
		m = r.flow.quota
	}
	m.refused(time.Now())
	d.giveBack(r)
}

// dropped returns a recipient that could not be claimed.
func (d *desk) dropped(r *recipient) {
	if r.state == mailing.Failed { // the claim could not be recorded
		d.finished(r, mailing.ReasonNotRecorded)
		return
	}
	r.flow.quota.settle(false)
	d.today.settle(false)
	d.forget(r)
}

func (d *desk) forget(r *recipient) {
	d.mu.Lock()
	d.letGo(r)
	d.announce()
	d.mu.Unlock()
}
