package mailbox

import (
	"context"
	"errors"
	"time"
)

// Watcher reads a mailbox again and again.
type Watcher struct {
	// Account is the mailbox.
	Account Account
	// Ledger remembers what was read.
	Ledger Ledger
	// Report is told of every pass, and of every failure: err is nil, or a *Trouble, and retry is how long nothing is tried
	// after it. It may be nil.
	Report func(done Pass, err error, retry time.Duration)
	// Poll is how often the mailbox is looked at if the server does not announce new emails. Default 5 min.
	Poll time.Duration
	// Later is how often it is looked at as long as an email can only be booked later: a bounce can come back before it is known
	// that its email was sent. Default 30 s.
	Later time.Duration
	// FirstRetry and LastRetry are how long nothing is tried after the first failure and at most; the time doubles with every
	// failure. Defaults 30 s and 30 min: a server may lock an account whose password is wrong again and again.
	FirstRetry, LastRetry time.Duration

	// again is true if an email of the last pass can only be booked later.
	again bool
	// wake has one slot: one value asks for a pass as well as many do.
	wake chan struct{}
}

// What a field of a Watcher left at zero means.
const (
	defaultPoll       = 5 * time.Minute
	defaultLater      = 30 * time.Second
	defaultFirstRetry = 30 * time.Second
	defaultLastRetry  = 30 * time.Minute
)

// poll is when the mailbox is looked at again.
func (w *Watcher) poll() time.Duration {
	if w.again {
		return min(w.Poll, w.Later)
	}
	return w.Poll
}

// NewWatcher returns a watcher, which does nothing until Run.
func NewWatcher(a Account, ledger Ledger) *Watcher {
	return &Watcher{
		Account: a, Ledger: ledger, Poll: defaultPoll, Later: defaultLater, FirstRetry: defaultFirstRetry, LastRetry: defaultLastRetry,
		wake: make(chan struct{}, 1),
	}
}

// ReadNow asks for a pass without waiting, also after a failure. It may be called from any goroutine.
func (w *Watcher) ReadNow() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run reads the mailbox now, whenever something arrives, and at least every Poll, until ctx ends. It is called once.
func (w *Watcher) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		read, err := w.connected(ctx)
		if ctx.Err() != nil {
			return
		}
		pause := w.poll()
		if err != nil {
			if read {
				failures = 0
			}
			pause = w.retry(failures)
			failures++
			w.report(Pass{}, err, pause)
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-time.After(pause):
		}
	}
}

// connected reads the mailbox over one connection until the connection ends. Read is true if a pass has succeeded.
func (w *Watcher) connected(ctx context.Context) (read bool, err error) {
	s, err := open(ctx, w.Account)
	if err != nil {
		return false, err
	}
	defer s.end()
	for {
		var done Pass
		if err := s.pass(ctx, w.Ledger, &done); err != nil {
			if done != (Pass{}) {
				w.report(done, nil, 0) // what was read before the error
			}
			return read, err
		}
		read = true
		w.again = done.Later > 0
		w.report(done, nil, 0)
		err := s.wait(ctx, w.wake, w.poll())
		if errors.Is(err, errNoWait) {
			return true, nil
		}
		if err != nil {
			return true, err
		}
	}
}

// retry is how long nothing is tried after so many failures before this one.
func (w *Watcher) retry(failures int) time.Duration {
	pause := w.FirstRetry
	for range failures {
		if pause *= 2; pause >= w.LastRetry {
			return w.LastRetry
		}
	}
	return pause
}

func (w *Watcher) report(done Pass, err error, retry time.Duration) {
	if w.Report != nil {
		w.Report(done, err, retry)
	}
}
