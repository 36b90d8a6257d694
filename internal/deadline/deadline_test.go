package deadline

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

// endless finds one row at once and then searches for another one for ever.
const endless = `
	WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
	SELECT n FROM numbers WHERE n = 1 OR n < 0`

func newApp(t *testing.T) core.App {
	t.Helper()
	app, err := tests.NewTestApp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	return app
}

func TestAQueryEndsWhereverItSearches(t *testing.T) {
	app := newApp(t)
	Limit(app, 20*time.Millisecond)
	for name, query := range map[string]string{
		"for rows":  WholeSQL("SELECT * FROM (" + endless + ")"),
		"for a sum": "SELECT SUM(n) FROM (" + endless + ")",
	} {
		var found []int
		err := Run(t.Context(), app, func(ctx context.Context) error {
			return app.ConcurrentDB().NewQuery(query).WithContext(ctx).Column(&found)
		})
		if !errors.Is(err, ErrPassed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecordsOfAWholeQueryAreInOrder(t *testing.T) {
	app := newApp(t)
	in := &App{App: app, Context: t.Context()}
	var usual, whole []*core.Record
	for query, found := range map[core.App]*[]*core.Record{app: &usual, in: &whole} {
		if err := query.RecordQuery("demo1").OrderBy("text DESC").Limit(2).Offset(1).All(found); err != nil {
			t.Fatal(err)
		}
	}
	if len(usual) != 2 || len(whole) != 2 || whole[0].Id != usual[0].Id || whole[1].Id != usual[1].Id {
		t.Errorf("found %v, usually %v", whole, usual)
	}
	if err := in.RecordQuery("none").All(&whole); err == nil {
		t.Error("a collection that is not there is found")
	}
}

func TestTheEndOfTheRequestIsNoDeadline(t *testing.T) {
	app := newApp(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	work := func(ctx context.Context) error { return ctx.Err() }
	if err := Run(ctx, app, work); !errors.Is(err, context.Canceled) || errors.Is(err, ErrPassed) {
		t.Error(err)
	}
	// An error that is no deadline's stays as it is, as does what is done in time.
	broken := errors.New("broken")
	if err := Run(t.Context(), app, func(context.Context) error { return broken }); err != broken {
		t.Error(err)
	}
	Limit(app, time.Nanosecond)
	outer := Run(t.Context(), app, func(ctx context.Context) error {
		Limit(app, time.Hour)
		<-ctx.Done()
		return Run(ctx, app, work)
	})
	if !errors.Is(outer, ErrPassed) {
		t.Error(outer)
	}
}
