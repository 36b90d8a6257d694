package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonets/internal/compose"
	"gonets/internal/mailing"
)

// residence says whether the content of a flow is in memory, and why not.
type residence struct {
	// content is nil while it is not. Who has a recipient of the flow may use it without the desk's mutex: it is
	// closed when nobody has.
	content *content
	// opening ends the wait for the content; nil while there is none.
	opening context.CancelFunc
	// closing is true from when the content is to be closed until nobody uses it any more.
	closing bool
	// since is when the content was opened last.
	since time.Time
	// wanted is true while there are recipients to be mailed and nothing but memory keeps them.
	wanted bool
	// due is true when there are deferred ones whose time has come: the next look of the engine loads them.
	due bool
	// failure is why the content could not be opened, and retryAt when that is tried again.
	failure *mailing.Reason
	retryAt time.Time
}

const (
	// longestStay is how long the content of a mailing stays in memory while others wait for room.
	longestStay = 5 * time.Second
	// failureWait is how long a letter that could not be read is left alone. A change of its sender ends it.
	failureWait = 2 * time.Second
)

// reside opens the content of a flow that can send, closes that of a flow that cannot, and loads its next
// recipients. work says whether there are any that are pending, due whether there are deferred ones whose next try
// has come. The mutex is held.
func (d *desk) reside(f *flow, now time.Time, work, due bool) {
	f.wanted, f.due = (work || due) && d.sendable(f, now), due
	switch {
	case !f.wanted, d.stayed(f, now):
		d.shut(f)
	case f.content == nil && d.slow() && d.others(f):
	default:
		d.refill(f)
	}
}

// sendable says whether a mail of the flow may go out within moments. The mutex is held.
func (d *desk) sendable(f *flow, now time.Time) bool {
	block := d.limits.BlockedBy(&f.limits, now, false)
	return !now.Before(f.retryAt) && (!block.Blocks() || block.Code == mailing.WaitRate && block.Until.Sub(now) <= worthSaying)
}

// stayed says whether a flow has had its time in memory and others want theirs. The mutex is held.
func (d *desk) stayed(f *flow, now time.Time) bool {
	if f.content == nil || now.Sub(f.since) < d.stay {
		return false
	}
	return d.memory.Contents.Waiting() > 0 || d.slow() && d.others(f)
}

// slow says whether so few mails go out that one mailing in memory at a time is enough. The mutex is held.
func (d *desk) slow() bool {
	return d.limits.Server.Open() || d.account.RatePerSecond > 0 && d.account.RatePerSecond < 1
}

// others says whether another flow is in memory, or has a better claim to be because it was there longer ago. The
// mutex is held.
func (d *desk) others(f *flow) bool {
	for _, other := range d.flows {
		switch {
		case other == f:
		case other.content != nil || other.opening != nil:
			if f.content == nil {
				return true
			}
		case other.wanted && (f.content != nil || other.since.Before(f.since)):
			return true
		}
	}
	return false
}

// openFlow has the content of a flow opened, as soon as there is memory for it. The mutex is held.
func (d *desk) openFlow(f *flow) {
	ctx, cancel := context.WithCancel(d.soft)
	f.opening = cancel
	d.hands.Go(func() {
		defer cancel()
		c, err := d.openContent(ctx, f)
		d.mu.Lock()
		defer d.mu.Unlock()
		f.opening = nil
		switch {
		case ctx.Err() != nil: // not wanted any more
			if err == nil {
				c.close()
			}
		case err != nil:
			d.unusable(f, time.Now(), err)
		default:
			f.content, f.failure, f.since = c, nil, time.Now()
			d.refill(f)
		}
	})
}

// shut lets go of what a flow has in memory, as soon as no worker needs it. The mutex is held.
func (d *desk) shut(f *flow) {
	if f.opening != nil {
		f.opening()
	}
	if f.content != nil {
		f.empty()
		f.closing = true
		f.release()
	}
}

// empty drops the recipients that no worker has. They are loaded again.
func (f *flow) empty() {
	drop := func(recipients []*recipient) {
		for _, r := range recipients {
			delete(f.held, r.id)
			f.miss(r)
		}
	}
	drop(f.back)
	drop(f.ready)
	for _, parked := range f.parked {
		drop(parked)
	}
	clear(f.parked)
	f.back, f.ready, f.nPark, f.bytes = nil, nil, 0, 0
}

// release closes the content of a flow that is to be closed when the last who uses it has ended.
func (f *flow) release() {
	if f.content == nil || !f.closing && !f.gone || !f.unused() || f.loading {
		return
	}
	f.content.close()
	f.content, f.closing = nil, false
}

// letGo notes that no worker has the recipient any more, and that it is not waiting either. The mutex is held.
func (d *desk) letGo(r *recipient) {
	f := r.flow
	delete(f.held, r.id)
	d.yield(f)
	f.release()
}

// yield shuts a flow that has nobody left to mail while others wait for room. The mutex is held.
func (d *desk) yield(f *flow) {
	if f.exhausted && f.unused() && !f.due && d.memory.Contents.Waiting() > 0 {
		d.shut(f)
	}
}

// unreadable notes that an attachment of a flow could not be read while a mail was made or written.
func (d *desk) unreadable(f *flow, now time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unusable(f, now, err)
	d.shut(f)
}

// unusable notes why no mail of a flow can be made at the moment. The mutex is held.
func (d *desk) unusable(f *flow, now time.Time, err error) {
	words := err.Error()
	var attachment *compose.AttachmentError
	if errors.As(err, &attachment) { // where it is kept is the operator's business
		words = fmt.Sprintf("the attachment %q cannot be read", attachment.Name)
	}
	if f.failure == nil {
		d.log.Error("no mail can be made", "mailing", f.id, "error", err)
	}
	f.failure, f.retryAt = mailing.NewReason(mailing.WaitSetup, words, time.Time{}), now.Add(failureWait)
}
