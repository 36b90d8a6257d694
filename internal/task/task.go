// Package task does work on many rows later, in short transactions: it deletes the rows of a deleted record, or updates the
// status of all clients that an entry of the stop list is about. The write that causes the work adds a task in its own
// transaction; the process that holds the engine's lock works on it, also after a restart.
package task

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Task is work to do, and its position: a row of the table tasks.
type Task struct {
	ID         int64  `db:"id"`
	Kind       string `db:"kind"`       // which Work does it
	Collection string `db:"collection"` // of the record that it is about, or what Work needs in its place
	Record     string `db:"record"`     // id of the record, or what Work needs in its place
	Owner      string `db:"owner"`      // id of the user whose data it is about; "" = nobody's
	AddedAt    int64  `db:"added_at"`   // Unix milliseconds
	Generation int64  `db:"generation"` // how often it was added while it was not done

	Position
}

// Position is where a task goes on, in the notation of its Work. The zero value is the beginning.
type Position struct {
	Stage  int    `db:"stage"`
	Cursor string `db:"cursor"`
	Found  bool   `db:"found"` // rows were changed since the beginning
}

// Step is one chunk of a task.
type Step struct {
	// Write changes no more rows than the limit allows, and returns how many. It runs inside the
	// transaction that moves the position; nil when there is nothing to write.
	Write func(db dbx.Builder) (rows int, err error)
	// Read is how many rows were read to prepare it.
	Read int
	// Next is where the task goes on.
	Next Position
	// Done ends the task after Write; with Again it starts from the beginning after that time instead.
	Done  bool
	Again time.Duration
}

// Work prepares the next chunk of a task, with at most limit rows. It runs outside of a transaction, so that reading, or
// deleting files, does not delay other writers. It must be repeatable: when the process ends before the chunk is committed,
// the same chunk is prepared again.
type Work func(app core.App, t Task, limit int) (Step, error)

// Add adds a task in the transaction db. A task of the same kind about the same record starts from the beginning.
func Add(db dbx.Builder, t Task) (Task, error) {
	t.AddedAt, t.Position = time.Now().UnixMilli(), Position{}
	err := db.NewQuery(`
		INSERT INTO tasks (kind, collection, record, owner, added_at)
		VALUES ({:kind}, {:collection}, {:record}, {:owner}, {:now})
		ON CONFLICT (kind, collection, record, owner) DO UPDATE SET
			stage = 0, cursor = '', found = FALSE, due_at = 0, added_at = excluded.added_at, generation = generation + 1
		RETURNING id, generation`).
		Bind(dbx.Params{"kind": t.Kind, "collection": t.Collection, "record": t.Record, "owner": t.Owner, "now": t.AddedAt}).
		Row(&t.ID, &t.Generation)
	if err != nil {
		return t, fmt.Errorf("add the task %s %s %s: %w", t.Kind, t.Collection, t.Record, err)
	}
	return t, nil
}

// move records in its transaction that a chunk is done. It returns false when the position of the task has changed since the
// chunk was prepared: it was added again, or another process has worked on it.
func (t *Task) move(db dbx.Builder, s Step) (bool, error) {
	params := dbx.Params{
		"id": t.ID, "generation": t.Generation, "stage": t.Stage, "cursor": t.Cursor,
		"nextStage": s.Next.Stage, "nextCursor": s.Next.Cursor, "found": s.Next.Found,
		"due": time.Now().Add(s.Again).UnixMilli(),
	}
	const same = ` WHERE id = {:id} AND generation = {:generation} AND stage = {:stage} AND cursor = {:cursor}`
	statement := `UPDATE tasks SET stage = {:nextStage}, cursor = {:nextCursor}, found = {:found}` + same
	switch {
	case s.Done && s.Again > 0:
		statement = `UPDATE tasks SET stage = 0, cursor = '', found = FALSE, due_at = {:due}` + same
	case s.Done:
		statement = `DELETE FROM tasks` + same
	}
	res, err := db.NewQuery(statement).Bind(params).Execute()
	if err != nil {
		return false, fmt.Errorf("move task %d: %w", t.ID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
