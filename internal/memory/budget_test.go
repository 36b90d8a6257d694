package memory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNoMoreIsTakenThanThereIs(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	var group sync.WaitGroup
	var now atomic.Int64
	for i := range 200 {
		group.Go(func() {
			n := int64(i%40 + 1)
			s, err := b.Take(t.Context(), n)
			if err != nil {
				t.Error(err)
				return
			}
			if taken := now.Add(n); taken > 100 {
				t.Errorf("%d bytes of 100 are taken", taken)
			}
			now.Add(-n)
			s.Release()
			s.Release()
		})
	}
	group.Wait()
	if b.Taken() != 0 || b.Waiting() != 0 || b.Most() > 100 || b.Most() == 0 {
		t.Errorf("%d are taken, %d wait, %d were taken at most", b.Taken(), b.Waiting(), b.Most())
	}
}

func TestWhatIsLargerThanTheBudgetGetsAllOfIt(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	s, err := b.Take(t.Context(), 1000)
	if err != nil || b.Taken() != 100 {
		t.Fatalf("%d are taken, %v", b.Taken(), err)
	}
	if _, ok := b.TryTake(1); ok {
		t.Error("there was something left")
	}
	s.Release()
	if b.Taken() != 0 {
		t.Errorf("%d are taken", b.Taken())
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	all, _ := b.TryTake(100)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("nobody waits any more")
	cancel(gone)
	if _, err := b.Take(ctx, 1); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	all.Release()
	if s, ok := b.TryTake(100); !ok {
		t.Error("who gave up has taken something")
	} else {
		s.Release()
	}
}

func TestAShareGrowsByWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	s, _ := b.TryTake(10)
	if !s.Grow(80) || s.Grow(20) || b.Taken() != 90 {
		t.Errorf("%d are taken", b.Taken())
	}
	s.Release()
	if b.Taken() != 0 || s.Grow(1) {
		t.Errorf("%d are taken", b.Taken())
	}
	var none *Share
	none.Release()
}
