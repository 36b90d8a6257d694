package task

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
)

// counter is work that changes n rows, as many a chunk as it may. The stage is how many are changed.
type counter struct {
	n, chunks, most int
	began           int // chunks that began at the beginning
}

func (c *counter) work(_ core.App, t Task, limit int) (Step, error) {
	rows := min(limit, c.n-t.Stage)
	c.chunks++
	c.most = max(c.most, rows)
	if t.Stage == 0 {
		c.began++
	}
	s := Step{Next: Position{Stage: t.Stage + rows}, Done: t.Stage+rows == c.n}
	s.Write = func(dbx.Builder) (int, error) { return rows, nil }
	return s, nil
}

func add(t *testing.T, app core.App, record string, work Work) Task {
	t.Helper()
	var added Task
	err := app.RunInTransaction(func(tx core.App) (err error) {
		if added, err = Add(tx.NonconcurrentDB(), Task{Kind: "count", Record: record}); err != nil || work == nil {
			return err
		}
		return Begin(tx, added, work)
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func left(t *testing.T, app core.App) (n int) {
	t.Helper()
	if err := app.DB().NewQuery(`SELECT COUNT(*) FROM tasks`).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func round(t *testing.T, w *Worker) bool {
	t.Helper()
	again, err := w.Round(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestASmallTaskIsDoneInTheTransactionThatAddsIt(t *testing.T) {
	app, c := apptest.New(t), &counter{n: 100}
	add(t, app, "small", c.work)
	if n := left(t, app); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
}

func TestALargeTaskIsBegunAndLeft(t *testing.T) {
	app, c := apptest.New(t), &counter{n: 100_000}
	add(t, app, "large", c.work)
	if c.most > atOnce || left(t, app) != 1 {
		t.Errorf("a chunk of %d rows, %d tasks left", c.most, left(t, app))
	}
	w := NewWorker(app, map[string]Work{"count": c.work})
	for round(t, w) {
	}
	if n := left(t, app); n != 0 || c.began != 1 {
		t.Errorf("%d tasks are left, begun %d times", n, c.began)
	}
	if c.chunks < 100_000/mostRows || c.most > mostRows {
		t.Errorf("%d chunks of at most %d rows", c.chunks, c.most)
	}
}

func TestAllTasksOfATransactionShareWhatItDoesAtOnce(t *testing.T) {
	app, c := apptest.New(t), &counter{n: 300}
	err := app.RunInTransaction(func(tx core.App) error {
		for _, record := range []string{"a", "b", "c", "d"} {
			added, err := Add(tx.NonconcurrentDB(), Task{Kind: "count", Record: record})
			if err != nil {
				return err
			}
			if err := Begin(tx, added, c.work); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := left(t, app); n != 3 {
		t.Errorf("%d of 4 tasks are left, want 3", n)
	}
	lefts.Range(func(key, _ any) bool { t.Errorf("%v is kept after its transaction", key); return true })
}

func TestATaskThatIsAddedAgainBeginsAnew(t *testing.T) {
	app, c := apptest.New(t), &counter{n: 1000}
	add(t, app, "x", nil)
	again := false
	w := NewWorker(app, map[string]Work{"count": func(app core.App, t_ Task, limit int) (Step, error) {
		s, err := c.work(app, t_, limit)
		if t_.Stage > 0 && !again { // between the preparation of a chunk and its writing
			again = true
			add(t, app, "x", nil)
		}
		return s, err
	}})
	for round(t, w) {
	}
	if c.began != 2 || left(t, app) != 0 {
		t.Errorf("begun %d times, want 2; %d tasks are left", c.began, left(t, app))
	}
}

func TestATaskThatFailsKeepsNobodyWaiting(t *testing.T) {
	app, c := apptest.New(t), &counter{n: 10}
	failed := 0
	add(t, app, "bad", nil)
	add(t, app, "good", nil)
	w := NewWorker(app, map[string]Work{"count": func(app core.App, t Task, limit int) (Step, error) {
		if t.Record == "bad" {
			failed++
			return Step{}, errors.New("cannot be done")
		}
		return c.work(app, t, limit)
	}})
	for round(t, w) {
	}
	if failed != 1 || left(t, app) != 1 {
		t.Errorf("failed %d times, %d tasks are left", failed, left(t, app))
	}
}

func TestThePaceFollowsTheTimeAChunkTakes(t *testing.T) {
	for _, c := range []struct {
		name              string
		rows              int
		statements, whole time.Duration
		want              int
	}{
		{"fast and full", 400, time.Millisecond, 2 * time.Millisecond, 800},
		{"fast, but few rows", 10, time.Millisecond, 2 * time.Millisecond, 400},
		{"slow statements", 400, 2 * chunkTime, 2 * chunkTime, 200},
		{"a slow commit", 400, time.Millisecond, 2 * chunkLimit, 200},
		{"a stalled disk", 400, time.Minute, time.Minute, leastRows},
	} {
		p := pace{rows: 400}
		p.took(c.rows, c.statements, c.whole)
		if p.rows != c.want {
			t.Errorf("%s: %d rows, want %d", c.name, p.rows, c.want)
		}
	}
}
