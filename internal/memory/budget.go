// Package memory bounds the memory of the messages of an instance: work that needs more than is left waits, first come, first
// served.
package memory

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/sync/semaphore"
)

// Messages are the two budgets of an instance, together less than 128 MB. There are two to avoid a deadlock: work
// that holds a share of Contents may wait for Mails, and work with a share of Mails waits for neither.
type Messages struct {
	// Contents is for the messages of running mailings, and their next recipients.
	Contents *Budget
	// Mails is for e-mails being made or sent: of mailings, tests and previews.
	Mails *Budget
}

// The budgets in bytes. Garbage that is not collected yet may take as much again.
const (
	contentsBudget = 64 << 20
	mailsBudget    = 32 << 20
)

const storeKey = "gonets.memory"

// Of returns the budgets of an instance.
func Of(app core.App) *Messages {
	return app.Store().GetOrSet(storeKey, func() any {
		return &Messages{Contents: newBudget(contentsBudget), Mails: newBudget(mailsBudget)}
	}).(*Messages)
}

// Limit sets other budgets for an instance, before the first Of.
func Limit(app core.App, contents, mails int64) *Messages {
	m := &Messages{Contents: newBudget(contents), Mails: newBudget(mails)}
	app.Store().Set(storeKey, m)
	return m
}

// Budget is a number of bytes to share. Safe for concurrent use.
type Budget struct {
	size    int64
	free    *semaphore.Weighted
	taken   atomic.Int64
	most    atomic.Int64
	waiting atomic.Int64
}

// newBudget returns a budget of so many bytes.
func newBudget(size int64) *Budget {
	return &Budget{size: size, free: semaphore.NewWeighted(size)}
}

// Take takes n bytes, as soon as they are free. A request for more than the budget gets all of it. It fails with the
// cause of ctx when that ends first.
func (b *Budget) Take(ctx context.Context, n int64) (*Share, error) {
	if s, ok := b.TryTake(n); ok {
		return s, nil
	}
	n = b.within(n)
	b.waiting.Add(1)
	defer b.waiting.Add(-1)
	if err := b.free.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", context.Cause(ctx))
	}
	b.add(n)
	return &Share{budget: b, bytes: n}, nil
}

// LongestWait is how long a request waits for memory. Its answer names less than that in Retry-After, because whoever
// tries again has waited already.
const LongestWait = 45 * time.Second

// ErrBusy is the error of a request that got no memory in time.
var ErrBusy = errors.New("the memory for messages is in use")

// TakeSoon is Take for a request. It fails with ErrBusy after LongestWait, or when ctx ends.
func (b *Budget) TakeSoon(ctx context.Context, n int64) (*Share, error) {
	ctx, cancel := context.WithTimeout(ctx, LongestWait)
	defer cancel()
	share, err := b.Take(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return share, nil
}

// TryTake is Take without waiting: ok is false when the bytes are not free, or others are waiting.
func (b *Budget) TryTake(n int64) (s *Share, ok bool) {
	n = b.within(n)
	if !b.free.TryAcquire(n) {
		return nil, false
	}
	b.add(n)
	return &Share{budget: b, bytes: n}, true
}

func (b *Budget) within(n int64) int64 { return max(0, min(n, b.size)) }

func (b *Budget) add(n int64) {
	taken := b.taken.Add(n)
	for most := b.most.Load(); taken > most && !b.most.CompareAndSwap(most, taken); most = b.most.Load() {
	}
}

// Waiting is how many callers wait for a share.
func (b *Budget) Waiting() int { return int(b.waiting.Load()) }

// Taken is how many bytes are taken now.
func (b *Budget) Taken() int64 { return b.taken.Load() }

// Most is the highest number of bytes that were taken at the same time.
func (b *Budget) Most() int64 { return b.most.Load() }

// Share is a part of a budget, until it is released. Safe for concurrent use.
type Share struct {
	budget *Budget
	mu     sync.Mutex
	bytes  int64
	over   bool
}

// Grow adds n bytes to the share if they are free and nobody is waiting.
func (s *Share) Grow(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 0 || s.over || !s.budget.free.TryAcquire(n) {
		return false
	}
	s.budget.add(n)
	s.bytes += n
	return true
}

// Release gives the share back. Further calls do nothing, and so does one of a nil share.
func (s *Share) Release() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.budget.taken.Add(-s.bytes)
	s.budget.free.Release(s.bytes)
}
