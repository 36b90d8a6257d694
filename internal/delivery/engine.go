package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/relay"
	"gonets/internal/tempdir"
)

// Engine sends mailings. Its verbs (Launch, Pause, …) only write the database and work in any
// process; what sends is what Start starts, in the one process that holds the lock on the data
// directory.
type Engine struct {
	app    core.App
	tokens *audience.Tokens

	deferral deferral
	pause    time.Duration  // of a breaker, after the first strike
	stay     time.Duration  // of a mailing in memory while others wait for room
	timeouts relay.Timeouts // of conversations with mail servers; zero fields are relay's defaults
	only     string         // the one mailing to work on; "" is all
	by       Actor          // who uses the verbs; the zero value is the engine itself

	// wake makes the engine look at the mailings now. One slot: however many want it, one look is enough.
	wake chan struct{}

	// unwritable is why the books cannot be written; nil while they can.
	unwritable atomic.Pointer[unwritable]
	// hindered is what else keeps this process from sending; nil while nothing does.
	hindered atomic.Pointer[hindrance]

	mu      sync.Mutex
	cancel  context.CancelFunc
	hardEnd context.CancelFunc
	live    sync.WaitGroup
	sending bool
}

// Option changes how an engine works.
type Option func(*Engine)

// Only has the engine work on one mailing and leave all others alone.
func Only(mailing string) Option { return func(e *Engine) { e.only = mailing } }

// Deferral sets the waits after the first, second… try that was refused for now, and how often a
// recipient is tried at most.
func Deferral(steps []time.Duration, maxTries int) Option {
	return func(e *Engine) { e.deferral = deferral{steps: steps, maxTries: maxTries} }
}

// New makes an engine. It starts nothing.
func New(app core.App, options ...Option) *Engine {
	e := &Engine{
		app: app, tokens: audience.NewTokens(app), deferral: defaultDeferral, pause: firstPause,
		stay: longestStay,
		wake: make(chan struct{}, 1),
	}
	for _, o := range options {
		o(e)
	}
	return e
}

// StopTime is how long Stop waits for mail servers to answer what is under way. Containers are killed
// after ten seconds, and the books have to be closed before.
const StopTime = 8 * time.Second

// Start begins to send as soon as no other process does. It returns at once; Stop ends it, and so
// does the end of ctx.
func (e *Engine) Start(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil {
		return
	}
	soft, cancel := context.WithCancel(ctx)
	hard, hardEnd := context.WithCancel(context.WithoutCancel(ctx))
	e.cancel, e.hardEnd = cancel, hardEnd
	e.live.Go(func() { e.supervise(soft, hard) })
	e.live.Go(func() { e.publish(soft) })
}

// Stop lets what is under way come to its end, records it, and returns when everything has ended.
// What no server has answered when ctx ends, or after StopTime, is given up, and becomes uncertain.
func (e *Engine) Stop(ctx context.Context) {
	e.mu.Lock()
	cancel, hardEnd := e.cancel, e.hardEnd
	e.cancel, e.hardEnd = nil, nil
	e.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	ended := make(chan struct{})
	go func() {
		e.live.Wait()
		close(ended)
	}()
	patience := time.NewTimer(StopTime)
	defer patience.Stop()
	select {
	case <-ended:
	case <-ctx.Done():
	case <-patience.C:
	}
	hardEnd()
	<-ended
}

// Sending is true while this process is the one that sends.
func (e *Engine) Sending() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sending
}

func (e *Engine) setSending(on bool) {
	e.mu.Lock()
	e.sending = on
	e.mu.Unlock()
}

// Wake has the engine look at the mailings now instead of within half a second.
func (e *Engine) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// supervise waits for the lock and sends while it holds it. If sending fails, with a database that
// cannot be read for example, it begins again after a pause.
func (e *Engine) supervise(soft, hard context.Context) {
	l := newLock(e.app.DataDir())
	for soft.Err() == nil {
		err := e.hold(soft, hard, l)
		if soft.Err() != nil {
			return
		}
		e.hindered.Store(&hindrance{err: err})
		e.app.Logger().Error("sending stopped; starting again", "error", err)
		select {
		case <-soft.Done():
		case <-time.After(time.Second):
		}
	}
}

func (e *Engine) hold(soft, hard context.Context, l *lock) (err error) {
	if err := l.wait(soft, func() { e.hindered.Store(&hindrance{}) }); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	l.sign(e.only)
	if err := tempdir.Sweep(e.app.DataDir()); err != nil {
		e.app.Logger().Warn("temporary files that were left could not be removed", "error", err)
	}
	e.setSending(true)
	defer e.setSending(false)
	s, err := e.newShift(soft, hard)
	if err != nil {
		return fmt.Errorf("begin to send: %w", err)
	}
	e.hindered.Store(nil)
	return s.run()
}
