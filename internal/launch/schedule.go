package launch

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// Schedule has a mailing start at a time; one whose time has come while nothing was running starts
// when the engine does. It refuses what Launch would refuse now, but for the audience, which is taken
// at the start.
func (v *Verbs) Schedule(ctx context.Context, id string, startsAt time.Time) (mailing.Done, error) {
	m, err := mailing.Find(v.App, id)
	if err != nil {
		return mailing.Done{}, err
	}
	if m.GetBool("blocked") {
		return mailing.Done{}, mailing.ErrBlocked
	}
	switch status := mailing.Status(m.GetString("status")); {
	case status != mailing.Created && status != mailing.Scheduled:
		return mailing.Done{}, mailing.WrongState("schedule", status)
	case startsAt.IsZero():
		return mailing.Done{}, denial.BadRequest("starts_at_required", "starts_at", "say when the mailing starts")
	case startsAt.UTC().Year() > 9999: // the database compares dates as texts
		return mailing.Done{}, denial.BadRequest("starts_at_invalid", "starts_at", "the start is too far away: choose an earlier one")
	case startsAt.Before(time.Now().Add(-time.Minute)):
		return mailing.Done{}, denial.BadRequest("starts_at_passed", "starts_at", "the start has passed: choose a later one or send now")
	}
	if ends := m.GetDateTime("ends_at"); !ends.IsZero() && !ends.Time().After(startsAt) {
		return mailing.Done{}, denial.BadRequest("ends_before_start", "starts_at", "the mailing would end before it starts")
	}
	if err := v.check(ctx, m, time.Now()); err != nil {
		return mailing.Done{}, err
	}
	done := false
	err = v.App.RunInTransaction(func(tx core.App) error {
		if err := mailing.MayContinue(tx.NonconcurrentDB(), id); err != nil {
			return err
		}
		done, err = v.plan(tx.NonconcurrentDB(), id, database.Stamp(startsAt))
		return err
	})
	if err != nil {
		return mailing.Done{}, fmt.Errorf("schedule mailing %s: %w", id, err)
	}
	if !done {
		return mailing.Done{}, v.whyNot("schedule", id)
	}
	v.Wake()
	return mailing.Done{ID: id, Status: mailing.Scheduled}, nil
}

// Unschedule makes a mailing that waits for its start a prepared one again: nothing starts it any more until it is sent or
// scheduled. Its start stays as a proposal. One that was paused before it had begun may be unscheduled too.
func (v *Verbs) Unschedule(id string) (mailing.Done, error) {
	done, made := mailing.Done{ID: id, Status: mailing.Created}, false
	err := v.App.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		res, err := db.NewQuery(`
			UPDATE mailings
			SET status = 'created', waiting_reason = NULL, updated = {:now}, occurrence_at = IIF(parent = '', '', occurrence_at)
			WHERE id = {:id} AND launching_at = '' AND (status = 'scheduled' OR status = 'paused' AND started_at = '')`).
			Bind(dbx.Params{"now": database.Stamp(time.Now()), "id": id}).Execute()
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		made = true
		_, err = mailing.Note(db, id, v.Actor, mailing.EventUnscheduled, nil)
		return err
	})
	if err != nil {
		return mailing.Done{}, fmt.Errorf("unschedule mailing %s: %w", id, err)
	}
	if made {
		v.Wake()
		return done, nil
	}
	m, err := mailing.Find(v.App, id)
	switch {
	case err != nil:
		return mailing.Done{}, err
	case m.GetString("launching_at") != "":
		return mailing.Done{}, errLaunching
	case m.GetString("status") != string(mailing.Created):
		return mailing.Done{}, mailing.WrongState("unschedule", mailing.Status(m.GetString("status")))
	}
	return done, nil
}

// plan schedules a mailing and notes it, unless it was scheduled for that very time. It returns false
// when the mailing cannot be scheduled any more.
func (v *Verbs) plan(db dbx.Builder, id, startsAt string) (bool, error) {
	known := false
	// The column may have been edited since: what the timeline says counts.
	err := db.NewQuery(`
		SELECT m.status = 'scheduled' AND {:starts} IS (
			SELECT detail ->> 'starts_at' FROM mailing_events WHERE mailing = m.id AND owner = m.owner AND kind = 'scheduled' ORDER BY id DESC LIMIT 1)
		FROM mailings m WHERE m.id = {:id}`).
		Bind(dbx.Params{"starts": startsAt, "id": id}).Row(&known)
	if err != nil {
		return false, err
	}
	res, err := db.NewQuery(`
		UPDATE mailings
		SET status = 'scheduled', starts_at = {:starts}, waiting_reason = NULL, updated = {:now},
			occurrence_at = CASE
				WHEN parent <> '' THEN occurrence_at
				WHEN repeat IN ('', 'none') THEN ''
				-- The next occurrence stays one of the series that it is of.
				WHEN status = 'scheduled' AND starts_at = {:starts} AND occurrence_at <> '' THEN occurrence_at
				ELSE {:starts}
			END
		WHERE id = {:id} AND status IN ('created', 'scheduled') AND launching_at = '' AND blocked = FALSE`).
		Bind(dbx.Params{"starts": startsAt, "now": database.Stamp(time.Now()), "id": id}).Execute()
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if !known {
		_, err = mailing.Note(db, id, v.Actor, mailing.EventScheduled, mailing.Detail{"starts_at": startsAt})
	} else {
		err = mailing.EndWait(db, id, time.Now())
	}
	return true, err
}
