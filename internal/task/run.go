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
	// chunkTime is how long one transaction should hold the write lock, in which nobody else writes. The
	// number of rows is adapted to it; a slow disk may stretch a single chunk to twice of it.
	chunkTime = 40 * time.Millisecond

	firstRows = 200    // of the first chunk of a stage: rows of different tables cost very different times
	leastRows = 20     // below it the price of a transaction prevails
	mostRows  = 20_000 // bounds what a chunk holds in memory
)

// ErrLater is what Work returns for a chunk that must not be part of the transaction that added the task,
// because it cannot be rolled back: the deletion of a file.
var ErrLater = errors.New("not in the transaction that adds the task")

// errMoved says that the chunk was not written, for the task has moved since it was prepared.
var errMoved = errors.New("the task has moved")

// pace adapts the number of rows of a chunk to the time that the chunk before it took.
type pace struct {
	stage int
	rows  int
}

func (p *pace) limit(stage int) int {
	if p.rows == 0 || p.stage != stage {
		p.stage, p.rows = stage, firstRows
	}
	return p.rows
}

func (p *pace) took(d time.Duration) {
	next := p.rows * 2
	if d > 0 {
		next = min(next, int(float64(p.rows)*float64(chunkTime)/float64(d)))
	}
	p.rows = max(leastRows, min(next, mostRows))
}

// Finish works on a task in this process until it is done or stop says so; chunk after chunk, each in a
// transaction of its own. Other writers get their turn between any two.
func Finish(app core.App, t Task, work Work, stop func() bool) error {
	var p pace
	for !stop() {
		done, took, err := chunk(app, &t, work, p.limit(t.Stage))
		switch {
		case errors.Is(err, errMoved):
			var again bool
			if again, err = reload(app.ConcurrentDB(), &t); err != nil || !again {
				return err
			}
			continue
		case err != nil:
			return err
		case done:
			return nil
		}
		p.took(took)
		time.Sleep(took / 2) // another process cannot queue for the lock, it tries again and again
	}
	return nil
}

// chunk does one chunk of a task and returns how long it held the write lock.
func chunk(app core.App, t *Task, work Work, limit int) (done bool, took time.Duration, err error) {
	s, err := work(app, *t, limit)
	if err != nil {
		return false, 0, fmt.Errorf("prepare a chunk of %s %s %s: %w", t.Kind, t.Collection, t.Record, err)
	}
	var begin time.Time
	err = app.RunInTransaction(func(tx core.App) error {
		begin = time.Now()
		_, err := write(tx.NonconcurrentDB(), t, s)
		return err
	})
	if err != nil {
		return false, 0, err
	}
	return s.Done, time.Since(begin), nil
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

// atOnce is how many rows one transaction changes right away for all tasks that are added in it: few
// enough to keep nobody waiting, and enough that most tasks are done when the request is answered.
const atOnce = 500

// lefts is what is left of atOnce for each transaction that has begun tasks: *core.TxAppInfo to *int.
var lefts sync.Map

// Begin works on a task that was added in the transaction of tx, as far as the bound for one transaction
// allows. So small tasks are done at once, and the rest is left for later.
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
		if err != nil || s.Done {
			return err
		}
		*left -= rows + s.Read/10 + 1
	}
	return nil
}
