package delivery

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Block stops a mailing on behalf of a manager: it pauses if it runs, and cannot be sent or resumed
// until Unblock. Of one that is blocked already, the first reason stays.
func (e *Engine) Block(id, reason string) (Done, error) {
	return e.mark(id, func(db dbx.Builder) error {
		running := false
		err := db.NewQuery(`SELECT status = 'running' FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Row(&running)
		if err != nil {
			return err
		}
		changed, err := e.setBlock(db, id, `blocked = TRUE, block_reason = {:reason},
			waiting_reason = IIF(status = 'running', NULL, waiting_reason), status = IIF(status = 'running', 'paused', status)`, reason)
		if err != nil || !changed {
			return err
		}
		if running {
			if err := endWait(db, id, time.Now()); err != nil {
				return err
			}
		}
		_, err = note(db, id, e.by, EventBlocked, detail{"reason": reason, "paused": running})
		return err
	})
}

// Unblock takes a block back. It resumes nothing.
func (e *Engine) Unblock(id string) (Done, error) {
	return e.mark(id, func(db dbx.Builder) error {
		changed, err := e.setBlock(db, id, `blocked = FALSE, block_reason = {:reason}`, "")
		if err != nil || !changed {
			return err
		}
		_, err = note(db, id, e.by, EventUnblocked, nil)
		return err
	})
}

// setBlock changes the flag, and says whether it was another one.
func (e *Engine) setBlock(db dbx.Builder, id, set, reason string) (bool, error) {
	res, err := db.NewQuery(`
		UPDATE mailings SET ` + set + `, updated = {:now}
		WHERE id = {:id} AND blocked <> ({:reason} <> '')`).
		Bind(dbx.Params{"id": id, "reason": reason, "now": stamp(time.Now())}).Execute()
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// mark sets or takes away the flag of a mailing in one transaction. It fails with errNotFound.
func (e *Engine) mark(id string, set func(db dbx.Builder) error) (Done, error) {
	if _, err := e.mailing(id); err != nil {
		return Done{}, err
	}
	if err := e.app.RunInTransaction(func(tx core.App) error { return set(tx.NonconcurrentDB()) }); err != nil {
		return Done{}, fmt.Errorf("mark mailing %s: %w", id, err)
	}
	e.Wake()
	status, err := statusOf(e.app.ConcurrentDB(), id)
	return Done{ID: id, Status: status}, err
}
