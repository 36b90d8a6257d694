package mailingtest

import (
	"time"
)

// LongestWait is how long a test waits for what has to come.
const LongestWait = 60 * time.Second

// Wait is a wait, step by step. Time in which the whole process stood still, as on a machine that is
// suspended, is not counted: nothing could come in it.
type Wait struct {
	last   time.Time
	waited time.Duration
}

// NewWait begins to wait.
func NewWait() *Wait { return &Wait{last: time.Now()} }

// Over sleeps a moment, and is true when the wait has been in vain.
func (n *Wait) Over() bool {
	time.Sleep(2 * time.Millisecond)
	now := time.Now()
	n.waited += min(now.Sub(n.last), time.Second)
	n.last = now
	return n.waited > LongestWait
}
