package delivery

import (
	"errors"
	"time"
)

// Place says which process sends the mailings of a data folder.
type Place string

const (
	Here      Place = "here"      // this process
	Elsewhere Place = "elsewhere" // another process, which holds the lock
	Nowhere   Place = "nowhere"   // none; State.Code says why
)

// Codes of State: why nobody sends.
const (
	StateStopped  = "stopped"  // the engine was not started, or is being stopped
	StateStarting = "starting" // it settles what an earlier process left
	StateDatabase = "database" // the database cannot be written or read
	StateEpoch    = "epoch"    // the epoch cannot be compared, so that it is not known whether the database is an old copy
	StateLock     = "lock"     // the lock file cannot be opened
	StateFailed   = "failed"   // beginning to send fails for another reason
)

// State is which process sends, or why none does.
type State struct {
	Sending Place
	Code    string // "" unless Sending is Nowhere
	// Detail is the cause in English, with paths and errors of the system: for the operator, not for strangers.
	Detail string
	Since  time.Time // since when the database cannot be written; otherwise the zero time
}

// coded is an error with the code of State that it has.
type coded struct {
	error
	code string
}

// Unwrap implements errors.Unwrap.
func (c coded) Unwrap() error { return c.error }

// State says which process sends the mailings of this data folder. It reads memory, and the lock file when another process
// sends.
func (e *Engine) State() State {
	e.mu.Lock()
	stopped, open := e.begun == nil || e.begun.soft.Err() != nil, e.open
	e.mu.Unlock()
	if stopped {
		return State{Sending: Nowhere, Code: StateStopped}
	}
	if r := e.unwritable.Load(); r != nil {
		return State{Sending: Nowhere, Code: StateDatabase, Detail: r.Detail, Since: r.since}
	}
	if r := e.unreadable.Load(); r != nil {
		return State{Sending: Nowhere, Code: StateDatabase, Detail: r.err.Error()}
	}
	switch b := e.blocked.Load(); {
	case open:
		return State{Sending: Here}
	case b == nil:
		return State{Sending: Nowhere, Code: StateStarting}
	case b.err == nil:
		return State{Sending: Elsewhere, Detail: holder(e.app.DataDir())}
	default:
		s := State{Sending: Nowhere, Code: StateFailed, Detail: b.err.Error()}
		var known coded
		if errors.As(b.err, &known) {
			s.Code = known.code
		}
		return s
	}
}

// setOpen notes whether a session of this process sends: the lock is ours, and what was left is settled.
func (e *Engine) setOpen(open bool) {
	e.mu.Lock()
	e.open = open
	e.mu.Unlock()
}

// StateOf says which process sends the mailings of a data folder, for a process whose engine was not started. It takes the lock for
// a moment: an engine that begins in that moment waits for a quarter of a second.
func StateOf(dataDir string) State {
	l := newLock(dataDir)
	ours, err := l.file.TryLock()
	switch {
	case err != nil:
		return State{Sending: Nowhere, Code: StateLock, Detail: err.Error()}
	case !ours:
		return State{Sending: Elsewhere, Detail: holder(dataDir)}
	}
	if err := l.release(); err != nil {
		return State{Sending: Nowhere, Code: StateLock, Detail: err.Error()}
	}
	return State{Sending: Nowhere, Code: StateStopped}
}
