// Package delivery is the engine that sends mailings: it holds the lock of the data folder, polls the database for what
// is due and what runs, starts and stops dispatchers and the ledger, and keeps the epoch. docs/engine.md follows one
// recipient through it.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/dispatch"
	"gonets/internal/launch"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/measure"
	"gonets/internal/relay"
	"gonets/internal/results"
	"gonets/internal/suppression"
	"gonets/internal/tempdir"
	"gonets/internal/verdict"
)

// Engine sends mailings. Its verbs (Launch, Pause, …) only write the database and work in any
// process; what sends is what Start starts, in the one process that holds the lock on the data
// directory.
type Engine struct {
	launch.Verbs
	app    core.App
	tokens *suppression.Tokens

	deferral verdict.Deferral
	pause    time.Duration  // of a breaker, after the first failure
	stay     time.Duration  // of a mailing in memory while others wait for room
	timeouts relay.Timeouts // of conversations with mail servers; zero fields are relay's defaults
	only     string         // the one mailing to work on; "" is all

	// wake makes the engine look at the mailings now. One slot: however many want it, one poll is enough.
	wake chan struct{}
	// called makes it look at the transactional e-mails only.
	called chan struct{}

	// unwritable is why the database cannot be written; nil while they can.
	unwritable atomic.Pointer[unwritable]
	// unreadable is why the running mailings could not be read when they were polled last; nil when they could.
	unreadable atomic.Pointer[blockedBy]
	// blocked is what else keeps this process from sending; nil while nothing does.
	blocked atomic.Pointer[blockedBy]

	// figures count what is sent; servers is how the mail servers do, nil while this process does not send.
	figures *measure.Delivery
	servers atomic.Pointer[[]MailServer]

	// beside is what else the one process does that sends.
	beside []func(context.Context)

	mu      sync.Mutex
	begun   *activity // what Start has started; nil before and after
	sending bool      // the lock is ours
	open    bool      // a session sends
}

// Option changes how an engine works.
type Option func(*Engine)

// Only has the engine work on one mailing and leave all others alone. Transactional e-mails are sent too: they have been
// accepted, and while this process has the lock no other can send them.
func Only(mailing string) Option { return func(e *Engine) { e.only = mailing } }

// Deferral sets the waits after the first, second… try that was refused for now, and how often a
// recipient is tried at most.
func Deferral(steps []time.Duration, maxTries int) Option {
	return func(e *Engine) { e.deferral = verdict.Deferral{Steps: steps, MaxTries: maxTries} }
}

// New makes an engine. It starts nothing.
func New(app core.App, options ...Option) *Engine {
	e := &Engine{
		app: app, tokens: suppression.NewTokens(app), deferral: verdict.DefaultDeferral, pause: limit.FirstPause,
		stay: dispatch.LongestStay, figures: measure.New(),
		wake: make(chan struct{}, 1), called: make(chan struct{}, 1),
	}
	e.Verbs = launch.New(app, e.Wake)
	for _, o := range options {
		o(e)
	}
	return e
}

// By are the verbs for somebody: the timelines of mailings name them. The verbs of the engine itself are its own.
func (e *Engine) By(who mailing.Actor) *launch.Verbs {
	by := e.Verbs
	by.Actor = who
	return &by
}

// Beside has the engine run other work while this process is the one that sends, for what must not be
// done by two processes at once. It is called before Start; run returns soon after its context ends. An
// engine for one mailing leaves such work to others.
func (e *Engine) Beside(run func(context.Context)) { e.beside = append(e.beside, run) }

// StopTime is how long Stop waits for mail servers to answer what is under way. Containers are killed
// after ten seconds, and the database has to be closed before.
const StopTime = 8 * time.Second

// Of what StopTime leaves of ten seconds, the last results have lastWriteTime to be written, if they cannot be at
// once, and Stop waits endTime for that and for whatever else has not ended.
const (
	lastWriteTime = 500 * time.Millisecond
	endTime       = 700 * time.Millisecond
)

// activity is what one Start has started, and the verbs beside it.
type activity struct {
	soft, hard      context.Context
	cancel, hardEnd context.CancelFunc
	live            sync.WaitGroup
	stop            sync.Once
	ended           chan struct{} // closed when all of it has ended
	givenUp         chan struct{} // closed when Stop waits no longer
	verbs           *launch.Verbs
}

func newActivity(ctx context.Context, verbs *launch.Verbs) *activity {
	a := &activity{verbs: verbs, ended: make(chan struct{}), givenUp: make(chan struct{})}
	a.soft, a.cancel = context.WithCancel(ctx)
	a.hard, a.hardEnd = context.WithCancel(context.WithoutCancel(ctx))
	return a
}

// Start begins to send as soon as no other process does. It returns at once; Stop ends it, and so
// does the end of ctx.
func (e *Engine) Start(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.begun != nil {
		return
	}
	e.ReopenDetached()
	b := newActivity(ctx, &e.Verbs)
	e.begun = b
	b.live.Go(func() { e.supervise(b.soft, b.hard) })
	b.live.Go(func() { results.Publish(b.soft, e.app, e.overlay) })
}

// Stop lets what is under way come to its end, records it, and returns true when everything has ended. Verbs that
// run detached are ended: a launch is taken back, another stops after its transaction.
// What no server has answered when ctx ends, or after StopTime, is given up, and becomes uncertain.
//
// It returns within StopTime and a second, whatever holds the database: false says that something waits for it
// still. Who was being mailed is then not recorded, and becomes uncertain with the next start. Several may
// call Stop; all wait for the same end.
func (e *Engine) Stop(ctx context.Context) (ended bool) {
	e.mu.Lock()
	b := e.begun
	e.mu.Unlock()
	e.EndDetached()
	if b == nil { // only verbs are used
		b = newActivity(context.Background(), &e.Verbs)
	}
	b.stop.Do(func() {
		b.cancel()
		go b.end()
	})
	select {
	case <-b.ended:
	case <-b.givenUp:
	case <-ctx.Done():
		b.hardEnd()
		select {
		case <-b.ended:
		case <-b.givenUp:
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.begun == b {
		e.begun = nil
	}
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

// end waits for the end of what was started: StopTime for mail servers, and a little longer for the database.
func (b *activity) end() {
	defer b.hardEnd()
	go func() {
		b.verbs.WaitDetached()
		b.live.Wait()
		close(b.ended)
	}()
	select {
	case <-b.ended:
		return
	case <-b.hard.Done():
	case <-time.After(StopTime):
	}
	b.hardEnd()
	select {
	case <-b.ended:
	case <-time.After(endTime):
		close(b.givenUp)
	}
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

// WakeForCalls has the engine look at the transactional e-mails now instead of within half a second.
func (e *Engine) WakeForCalls() {
	select {
	case e.called <- struct{}{}:
	default:
	}
}

// supervise waits for the lock and sends while it holds it. If sending fails, with a database that
// cannot be read for example, it begins again after a pause.
func (e *Engine) supervise(soft, hard context.Context) {
	l := newLock(e.app.DataDir())
	for soft.Err() == nil {
		err := e.sendWhileLocked(soft, hard, l)
		if soft.Err() != nil {
			return
		}
		e.blocked.Store(&blockedBy{err: err})
		e.app.Logger().Error("sending stopped; starting again", "error", err)
		select {
		case <-soft.Done():
		case <-time.After(time.Second):
		}
	}
}

func (e *Engine) sendWhileLocked(soft, hard context.Context, l *lock) (err error) {
	if err := l.wait(soft, func() { e.blocked.Store(&blockedBy{}) }); err != nil {
		return coded{err, StateLock}
	}
	defer func() { err = errors.Join(err, l.release()) }()
	l.sign(e.only)
	if err := tempdir.Sweep(e.app.DataDir()); err != nil {
		e.app.Logger().Warn("temporary files that were left could not be removed", "error", err)
	}
	e.setSending(true)
	defer e.setSending(false)
	defer e.startBeside(soft)()
	s, err := e.newSession(soft, hard)
	if err != nil {
		return fmt.Errorf("begin to send: %w", err)
	}
	e.blocked.Store(nil)
	e.setOpen(true)
	defer e.setOpen(false)
	defer e.servers.Store(nil)
	return s.run()
}

// startBeside starts the other work of the process that sends; the returned function ends it and waits.
func (e *Engine) startBeside(ctx context.Context) (end func()) {
	if e.only != "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var live sync.WaitGroup
	for _, run := range e.beside {
		live.Go(func() { run(ctx) })
	}
	return func() {
		cancel()
		live.Wait()
	}
}
