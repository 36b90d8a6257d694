package hooks

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// clearing takes the recipients and attempts of deleted mailings along. A mailing may have a million
// of them, and one transaction over all would stop every other write: so the deletion only notes the
// mailing in the table deleted_mailings, and a goroutine clears up chunk by chunk, at the next start
// if it must. Rollups stay.
type clearing struct {
	app  core.App
	wake chan struct{} // holds one: however many mailings were deleted, one look at the table is enough
}

// chunk is how many rows one statement deletes: a few milliseconds of the write lock.
const chunk = 1000

// lookAgain is when a mailing whose leftovers were deleted is looked at again.
const lookAgain = 10 * time.Second

// leftovers are the tables with rows of a mailing, beside its record, each with an index that begins
// with it.
var leftovers = []string{"recipients", "attempts", "contents", "requests", "mailing_events"}

// bindMailingDeletion refuses to delete a mailing at work, and clears up after the others.
func bindMailingDeletion(app core.App) {
	c := &clearing{app: app, wake: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup

	app.OnRecordDelete("mailings").BindFunc(func(e *core.RecordEvent) error {
		return inTransaction(e, func() error { return c.note(e) })
	})
	app.OnRecordAfterDeleteSuccess("mailings").BindFunc(func(e *core.RecordEvent) error {
		select {
		case c.wake <- struct{}{}:
		default:
		}
		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		running.Go(func() { c.run(ctx) })
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		running.Wait()
		return e.Next()
	})
}

// note checks that the mailing rests, deletes it, and notes it, in the transaction of the event.
func (c *clearing) note(e *core.RecordEvent) error {
	rests, err := touch(e.App, e.Record.Id, `status <> 'running' AND launching_at = ''`)
	if err != nil {
		return err
	}
	if !rests {
		return apis.NewApiError(http.StatusConflict, "The mailing is running: cancel it before you delete it.",
			refuse("status", "running", "The mailing is running"))
	}
	if err := e.Next(); err != nil {
		return err
	}
	_, err = e.App.DB().Insert("deleted_mailings", dbx.Params{"mailing": e.Record.Id}).Execute()
	if err != nil {
		return fmt.Errorf("note the deleted mailing %s: %w", e.Record.Id, err)
	}
	return nil
}

// run clears at once, whenever a mailing is deleted, and again while there was something to delete.
func (c *clearing) run(ctx context.Context) {
	for {
		again, err := c.clear(ctx)
		if err != nil && ctx.Err() == nil {
			c.app.Logger().Error("clear up after deleted mailings", "error", err)
		}
		var timer <-chan time.Time
		if again {
			timer = time.After(lookAgain)
		}
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer:
		}
	}
}

// clear deletes what is left of every noted mailing, and the note of those of which nothing was. It
// says whether there were others, to look at again.
func (c *clearing) clear(ctx context.Context) (again bool, err error) {
	var mailings []string
	if err := c.app.DB().Select("mailing").From("deleted_mailings").WithContext(ctx).Column(&mailings); err != nil {
		return false, fmt.Errorf("list deleted mailings: %w", err)
	}
	for _, mailing := range mailings {
		deleted := 0
		for _, table := range leftovers {
			n, err := c.clearTable(ctx, table, mailing)
			if err != nil {
				return true, err
			}
			deleted += n
		}
		if deleted > 0 {
			again = true
			continue
		}
		if _, err := c.app.DB().Delete("deleted_mailings", dbx.HashExp{"mailing": mailing}).WithContext(ctx).Execute(); err != nil {
			return true, fmt.Errorf("forget the deleted mailing %s: %w", mailing, err)
		}
	}
	return again, nil
}

// clearTable deletes a mailing's rows from a table and returns how many there were.
func (c *clearing) clearTable(ctx context.Context, table, mailing string) (deleted int, err error) {
	if !c.app.HasTable(table) {
		return 0, nil
	}
	statement := `DELETE FROM {{` + table + `}} WHERE rowid IN (
		SELECT rowid FROM {{` + table + `}} WHERE mailing = {:mailing} LIMIT {:chunk}
	)`
	if table == "requests" { // has no rowid, and few rows
		statement = `DELETE FROM requests WHERE mailing = {:mailing} AND {:chunk} > 0`
	}
	for {
		res, err := c.app.DB().NewQuery(statement).Bind(dbx.Params{"mailing": mailing, "chunk": chunk}).WithContext(ctx).Execute()
		if err != nil {
			return deleted, fmt.Errorf("clear %s of mailing %s: %w", table, mailing, err)
		}
		n, err := res.RowsAffected()
		deleted += int(n)
		if err != nil || n < chunk {
			return deleted, err
		}
		select {
		case <-ctx.Done():
			return deleted, ctx.Err()
		case <-time.After(5 * time.Millisecond): // let other writers in
		}
	}
}
