package testsend

import (
	"errors"
	"sync"
	"time"

	"github.com/patrickmn/go-cache"
)

// remembered is how long the answer to a request with an Idempotency-Key is kept.
const remembered = time.Hour

// once does what a request asks for once, however often the request comes. Kept in memory. Safe for
// concurrent use.
type once[T any] struct {
	mu   sync.Mutex
	runs *cache.Cache // of *run[T], by key
}

type run[T any] struct {
	done   chan struct{}
	answer T
	err    error
}

// errPanicked is what those get who waited for a call that did not return.
var errPanicked = errors.New("the same request failed a moment ago")

// newOnce returns a once that has done nothing.
func newOnce[T any]() *once[T] { return &once[T]{runs: cache.New(remembered, 10*time.Minute)} }

// Do calls do unless it has been called for this key within the hour: then the answer of that call is
// returned, as soon as there is one. A call that failed may be made again. Without a key, do is called.
func (o *once[T]) Do(key string, do func() (T, error)) (T, error) {
	if key == "" {
		return do()
	}
	r, first := o.join(key)
	if !first {
		<-r.done
		return r.answer, r.err
	}
	defer func() {
		if r.err != nil {
			o.runs.Delete(key)
		}
		close(r.done)
	}()
	r.err = errPanicked
	r.answer, r.err = do()
	return r.answer, r.err
}

// join returns the run of the key, and whether the caller is the one to make it.
func (o *once[T]) join(key string) (r *run[T], first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known, ok := o.runs.Get(key); ok {
		return known.(*run[T]), false
	}
	r = &run[T]{done: make(chan struct{})}
	o.runs.SetDefault(key, r)
	return r, true
}
