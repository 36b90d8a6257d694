// Package deadline bounds the time of the queries that a filter drives: what a filter costs is known only when
// it is done.
//
// SQLite's driver interrupts a statement when its context ends, but only while it looks for the first row. So
// a query that may search for long between two rows has to find all of them before it returns one: Whole makes
// it do so.
package deadline

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// usual is how long a count, a chunk of a launch, a page of a list or the realtime checks of a user may take.
const usual = 2 * time.Second

// ErrPassed says that a filter takes too long.
var ErrPassed = errors.New("the filter takes too long: make it simpler, with fewer conditions or shorter texts to search for")

const storeKey = "gonets.deadline"

// Of returns how long the work that one filter drives may take in an application.
func Of(app core.App) time.Duration {
	if limit, ok := app.Store().Get(storeKey).(time.Duration); ok {
		return limit
	}
	return usual
}

// Limit gives an application another limit.
func Limit(app core.App, limit time.Duration) { app.Store().Set(storeKey, limit) }

// Run does work that a filter drives, with a context that ends in time. It fails with ErrPassed when that was
// too short, and otherwise as the work does. Run within Run ends with the outer one.
func Run(ctx context.Context, app core.App, work func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, Of(app), ErrPassed)
	defer cancel()
	err := work(limited)
	if err != nil && context.Cause(limited) == ErrPassed {
		return ErrPassed
	}
	return err
}

// What stands around a query that finds all its rows before it returns the first. SQLite keeps their order.
const (
	whole    = "WITH found AS MATERIALIZED ("
	wholeEnd = ") SELECT * FROM found"
)

// Whole has a query find all its rows before it returns the first, so that the end of its context interrupts
// it wherever it is.
func Whole(query *dbx.SelectQuery) *dbx.SelectQuery {
	return query.PreFragment(whole).PostFragment(wholeEnd)
}

// WholeSQL is Whole for a query in SQL.
func WholeSQL(query string) string { return whole + query + wholeEnd }

// App is an application whose record queries end with a context.
type App struct {
	core.App
	Context context.Context
}

// RecordQuery implements core.App.
func (a *App) RecordQuery(collection any) *dbx.SelectQuery {
	query := a.App.RecordQuery(collection)
	if query.Info().Context != nil { // it has failed already
		return query
	}
	return Whole(query.WithContext(a.Context))
}
