// Package parallel bounds how much one user does at the same time.
package parallel

import "sync"

// Limit is how many things of a kind each user may do at the same time. It is safe for concurrent use.
type Limit struct {
	most int

	mu  sync.Mutex
	now map[string]int // by user; users without running work are not in it
}

// New returns a limit of that many things a user.
func New(most int) *Limit { return &Limit{most: most, now: map[string]int{}} }

// Begin counts one thing more for the user, until done is called. ok is false at the limit: then it is
// not counted and done is nil. Calling done again does nothing.
func (l *Limit) Begin(user string) (done func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now[user] >= l.most {
		return nil, false
	}
	l.now[user]++
	return sync.OnceFunc(func() { l.end(user) }), true
}

func (l *Limit) end(user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now[user]--; l.now[user] == 0 {
		delete(l.now, user)
	}
}
