package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonets/internal/compose"
	"gonets/internal/mailing"
)

// contentState says whether the content of a queue is in memory, and why not.
type contentState struct {
	// content is nil while it is not. Who has a recipient of the queue may use it without the dispatcher's mutex: it is
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
	// due is true when there are deferred ones whose time has come: the next poll loads them.
	due bool
	// failure is why the content could not be opened, and retryAt when that is tried again.
	failure *mailing.Reason
	retryAt time.Time
}

const (
	// LongestStay is how long the content of a mailing stays in memory while others wait for room.
	LongestStay = 5 * time.Second
	// failureWait is how long a message that could not be read is left alone. A change of its sender ends it.
	failureWait = 2 * time.Second
)

// updateContent opens the content of a queue that can send, closes that of a queue that cannot, and loads its next
// recipients. work says whether there are any that are pending, due whether there are deferred ones whose next try
// has come. The mutex is held.
func (d *Dispatcher) updateContent(q *Queue, now time.Time, work, due bool) {
	q.wanted, q.due = (work || due) && d.sendable(q, now), due
	switch {
	case !q.wanted, d.hadItsTime(q, now):
		d.unload(q)
	case q.content == nil && !q.IsTransactional() && d.slow() && d.others(q):
	default:
		d.refill(q)
	}
}

// sendable says whether a mail of the queue may go out within moments. The mutex is held.
func (d *Dispatcher) sendable(q *Queue, now time.Time) bool {
	block := d.limits.BlockedBy(&q.limits, now, false)
	return !now.Before(q.retryAt) && (!block.Blocks() || block.Code == mailing.WaitRate && block.Until.Sub(now) <= worthSaying)
}

// hadItsTime says whether a queue has had its time in memory and others want theirs. The mutex is held.
func (d *Dispatcher) hadItsTime(q *Queue, now time.Time) bool {
	if q.content == nil || q.IsTransactional() || now.Sub(q.since) < d.Stay {
		return false
	}
	return d.Memory.Contents.Waiting() > 0 || d.slow() && d.others(q)
}

// slow says whether so few mails go out that one mailing in memory at a time is enough. The mutex is held.
func (d *Dispatcher) slow() bool {
	return d.limits.Server.Open() || d.account.RatePerSecond > 0 && d.account.RatePerSecond < 1
}

// others says whether another queue is in memory, or comes first because it was there longer ago. The
// mutex is held.
func (d *Dispatcher) others(q *Queue) bool {
	for _, other := range d.mailings.queues {
		switch {
		case other == q:
		case other.content != nil || other.opening != nil:
			if q.content == nil {
				return true
			}
		case other.wanted && (q.content != nil || other.since.Before(q.since)):
			return true
		}
	}
	return false
}

// openQueue has the content of a queue opened, as soon as there is memory for it. The mutex is held.
func (d *Dispatcher) openQueue(q *Queue) {
	ctx, cancel := context.WithCancel(d.Soft)
	q.opening = cancel
	d.running.Go(func() {
		defer cancel()
		c, err := d.openContent(ctx, q)
		d.mu.Lock()
		defer d.mu.Unlock()
		q.opening = nil
		switch {
		case ctx.Err() != nil: // not wanted any more
			if err == nil {
				c.close()
			}
		case err != nil:
			d.unusable(q, time.Now(), err)
		default:
			q.content, q.failure, q.since = c, nil, time.Now()
			d.refill(q)
		}
	})
}

// unload frees what a queue has in memory, as soon as no worker needs it. The mutex is held.
func (d *Dispatcher) unload(q *Queue) {
	if q.opening != nil {
		q.opening()
	}
	if q.content != nil {
		q.empty()
		q.closing = true
		q.release()
	}
}

// empty drops the recipients that no worker has. They are loaded again.
func (q *Queue) empty() {
	drop := func(recipients []*recipient) {
		for _, r := range recipients {
			delete(q.inMemory, r.ID)
			q.loadAgain(r)
		}
	}
	drop(q.back)
	drop(q.ready)
	for _, parked := range q.parked {
		drop(parked)
	}
	clear(q.parked)
	q.back, q.ready, q.nPark, q.bytes = nil, nil, 0, 0
}

// release closes the content of a queue that is to be closed when the last who uses it has ended.
func (q *Queue) release() {
	if q.content == nil || !q.closing && !q.stopped || !q.unused() || q.loading {
		return
	}
	q.content.close()
	q.content, q.closing = nil, false
}

// letGo notes that no worker has the recipient any more, and that it is not waiting either. The mutex is held.
func (d *Dispatcher) letGo(r *recipient) {
	q := r.queue
	delete(q.inMemory, r.ID)
	d.makeRoom(q)
	q.release()
}

// makeRoom unloads a queue that has nobody left to mail while others wait for memory. The mutex is held.
func (d *Dispatcher) makeRoom(q *Queue) {
	if q.exhausted && q.unused() && !q.due && d.Memory.Contents.Waiting() > 0 {
		d.unload(q)
	}
}

// unreadable notes that an attachment of a queue could not be read while a mail was made or written.
func (d *Dispatcher) unreadable(q *Queue, now time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unusable(q, now, err)
	d.unload(q)
}

// unusable notes why no mail of a queue can be made at the moment. The mutex is held.
func (d *Dispatcher) unusable(q *Queue, now time.Time, err error) {
	words := err.Error()
	var attachment *compose.AttachmentError
	if errors.As(err, &attachment) { // where it is kept is the operator's business
		words = fmt.Sprintf("the attachment %q cannot be read", attachment.Name)
	}
	if q.failure == nil {
		d.Log.Error("no mail can be made", "mailing", q.ID, "error", err)
	}
	q.failure, q.retryAt = mailing.NewReason(mailing.WaitSetup, words, time.Time{}), now.Add(failureWait)
}
