package stats

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"
	"golang.org/x/sync/singleflight"
)

const (
	// freshFor is how old a figure may be when it is shown. It bounds what no hook tells of: the
	// engine's results, bulk writes, and what another process writes.
	freshFor = 5 * time.Second
	// sweepEvery is how often entries that nobody asks for any more are dropped.
	sweepEvery = time.Minute
	// computeFor bounds one computation; who asked for it may have gone long before.
	computeFor = 30 * time.Second
)

// memo remembers computed values by key, and lets one computation a key run at a time.
type memo struct {
	values  *cache.Cache
	flights singleflight.Group
	now     func() time.Time

	ctx     context.Context // ends computations that outlive their callers
	cancel  context.CancelFunc
	running sync.RWMutex // held for reading by each computation
}

// remembered is a value with what decides whether it may still be shown.
type remembered struct {
	at      time.Time // when its computation began: what happened later it does not know
	version uint64
	value   any
}

func newMemo(now func() time.Time) *memo {
	m := &memo{values: cache.New(cache.NoExpiration, sweepEvery), now: now}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m
}

// close ends the computations that run, and waits for them.
func (m *memo) close() {
	m.cancel()
	m.running.Lock()
	defer m.running.Unlock()
}

// plan says what a value is called and how fresh it must be.
type plan struct {
	key     string
	version uint64        // of what it is made from; a value of another version is not shown
	atMost  time.Duration // age past which it is not shown
	renewAt time.Duration // age past which it is computed anew in the background; 0 = never
}

// fetch returns the value of the plan, remembered or computed. Callers of one key and version share
// one computation, which goes on when they leave.
func fetch[T any](ctx context.Context, m *memo, p plan, compute func(context.Context) (T, error)) (T, error) {
	if found, ok := m.values.Get(p.key); ok {
		r := found.(remembered)
		age := m.now().Sub(r.at)
		if r.version == p.version && age < p.atMost {
			if p.renewAt > 0 && age >= p.renewAt {
				begin(m, p, compute)
			}
			return r.value.(T), nil
		}
	}

	var none T
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case result := <-begin(m, p, compute):
		if result.Err != nil {
			return none, result.Err
		}
		return result.Val.(T), nil
	}
}

// begin starts the computation, or joins the one that runs.
func begin[T any](m *memo, p plan, compute func(context.Context) (T, error)) <-chan singleflight.Result {
	// The version is part of it: who has just changed something must not be given what was computed
	// before.
	return m.flights.DoChan(fmt.Sprintf("%s@%d", p.key, p.version), func() (any, error) {
		m.running.RLock()
		defer m.running.RUnlock()
		ctx, cancel := context.WithTimeout(m.ctx, computeFor)
		defer cancel()

		at := m.now()
		value, err := compute(ctx)
		if err != nil {
			return nil, err
		}
		m.values.Set(p.key, remembered{at, p.version, value}, p.atMost)
		return value, nil
	})
}

// versions counts the changes of what figures are made from: everybody's and each owner's.
type versions struct {
	all    atomic.Uint64
	owners sync.Map // owner id → *atomic.Uint64
}

// bump notes a change of the owner's.
func (v *versions) bump(owner string) {
	v.of(owner).Add(1)
	v.all.Add(1)
}

func (v *versions) of(owner string) *atomic.Uint64 {
	if n, ok := v.owners.Load(owner); ok {
		return n.(*atomic.Uint64)
	}
	n, _ := v.owners.LoadOrStore(owner, new(atomic.Uint64))
	return n.(*atomic.Uint64)
}
