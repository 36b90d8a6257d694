package mailing

import (
	"fmt"
	"maps"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// PauseOf pauses the running mailings of an owner who was blocked, in the transaction of the block.
func PauseOf(tx core.App, owner string) error {
	return PauseAll(tx.NonconcurrentDB(), `owner = {:owner} AND status = 'running'`, dbx.Params{"owner": owner},
		NewReason(WaitOwnerBlocked, "", time.Time{}))
}

// StopAllOf stops the mailings of an owner who is being deleted, in the transaction of the deletion: those
// that run, are being launched or would start. Their recipients are not settled, for they go too.
func StopAllOf(tx core.App, owner string) error {
	_, err := tx.NonconcurrentDB().NewQuery(`
		UPDATE mailings SET status = 'cancelled', launching_at = '', updated = {:now}
		WHERE owner = {:owner} AND (status IN ('running', 'scheduled') OR launching_at <> '')`).
		Bind(dbx.Params{"owner": owner, "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("stop the mailings of %s: %w", owner, err)
	}
	return nil
}

// PauseAll pauses all mailings of which a condition holds, and says why. It has to run in a transaction, and
// takes the same three statements however many mailings there are.
func PauseAll(db dbx.Builder, where string, params dbx.Params, reason *Reason) error {
	d := Detail{}
	d.Add(reason)
	all := dbx.Params{"reason": reason.Column(), "now": database.Stamp(time.Now()), "detail": d.column()}
	maps.Copy(all, params)
	for _, statement := range []string{
		`UPDATE mailing_events SET ended = {:now}
		WHERE kind = 'waiting' AND ended = '' AND mailing IN (SELECT id FROM mailings WHERE ` + where + `)`,
		`INSERT INTO mailing_events (mailing, owner, at, kind, actor, detail)
		SELECT id, owner, {:now}, 'paused', 'engine', json_set({:detail}, '$.left', total - sent - failed - uncertain - skipped - bounced)
		FROM mailings WHERE ` + where,
		`UPDATE mailings SET status = 'paused', waiting_reason = {:reason}, updated = {:now} WHERE ` + where,
	} {
		if _, err := db.NewQuery(statement).Bind(all).Execute(); err != nil {
			return fmt.Errorf("pause mailings: %w", err)
		}
	}
	return nil
}

// PauseFor pauses a mailing that runs or is scheduled, and notes why; more goes into its timeline. It
// has to run in a transaction.
func PauseFor(db dbx.Builder, id string, reason *Reason, more Detail) error {
	res, err := db.NewQuery(`
		UPDATE mailings SET status = 'paused', waiting_reason = {:reason}, updated = {:now}
		WHERE id = {:id} AND status IN ('running', 'scheduled')`).
		Bind(dbx.Params{"reason": reason.Column(), "now": database.Stamp(time.Now()), "id": id}).Execute()
	if err != nil {
		return fmt.Errorf("pause mailing %s: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	d, err := Left(db, id)
	if err != nil {
		return err
	}
	d.Add(reason)
	for key, value := range more {
		d[key] = value
	}
	_, err = Note(db, id, ByEngine, EventPaused, d)
	return err
}

// Left is the detail of an event that leaves recipients unmailed.
func Left(db dbx.Builder, id string) (Detail, error) {
	left, err := leftIn(db, id)
	return Detail{"left": left}, err
}

// addCameBack adds to the detail of an event how many e-mails of a mailing were handed over, and what came back of them.
func addCameBack(db dbx.Builder, id string, d Detail) error {
	var handed, bounced, complained int
	err := db.NewQuery(`SELECT sent + uncertain + bounced, bounced, complained FROM mailings WHERE id = {:id}`).
		Bind(dbx.Params{"id": id}).Row(&handed, &bounced, &complained)
	if err != nil {
		return fmt.Errorf("count what came back of mailing %s: %w", id, err)
	}
	d["handed"], d["bounced"], d["complained"] = handed, bounced, complained
	return nil
}

// Add adds why the engine did something.
func (d Detail) Add(reason *Reason) {
	if reason == nil {
		return
	}
	d["code"] = reason.Code
	if reason.Detail != "" {
		d["words"] = reason.Detail
	}
}
