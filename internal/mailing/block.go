package mailing

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Block stops a mailing on behalf of a manager: it pauses if it runs, and cannot be sent or resumed
// until Unblock. Of one that is blocked already, the first reason stays.
func (v *Verbs) Block(id, reason string) (Done, error) {
	return v.setFlag(id, func(db dbx.Builder) error {
		running := false
		err := db.NewQuery(`SELECT status = 'running' FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Row(&running)
		if err != nil {
			return err
		}
		changed, err := v.setBlock(db, id, `blocked = TRUE, block_reason = {:reason},
			waiting_reason = IIF(status = 'running', NULL, waiting_reason), status = IIF(status = 'running', 'paused', status)`, reason)
		if err != nil || !changed {
			return err
		}
		if running {
			if err := EndWait(db, id, time.Now()); err != nil {
				return err
			}
		}
		_, err = Note(db, id, v.Actor, EventBlocked, Detail{"reason": reason, "paused": running})
		return err
	})
}

// Unblock takes a block back. It resumes nothing.
func (v *Verbs) Unblock(id string) (Done, error) {
	return v.setFlag(id, func(db dbx.Builder) error {
		changed, err := v.setBlock(db, id, `blocked = FALSE, block_reason = {:reason}`, "")
		if err != nil || !changed {
			return err
		}
		_, err = Note(db, id, v.Actor, EventUnblocked, nil)
		return err
	})
}

// setBlock changes the flag, and says whether it was another one.
func (v *Verbs) setBlock(db dbx.Builder, id, set, reason string) (bool, error) {
	res, err := db.NewQuery(`
		UPDATE mailings SET ` + set + `, updated = {:now}
		WHERE id = {:id} AND blocked <> ({:reason} <> '')`).
		Bind(dbx.Params{"id": id, "reason": reason, "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// setFlag sets or takes away the flag of a mailing in one transaction. It fails with errNotFound.
func (v *Verbs) setFlag(id string, set func(db dbx.Builder) error) (Done, error) {
	if _, err := Find(v.App, id); err != nil {
		return Done{}, err
	}
	if err := v.App.RunInTransaction(func(tx core.App) error { return set(tx.NonconcurrentDB()) }); err != nil {
		return Done{}, fmt.Errorf("mark mailing %s: %w", id, err)
	}
	v.Wake()
	status, err := StatusOf(v.App.ConcurrentDB(), id)
	return Done{ID: id, Status: status}, err
}
