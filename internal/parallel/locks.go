package parallel

import (
	"context"
	"sync"
)

// Locks are a lock for each user. They are taken in the order in which they are asked for. Locks is safe
// for concurrent use.
type Locks struct {
	mu   sync.Mutex
	used map[string]*lock
}

type lock struct {
	held  chan struct{} // has one element while the lock is held
	users int           // those who hold it or wait for it
}

// NewLocks returns locks, none of them held.
func NewLocks() *Locks { return &Locks{used: map[string]*lock{}} }

// Lock waits for the user's lock. Its error is that of ctx.
func (l *Locks) Lock(ctx context.Context, user string) (unlock func(), err error) {
	one := l.use(user)
	select {
	case one.held <- struct{}{}:
		return l.unlocker(user, one), nil
	case <-ctx.Done():
		l.leave(user, one)
		return nil, ctx.Err()
	}
}

// TryLock takes the user's lock if nobody holds it.
func (l *Locks) TryLock(user string) (unlock func(), ok bool) {
	one := l.use(user)
	select {
	case one.held <- struct{}{}:
		return l.unlocker(user, one), true
	default:
		l.leave(user, one)
		return nil, false
	}
}

func (l *Locks) unlocker(user string, one *lock) func() {
	return func() {
		<-one.held
		l.leave(user, one)
	}
}

func (l *Locks) use(user string) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, has := l.used[user]
	if !has {
		one = &lock{held: make(chan struct{}, 1)}
		l.used[user] = one
	}
	one.users++
	return one
}

func (l *Locks) leave(user string, one *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.used, user)
	}
}
