// Package readahead reads the next of something while the last is worked on.
package readahead

import "context"

// Start calls next in a goroutine of its own, and hands on what it returns, until there is no more or ctx ends. The next value is read
// while the last one is worked on. stop ends it early, and waits until next is not called any more.
func Start[T any](ctx context.Context, next func(ctx context.Context) (value T, more bool)) (values <-chan T, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan T)
	go func() {
		defer close(out)
		for more := true; more && ctx.Err() == nil; {
			var value T
			value, more = next(ctx)
			select {
			case out <- value:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		cancel()
		for range out { // what was read in vain
		}
	}
}
