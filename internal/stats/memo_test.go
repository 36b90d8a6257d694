package stats

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patrickmn/go-cache"
)

// clock is a time that only a test moves.
type clock struct{ at atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.at.Store(at.UnixNano())
	return c
}

func (c *clock) now() time.Time           { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(by time.Duration) { c.at.Add(int64(by)) }

func newMemoAt(t *testing.T, c *clock) *memo {
	t.Helper()
	m := newMemo(c.now)
	t.Cleanup(m.close)
	return m
}

func TestAValueIsRememberedWhileItIsFresh(t *testing.T) {
	c := newClock(noon)
	m := newMemoAt(t, c)
	p := plan{key: "k", version: 1, atMost: 5 * time.Second}
	computed := 0
	ask := func(p plan) int {
		t.Helper()
		n, err := fetch(t.Context(), m, p, func(context.Context) (int, error) { computed++; return computed, nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}

	if got := []int{ask(p), ask(p)}; got[0] != 1 || got[1] != 1 {
		t.Errorf("asked twice at once: %v", got)
	}
	c.advance(5*time.Second - 1)
	if got := ask(p); got != 1 {
		t.Errorf("just before it is too old: %d", got)
	}
	c.advance(1)
	if got := ask(p); got != 2 {
		t.Errorf("when it is too old: %d", got)
	}
	p.version++
	if got := ask(p); got != 3 {
		t.Errorf("after a change: %d", got)
	}
	p.key = "other"
	if got := ask(p); got != 4 {
		t.Errorf("of another key: %d", got)
	}
}

func TestAValuesAgeCountsFromTheStartOfItsComputation(t *testing.T) {
	c := newClock(noon)
	m := newMemoAt(t, c)
	p := plan{key: "k", atMost: 5 * time.Second}
	computed := 0
	slow := func(context.Context) (int, error) { computed++; c.advance(3 * time.Second); return computed, nil }
	for range 2 {
		if _, err := fetch(t.Context(), m, p, slow); err != nil {
			t.Fatal(err)
		}
		c.advance(2 * time.Second)
	}
	if computed != 2 {
		t.Errorf("computed %d times, want 2: what happened during the first is five seconds old", computed)
	}
}

func TestAFailureIsNotRemembered(t *testing.T) {
	m := newMemoAt(t, newClock(noon))
	failed := errors.New("database is locked")
	p := plan{key: "k", atMost: time.Minute}
	if _, err := fetch(t.Context(), m, p, func(context.Context) (int, error) { return 0, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	if n, err := fetch(t.Context(), m, p, func(context.Context) (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestManyWhoAskShareOneComputation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// As newMemo, without the sweeper, which would never leave the bubble.
		m := &memo{values: cache.New(cache.NoExpiration, 0), now: time.Now}
		m.ctx, m.cancel = context.WithCancel(t.Context())
		defer m.close()
		computed := 0
		compute := func(context.Context) (int, error) { computed++; time.Sleep(time.Second); return 7, nil }

		var askers sync.WaitGroup
		for range 100 {
			askers.Go(func() {
				if n, err := fetch(t.Context(), m, plan{key: "k", atMost: time.Minute}, compute); n != 7 || err != nil {
					t.Errorf("got %d, %v", n, err)
				}
			})
		}
		synctest.Wait()
		// Who asks after a change does not get what was begun before it.
		askers.Go(func() {
			if _, err := fetch(t.Context(), m, plan{key: "k", version: 1, atMost: time.Minute}, compute); err != nil {
				t.Error(err)
			}
		})
		askers.Wait()
		if computed != 2 {
			t.Errorf("computed %d times, want once before and once after the change", computed)
		}
	})
}

func TestOneWhoLeavesDoesNotSpoilItForTheOthers(t *testing.T) {
	m := newMemoAt(t, newClock(noon))
	begun, goOn := make(chan struct{}), make(chan struct{})
	compute := func(context.Context) (int, error) { close(begun); <-goOn; return 7, nil }
	p := plan{key: "k", atMost: time.Minute}

	impatient, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, err := fetch(impatient, m, p, compute); left <- err }()
	<-begun
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(goOn)
	if n, err := fetch(t.Context(), m, p, compute); n != 7 || err != nil {
		t.Errorf("who stayed got %d, %v", n, err)
	}
}

func TestASlowValueIsRenewedBehindTheScenes(t *testing.T) {
	c := newClock(noon)
	m := newMemoAt(t, c)
	p := plan{key: "k", atMost: time.Minute, renewAt: 30 * time.Second}
	var computed atomic.Int64
	ask := func() int64 {
		n, err := fetch(t.Context(), m, p, func(context.Context) (int64, error) { return computed.Add(1), nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ask()
	c.advance(30 * time.Second)
	if got := ask(); got != 1 {
		t.Errorf("nobody should wait while it may still be shown, got %d", got)
	}
	for deadline := time.Now().Add(5 * time.Second); ask() != 2; {
		if time.Now().After(deadline) {
			t.Fatal("it was not renewed")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestClosingEndsWhatRuns(t *testing.T) {
	m := newMemo(time.Now)
	begun := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		_, err := fetch(context.Background(), m, plan{key: "k", atMost: time.Minute}, func(ctx context.Context) (int, error) {
			close(begun)
			<-ctx.Done()
			return 0, ctx.Err()
		})
		ended <- err
	}()
	<-begun
	m.close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
