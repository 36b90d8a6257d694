package parallel

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestEachUserHasAsManyAsTheLimitSays(t *testing.T) {
	l := New(2)
	first, _ := l.Begin("anna")
	if _, ok := l.Begin("anna"); !ok {
		t.Error("the second is refused")
	}
	if _, ok := l.Begin("anna"); ok {
		t.Error("a third begins")
	}
	if done, ok := l.Begin("boris"); !ok {
		t.Error("another user is refused")
	} else {
		done()
	}
	first()
	first()
	if _, ok := l.Begin("anna"); !ok {
		t.Error("what has ended still counts")
	}
	if _, ok := l.Begin("anna"); ok {
		t.Error("ending twice counts twice")
	}
	if len(l.now) != 1 {
		t.Errorf("%v is remembered", l.now)
	}
}

func TestNeverMoreAtTheSameTime(t *testing.T) {
	l := New(3)
	var now, most atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 200 {
				if done, ok := l.Begin("anna"); ok {
					most.Store(max(most.Load(), now.Add(1)))
					now.Add(-1)
					done()
				}
			}
		})
	}
	all.Wait()
	if most.Load() > 3 || len(l.now) != 0 {
		t.Errorf("%d at the same time, %v is left", most.Load(), l.now)
	}
}

func TestAUsersLockIsHeldByOne(t *testing.T) {
	l := NewLocks()
	ctx, cancel := context.WithCancel(t.Context())
	unlock, err := l.Lock(ctx, "anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := l.TryLock("anna"); ok {
		t.Error("the lock is held twice")
	}
	if others, ok := l.TryLock("boris"); !ok {
		t.Error("another's lock is held")
	} else {
		others()
	}
	waited := make(chan error, 1)
	go func() {
		next, err := l.Lock(ctx, "anna")
		if err == nil {
			next()
		}
		waited <- err
	}()
	unlock()
	if err := <-waited; err != nil {
		t.Error(err)
	}
	unlock, _ = l.TryLock("anna")
	cancel()
	if _, err := l.Lock(ctx, "anna"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	unlock()
	if len(l.used) != 0 {
		t.Errorf("%v is remembered", l.used)
	}
}
