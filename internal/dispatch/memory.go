package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonets/internal/compose"
	"gonets/internal/mailing"
)

// contentState says whether the content of a flow is in memory, and why not.
type contentState struct {
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
	// LongestStay is how long the content of a mailing stays in memory while others wait for room.
	LongestStay = 5 * time.Second
	// failureWait is how long a letter that could not be read is left alone. A change of its sender ends it.
	failureWait = 2 * time.Second
)

// updateContent opens the content of a flow that can send, closes that of a flow that cannot, and loads its next
// recipients. work says whether there are any that are pending, due whether there are deferred ones whose next try
// has come. The mutex is held.
func (d *Dispatcher) updateContent(f *Queue, now time.Time, work, due bool) {
	f.wanted, f.due = (work || due) && d.sendable(f, now), due
	switch {
	case !f.wanted, d.hadItsTime(f, now):
		d.unload(f)
	case f.content == nil && d.slow() && d.others(f):
	default:
		d.refill(f)
	}
}

// sendable says whether a mail of the flow may go out within moments. The mutex is held.
func (d *Dispatcher) sendable(f *Queue, now time.Time) bool {
	block := d.limits.BlockedBy(&f.limits, now, false)
	return !now.Before(f.retryAt) && (!block.Blocks() || block.Code == mailing.WaitRate && block.Until.Sub(now) <= worthSaying)
}

// hadItsTime says whether a flow has had its time in memory and others want theirs. The mutex is held.
func (d *Dispatcher) hadItsTime(f *Queue, now time.Time) bool {
	if f.content == nil || now.Sub(f.since) < d.Stay {
		return false
	}
	return d.Memory.Contents.Waiting() > 0 || d.slow() && d.others(f)
}

// slow says whether so few mails go out that one mailing in memory at a time is enough. The mutex is held.
func (d *Dispatcher) slow() bool {
	return d.limits.Server.Open() || d.account.RatePerSecond > 0 && d.account.RatePerSecond < 1
}

// others says whether another flow is in memory, or has a better claim to be because it was there longer ago. The
// mutex is held.
func (d *Dispatcher) others(f *Queue) bool {
	for _, other := range d.queues {
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

// openQueue has the content of a flow opened, as soon as there is memory for it. The mutex is held.
func (d *Dispatcher) openQueue(f *Queue) {
	ctx, cancel := context.WithCancel(d.Soft)
	f.opening = cancel
	d.running.Go(func() {
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

// unload lets go of what a flow has in memory, as soon as no worker needs it. The mutex is held.
func (d *Dispatcher) unload(f *Queue) {
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
func (f *Queue) empty() {
	drop := func(recipients []*recipient) {
		for _, r := range recipients {
			delete(f.inMemory, r.Id)
			f.loadAgain(r)
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
func (f *Queue) release() {
	if f.content == nil || !f.closing && !f.stopped || !f.unused() || f.loading {
		return
	}
	f.content.close()
	f.content, f.closing = nil, false
}

// letGo notes that no worker has the recipient any more, and that it is not waiting either. The mutex is held.
func (d *Dispatcher) letGo(r *recipient) {
	f := r.queue
	delete(f.inMemory, r.Id)
	d.makeRoom(f)
	f.release()
}

// makeRoom shuts a flow that has nobody left to mail while others wait for room. The mutex is held.
func (d *Dispatcher) makeRoom(f *Queue) {
	if f.exhausted && f.unused() && !f.due && d.Memory.Contents.Waiting() > 0 {
		d.unload(f)
	}
}

// unreadable notes that an attachment of a flow could not be read while a mail was made or written.
func (d *Dispatcher) unreadable(f *Queue, now time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unusable(f, now, err)
	d.unload(f)
}

// unusable notes why no mail of a flow can be made at the moment. The mutex is held.
func (d *Dispatcher) unusable(f *Queue, now time.Time, err error) {
	words := err.Error()
	var attachment *compose.AttachmentError
	if errors.As(err, &attachment) { // where it is kept is the operator's business
		words = fmt.Sprintf("the attachment %q cannot be read", attachment.Name)
	}
	if f.failure == nil {
		d.Log.Error("no mail can be made", "mailing", f.Id, "error", err)
	}
	f.failure, f.retryAt = mailing.NewReason(mailing.WaitSetup, words, time.Time{}), now.Add(failureWait)
}
