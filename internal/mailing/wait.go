package mailing

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// sameWait is how soon a wait for the same reason has to begin again to count as the same one. A mail
// server that comes and goes is one line in a timeline, and not one for each time.
const sameWait = time.Hour

// NoteWait keeps the timeline in step with what a mailing waits for now: nil is nothing. A wait is one
// event from its begin to its end.
func NoteWait(db dbx.Builder, mailing string, reason *Reason, now time.Time) error {
	if reason == nil || reason.Code == WaitRate { // keeping to a rate is how it should be
		return EndWait(db, mailing, now)
	}
	var last struct {
		ID    int64  `db:"id"`
		Ended string `db:"ended"`
	}
	// The last wait for this since anything else has happened.
	err := db.NewQuery(`
		SELECT id, ended FROM mailing_events
		WHERE ` + OfMailing + ` AND kind = 'waiting' AND detail ->> 'code' = {:code} AND (ended = '' OR ended >= {:since})
			AND id > (SELECT COALESCE(MAX(id), 0) FROM mailing_events WHERE ` + OfMailing + ` AND kind <> 'waiting')
		ORDER BY id DESC LIMIT 1`).
		Bind(dbx.Params{"mailing": mailing, "code": reason.Code, "since": database.Stamp(now.Add(-sameWait))}).One(&last)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return fmt.Errorf("read what mailing %s waited for: %w", mailing, err)
	case last.Ended == "":
		return nil
	}
	if err := EndWait(db, mailing, now); err != nil {
		return err
	}
	if last.ID == 0 {
		_, err := NoteAt(db, mailing, ByEngine, EventWaiting, Detail{"code": reason.Code, "words": reason.Detail, "times": 1}, now)
		return err
	}
	_, err = db.NewQuery(`
		UPDATE mailing_events
		SET ended = '', detail = json_set(detail, '$.words', {:words}, '$.times', (detail ->> 'times') + 1)
		WHERE id = {:id}`).
		Bind(dbx.Params{"words": reason.Detail, "id": last.ID}).Execute()
	if err != nil {
		return fmt.Errorf("note that mailing %s waits again: %w", mailing, err)
	}
	return nil
}

// EndWait notes that a mailing waits no more, if it did.
func EndWait(db dbx.Builder, mailing string, now time.Time) error {
	_, err := db.NewQuery(`UPDATE mailing_events SET ended = {:now} WHERE ` + OfMailing + ` AND kind = 'waiting' AND ended = ''`).
		Bind(dbx.Params{"now": database.Stamp(now), "mailing": mailing}).Execute()
	if err != nil {
		return fmt.Errorf("note that mailing %s waits no more: %w", mailing, err)
	}
	return nil
}

// NoteUnwritten adds to the timelines of all running mailings that the database could not be written for a
// while, which could not be noted then.
func NoteUnwritten(app core.App, reason *Reason, since, now time.Time) error {
	if now.Sub(since) < worthNoting {
		return nil
	}
	_, err := app.NonconcurrentDB().NewQuery(`
		INSERT INTO mailing_events (mailing, owner, at, ended, kind, actor, detail)
		SELECT id, owner, {:since}, {:now}, 'waiting', 'engine', {:detail}
		FROM mailings WHERE status = 'running' AND started_at <= {:since}`).
		Bind(dbx.Params{
			"since": database.Stamp(since), "now": database.Stamp(now), "detail": Detail{"code": reason.Code, "words": reason.Detail, "times": 1}.column(),
		}).Execute()
	if err != nil {
		return fmt.Errorf("note that the ledger could not be written: %w", err)
	}
	return nil
}

// worthNoting is how long the database has to be out of reach for a timeline to tell it.
const worthNoting = 2 * time.Second
