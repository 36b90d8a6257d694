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
	// freshFor is how old a figure may be. It bounds the delay of changes without a hook: results of the engine, bulk
	// writes, and writes of other processes.
	freshFor = 5 * time.Second
	// sweepEvery is how often unused entries are deleted.
	sweepEvery = time.Minute
	// computeFor bounds one computation, which does not end with its request.
	computeFor = 30 * time.Second
)

// memo caches computed values by key, and runs one computation for each key at a time.
type memo struct {
	values  *cache.Cache
	flights singleflight.Group
	now     func() time.Time

	ctx     context.Context // ends computations that outlive their callers
	cancel  context.CancelFunc
	running sync.RWMutex // held for reading by each computation
}

// remembered is a cached value, with its age and version.
type remembered struct {
	at      time.Time // when its computation began: later changes are not in it
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

// plan is the key of a value and how fresh it must be.
type plan struct {
	key     string
	version uint64        // of the data; a value of another version is not used
	atMost  time.Duration // age from which on it is not used
	renewAt time.Duration // age from which on it is computed again in the background; 0 = never
}

// fetch returns the value of the plan, cached or computed. Callers of one key and version share
// one computation, which does not end with their requests.
func fetch[T any](ctx context.Context, m *memo, p plan, compute func(context.Context) (T, error)) (T, error) {
	if found, ok := m.values.Get(p.key); ok {
		r := found.(remembered)
		age := m.now().Sub(r.at)
		if r.version == p.version && age >= 0 && age < p.atMost { // below 0 after the clock was set back
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
	// The version is part of the key: after a change nobody may get a value that was computed before it.
	return m.flights.DoChan(fmt.Sprintf("%s@%d", p.key, p.version), func() (any, error) {
		m.running.RLock()
		defer m.running.RUnlock()
		if err := m.ctx.Err(); err != nil {
			return nil, err // closed: the database may be closed, too
		}
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

// versions counts the changes of data, of all owners and of each.
type versions struct {
	all    atomic.Uint64
	owners sync.Map // owner id → *atomic.Uint64
}

// bump counts a change of the owner's data.
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
