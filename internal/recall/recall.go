// Package recall remembers a value that is slow to find out, such as the answer of another machine.
package recall

import (
	"sync"
	"time"
)

// Value is found out by the first who asks. Whoever asks when it is old gets the old one, and it is found out again meanwhile.
type Value[T any] struct {
	find func() T

	mu    sync.Mutex
	asked bool
	at    time.Time // when it was found out last, or began to be
	value T
}

// New makes a value that find finds out. find has to come to an end by itself; two calls of it may overlap.
func New[T any](find func() T) *Value[T] { return &Value[T]{find: find} }

// Get returns the value. Only the first call waits for it.
func (v *Value[T]) Get(fresh time.Duration) T {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case !v.asked:
		v.value = v.find()
		v.asked, v.at = true, time.Now()
	case time.Since(v.at) > fresh:
		v.at = time.Now()
		go v.refresh()
	}
	return v.value
}

// refresh finds the value out again.
func (v *Value[T]) refresh() {
	value := v.find()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.value = value
}
