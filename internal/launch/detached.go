package launch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// detachedTime bounds what goes on without whoever asked for it. The longest is the launch of a mailing to
// millions.
const detachedTime = 10 * time.Minute

var errStopping = errors.New("the process is stopping")

// detached is the work of verbs that must not end half-way because the client that asked for it has left. It is
// shared by the copies of the verbs that name somebody.
type detached struct {
	mu   sync.Mutex
	over bool // nothing begins any more
	ctx  context.Context
	stop context.CancelCauseFunc
	live sync.WaitGroup
}

func newDetached() *detached {
	d := &detached{}
	d.ctx, d.stop = context.WithCancelCause(context.Background())
	return d
}

// Detached is the context for a verb that is to come to its end although ctx does, as that of a request when a
// browser tab is closed. It ends after some minutes, or when the engine stops, which waits until done is called.
func (v *Verbs) Detached(ctx context.Context) (detached context.Context, done func()) {
	return v.detached.begin(ctx)
}

func (d *detached) begin(ctx context.Context) (context.Context, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	if d.over {
		cancel(errStopping)
		return ctx, func() {}
	}
	d.live.Add(1)
	ctx, timeout := context.WithTimeout(ctx, detachedTime)
	unlink := context.AfterFunc(d.ctx, func() { cancel(errStopping) })
	var once sync.Once
	return ctx, func() {
		once.Do(func() {
			unlink()
			timeout()
			cancel(nil)
			d.live.Done()
		})
	}
}

// EndDetached ends the detached work and lets none begin. WaitDetached waits until it has ended.
func (v *Verbs) EndDetached() {
	d := v.detached
	d.mu.Lock()
	d.over = true
	d.stop(errStopping)
	d.mu.Unlock()
}

// WaitDetached waits for the end of the detached work.
func (v *Verbs) WaitDetached() { v.detached.live.Wait() }

// ReopenDetached takes back EndDetached, after a stop that was not the last thing the process did.
func (v *Verbs) ReopenDetached() {
	d := v.detached
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		d.over = false
		d.ctx, d.stop = context.WithCancelCause(context.Background())
	}
}
