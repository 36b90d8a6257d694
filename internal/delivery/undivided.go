package delivery

import (
	"context"
	"errors"
	"sync"
	"time"
)

// undividedTime bounds what goes on without whoever asked for it. The longest is the launch of a mailing to
// millions.
const undividedTime = 10 * time.Minute

var errStopping = errors.New("the process is stopping")

// undivided is the work of verbs that must not end half-way because the client that asked for it has left. It is
// shared by the copies of an engine that By makes.
type undivided struct {
	mu   sync.Mutex
	over bool // nothing begins any more
	ctx  context.Context
	stop context.CancelCauseFunc
	live sync.WaitGroup
}

func newUndivided() *undivided {
	u := &undivided{}
	u.ctx, u.stop = context.WithCancelCause(context.Background())
	return u
}

// Undivided is the context for a verb that is to come to its end although ctx does, as that of a request when a
// browser tab is closed. It ends after some minutes, or when the engine stops, which waits until done is called.
func (e *Engine) Undivided(ctx context.Context) (undivided context.Context, done func()) {
	return e.undivided.begin(ctx)
}

func (u *undivided) begin(ctx context.Context) (context.Context, func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	if u.over {
		cancel(errStopping)
		return ctx, func() {}
	}
	u.live.Add(1)
	ctx, timeout := context.WithTimeout(ctx, undividedTime)
	unlink := context.AfterFunc(u.ctx, func() { cancel(errStopping) })
	var once sync.Once
	return ctx, func() {
		once.Do(func() {
			unlink()
			timeout()
			cancel(nil)
			u.live.Done()
		})
	}
}

// end ends what is under way and lets nothing begin. Wait on live until it has ended.
func (u *undivided) end() {
	u.mu.Lock()
	u.over = true
	u.stop(errStopping)
	u.mu.Unlock()
}

// reopen takes back end, after a stop that was not the last thing the process did.
func (u *undivided) reopen() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		u.over = false
		u.ctx, u.stop = context.WithCancelCause(context.Background())
	}
}
