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
	app    core.App
	wake   chan struct{} // holds one: however many mailings were deleted, one look at the table is enough
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// chunk is how many rows one statement deletes: a few milliseconds of the write lock.
const chunk = 1000

// leftovers are the tables with rows of a mailing, beside its record.
var leftovers = []string{"recipients", "attempts", "contents"}

// bindMailingDeletion refuses to delete a mailing at work, and clears up after the others.
func bindMailingDeletion(app core.App) {
	c := &clearing{app: app, wake: make(chan struct{}, 1)}

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
		c.start()
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		c.stop()
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

func (c *clearing) start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.done.Go(func() {
		for {
			if err := c.clear(ctx); err != nil && ctx.Err() == nil {
				c.app.Logger().Error("clear up after deleted mailings", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-c.wake:
			}
		}
	})
}

func (c *clearing) stop() {
	if c.cancel != nil {
		c.cancel()
		c.done.Wait()
	}
}

// clear deletes what is left of every noted mailing, and then the note.
func (c *clearing) clear(ctx context.Context) error {
	var mailings []string
	if err := c.app.DB().Select("mailing").From("deleted_mailings").WithContext(ctx).Column(&mailings); err != nil {
		return fmt.Errorf("list deleted mailings: %w", err)
	}
	for _, mailing := range mailings {
		for _, table := range leftovers {
			if err := c.clearTable(ctx, table, mailing); err != nil {
				return err
			}
		}
		if _, err := c.app.DB().Delete("deleted_mailings", dbx.HashExp{"mailing": mailing}).WithContext(ctx).Execute(); err != nil {
			return fmt.Errorf("forget the deleted mailing %s: %w", mailing, err)
		}
	}
	return nil
}

// clearTable relies on each table's index that begins with mailing.
func (c *clearing) clearTable(ctx context.Context, table, mailing string) error {
	if !c.app.HasTable(table) {
		return nil
	}
	for {
		res, err := c.app.DB().NewQuery(`
			DELETE FROM {{` + table + `}} WHERE rowid IN (
				SELECT rowid FROM {{` + table + `}} WHERE mailing = {:mailing} LIMIT {:chunk}
			)`).Bind(dbx.Params{"mailing": mailing, "chunk": chunk}).WithContext(ctx).Execute()
		if err != nil {
			return fmt.Errorf("clear %s of mailing %s: %w", table, mailing, err)
		}
		if n, err := res.RowsAffected(); err != nil || n < chunk {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond): // let other writers in
		}
	}
}
