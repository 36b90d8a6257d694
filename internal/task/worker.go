package task

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const (
	// pollEvery is how often the worker looks for tasks: any process may add one.
	pollEvery = 500 * time.Millisecond
	// retryAfter is the pause after a failure of a task.
	retryAfter = 30 * time.Second
	// share is how long the worker stays with one task while others wait.
	share = 2 * time.Second
	// page is how many tasks are read together.
	page = 200
)

// Worker works on the tasks of the instance.
type Worker struct {
	app   core.App
	works map[string]Work
	paces paces
}

// NewWorker returns the worker of these kinds of tasks. It starts nothing.
func NewWorker(app core.App, works map[string]Work) *Worker {
	return &Worker{app: app, works: works, paces: paces{}}
}

// Run works on tasks until ctx ends. It is called once. One process at a time should do it: the one that holds the engine's
// lock.
func (w *Worker) Run(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		again, err := w.Round(ctx)
		if err != nil && ctx.Err() == nil {
			w.app.Logger().Error("look for tasks", "error", err)
		}
		if again && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Round works on every task that is due, for a bounded time each, and reports whether there is more to do
// at once.
func (w *Worker) Round(ctx context.Context) (again bool, err error) {
	tasks, err := due(w.app.ConcurrentDB(), time.Now())
	if err != nil {
		return false, err
	}
	for _, t := range tasks {
		if ctx.Err() != nil {
			return false, nil
		}
		work, known := w.works[t.Kind]
		if !known {
			err = fmt.Errorf("there is no work of the kind %q", t.Kind)
		} else {
			until := time.Now().Add(share)
			err = finish(w.app, t, work, w.paces, func() bool { return ctx.Err() != nil || time.Now().After(until) })
		}
		if err != nil && ctx.Err() == nil {
			w.app.Logger().Error("a task failed; it is tried again", "kind", t.Kind, "collection", t.Collection, "record", t.Record, "error", err)
			if err := w.putOff(t); err != nil {
				return false, err
			}
		}
	}
	return len(tasks) > 0, nil
}

// putOff delays a task that has failed, so that it does not block the others.
func (w *Worker) putOff(t Task) error {
	_, err := w.app.NonconcurrentDB().NewQuery(`UPDATE tasks SET due_at = {:due} WHERE id = {:id}`).
		Bind(dbx.Params{"id": t.ID, "due": time.Now().Add(retryAfter).UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("put off task %d: %w", t.ID, err)
	}
	return nil
}

const columns = `id, kind, collection, record, owner, added_at, generation, stage, cursor, found`

// due reads the tasks whose time has come, by idx_tasks_due.
func due(db dbx.Builder, now time.Time) ([]Task, error) {
	var tasks []Task
	err := db.NewQuery(`SELECT ` + columns + ` FROM tasks WHERE due_at <= {:now} ORDER BY due_at, id LIMIT {:page}`).
		Bind(dbx.Params{"now": now.UnixMilli(), "page": page}).All(&tasks)
	if err != nil {
		return nil, fmt.Errorf("read the tasks that are due: %w", err)
	}
	return tasks, nil
}

// Of returns the tasks of a kind about an owner's data.
func Of(db dbx.Builder, kind, owner string) ([]Task, error) {
	var tasks []Task
	err := db.NewQuery(`SELECT ` + columns + ` FROM tasks WHERE owner = {:owner} AND kind = {:kind}`).
		Bind(dbx.Params{"owner": owner, "kind": kind}).All(&tasks)
	if err != nil {
		return nil, fmt.Errorf("read the tasks %s of owner %s: %w", kind, owner, err)
	}
	return tasks, nil
}

// reload reads the current position of a task; false when it is done.
func reload(db dbx.Builder, t *Task) (bool, error) {
	var found []Task
	err := db.NewQuery(`SELECT ` + columns + ` FROM tasks WHERE id = {:id}`).Bind(dbx.Params{"id": t.ID}).All(&found)
	if err != nil {
		return false, fmt.Errorf("read task %d: %w", t.ID, err)
	}
	if len(found) == 0 {
		return false, nil
	}
	*t = found[0]
	return true, nil
}
