package readahead

import (
	"context"
	"slices"
	"testing"
)

// count returns a next that counts up to most, and how far it has come.
func count(most int) (next func(context.Context) (int, bool), at *int) {
	at = new(int)
	return func(context.Context) (int, bool) { *at++; return *at, *at < most }, at
}

func TestAllIsReadInOrder(t *testing.T) {
	next, _ := count(5)
	values, stop := Start(t.Context(), next)
	defer stop()
	var got []int
	for v := range values {
		got = append(got, v)
	}
	if !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
		t.Error(got)
	}
}

func TestNothingIsReadAfterStop(t *testing.T) {
	next, at := count(1 << 60)
	values, stop := Start(t.Context(), next)
	<-values
	stop()
	// The race detector finds a call of next that is under way yet.
	if *at < 1 || *at > 2 {
		t.Errorf("%d were read", *at)
	}
	if _, more := <-values; more {
		t.Error("there is another value")
	}
}

func TestItEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	next, _ := count(1 << 60)
	values, stop := Start(ctx, next)
	defer stop()
	cancel()
	for range values { // ends
	}
}
