package delivery

import "time"

// patience is how long a test waits for what has to come.
const patience = 60 * time.Second

// nap is a wait, look by look. Time in which the whole process stood still, as on a machine that is
// suspended, is not counted: nothing could come in it.
type nap struct {
	last   time.Time
	waited time.Duration
}

func newNap() *nap { return &nap{last: time.Now()} }

// over sleeps a moment, and is true when the wait has been in vain.
func (n *nap) over() bool {
	time.Sleep(2 * time.Millisecond)
	now := time.Now()
	n.waited += min(now.Sub(n.last), time.Second)
	n.last = now
	return n.waited > patience
}
