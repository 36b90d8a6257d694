package task

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const (
	// chunkTime is how long the statements of one transaction should take, during which nothing else can write. The number
	// of rows is adapted to it.
	chunkTime = 30 * time.Millisecond
	// chunkLimit is the same including the commit, which takes a fixed time besides that for the rows: on a busy disk,
	// fewer rows would make commits more frequent, but no shorter.
	chunkLimit = 70 * time.Millisecond

	firstRows = 400    // of the first chunk of a stage: rows of different tables cost very different times
	leastRows = 100    // with fewer rows, most of the time is the fixed cost of a transaction
	mostRows  = 20_000 // bounds the memory of a chunk

	// leastRest is the pause between two chunks for other writers. Those of another process do not queue for the lock:
	// they retry, at most every 100 ms.
	leastRest = 10 * time.Millisecond
	mostRest  = 100 * time.Millisecond
)

// ErrLater is what Work returns for a chunk that must not be part of the transaction that added the task,
// because it cannot be rolled back: the deletion of a file.
var ErrLater = errors.New("not in the transaction that adds the task")

// errMoved says that the chunk was not written, because the task's position has changed since it was prepared.
var errMoved = errors.New("the task has moved")

// pace adapts the number of rows of a chunk to the time that the chunks before it took.
type pace struct{ rows int }

// paces are those of the stages of the kinds of tasks, over all tasks: a worker goes from one to the other
// and back.
type paces map[stageKey]*pace

type stageKey struct {
	kind, collection string
	stage            int
}

func (p paces) of(t Task) *pace {
	key := stageKey{t.Kind, t.Collection, t.Stage}
	if p[key] == nil {
		p[key] = &pace{firstRows}
	}
	return p[key]
}

// took adapts the pace to a chunk: the rows that it changed, the time of its statements, and how long it held the lock. A
// chunk with few rows changes nothing.
func (p *pace) took(rows int, statements, whole time.Duration) {
	next := float64(p.rows)
	if 2*rows > p.rows {
		next *= 2
	}
	for _, t := range []struct{ took, want time.Duration }{{statements, chunkTime}, {whole, chunkLimit}} {
		if t.took > 0 {
			next = min(next, float64(p.rows)*float64(t.want)/float64(t.took))
		}
	}
	p.rows = max(leastRows, min(int(next), mostRows))
}

// Finish works on a task in this process, each chunk in a transaction of its own, until it is done or stop returns true.
func Finish(app core.App, t Task, work Work, stop func() bool) error {
	return finish(app, t, work, paces{}, stop)
}

func finish(app core.App, t Task, work Work, paces paces, stop func() bool) error {
	for !stop() {
		p := paces.of(t)
		c, err := doChunk(app, &t, work, p.rows)
		switch {
		case errors.Is(err, errMoved):
			again, err := reload(app.ConcurrentDB(), &t)
			if err != nil || !again {
				return err
			}
			continue
		case err != nil:
			return err
		case c.done:
			return nil
		}
		p.took(c.rows, c.statements, c.whole)
		time.Sleep(max(leastRest, min(c.whole, mostRest)))
	}
	return nil
}

// chunk is what one transaction did, and how long it held the write lock.
type chunk struct {
	done       bool
	rows       int
	statements time.Duration // until the commit
	whole      time.Duration
}

// doChunk does one chunk of a task.
func doChunk(app core.App, t *Task, work Work, limit int) (c chunk, err error) {
	s, err := work(app, *t, limit)
	if err != nil {
		return c, fmt.Errorf("prepare a chunk of %s %s %s: %w", t.Kind, t.Collection, t.Record, err)
	}
	var begin time.Time
	err = app.RunInTransaction(func(tx core.App) error {
		begin = time.Now()
		var err error
		c.rows, err = write(tx.NonconcurrentDB(), t, s)
		c.statements = time.Since(begin)
		return err
	})
	c.done, c.whole = s.Done, time.Since(begin)
	return c, err
}

// write writes a chunk and moves the task, in the transaction db.
func write(db dbx.Builder, t *Task, s Step) (rows int, err error) {
	if s.Write != nil {
		if rows, err = s.Write(db); err != nil {
			return rows, fmt.Errorf("write a chunk of %s %s %s: %w", t.Kind, t.Collection, t.Record, err)
		}
		s.Next.Found = s.Next.Found || rows > 0
	}
	moved, err := t.move(db, s)
	if err != nil {
		return rows, err
	}
	if !moved {
		return rows, errMoved
	}
	t.Position = s.Next
	return rows, nil
}

// atOnce is how many rows one transaction changes at once for all tasks that are added in it: few enough not to delay other
// writers, and enough that most tasks are done when the request is answered.
const atOnce = 500

// lefts is the rest of atOnce for each transaction that has begun tasks: *core.TxAppInfo to *int.
var lefts sync.Map

// Begin works on a task that was added in the transaction of tx, within the bound of atOnce: small tasks are done at once,
// and the rest of others later.
func Begin(tx core.App, t Task, work Work) error {
	info := tx.TxInfo()
	if info == nil {
		return errors.New("a task is begun in the transaction that adds it")
	}
	value, known := lefts.LoadOrStore(info, new(int))
	left := value.(*int)
	if !known {
		*left = atOnce
		info.OnComplete(func(error) error {
			lefts.Delete(info)
			return nil
		})
	}
	for *left > 0 {
		s, err := work(tx, t, *left)
		if errors.Is(err, ErrLater) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("prepare a chunk of %s %s %s: %w", t.Kind, t.Collection, t.Record, err)
		}
		rows, err := write(tx.NonconcurrentDB(), &t, s)
		*left -= rows + s.Read/10 + 1
		if err != nil || s.Done {
			return err
		}
	}
	return nil
}
