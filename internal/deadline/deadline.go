// Package deadline bounds the time of the queries that somebody's filter drives: what a filter costs is known
// only when it is done.
//
// SQLite's driver ends a statement when its context ends, but hears of that while it looks for the first row
// only. What may take long between two rows has to answer with one row: RecordQuery does so for lists.
package deadline

import (
	"context"
	"errors"
	"time"
)

// Filter is how long a count, a chunk of a launch, a page of a list or the check of a changed record may take.
const Filter = 2 * time.Second

// errPassed is the cause of the end of a context of WithFilter.
var errPassed = errors.New("the filter takes too long")

// WithFilter returns a context for the queries that one filter drives.
func WithFilter(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, Filter, errPassed)
}

// Passed says whether the filter has taken too long, and not whoever asked has left.
func Passed(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errPassed) }
