package mailing

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/calendar"
	"gonets/internal/database"
)

// Replan brings a scheduled mailing in line with an edit of when it is sent, before the edit is saved: starts_at
// is the next occurrence, and occurrence_at the first one, from which the others are counted. A start that was
// edited is the first of a series that begins anew. With another rule or zone, the next occurrence is computed
// from the first one, which is kept. An occurrence_at that was edited, to starts_at, says that the start
// was given, although it is the one that was there.
func Replan(mailing *core.Record, now time.Time) error {
	if Status(mailing.GetString("status")) != Scheduled || mailing.GetString("parent") != "" {
		return nil
	}
	edited := func(fields ...string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return mailing.GetString(f) != mailing.Original().GetString(f) })
	}
	repeat, first := calendar.Repeat(mailing.GetString("repeat")), mailing.GetDateTime("occurrence_at")
	switch {
	case !edited("starts_at", "occurrence_at", "repeat", "timezone"):
	case edited("occurrence_at") && !first.Equal(mailing.GetDateTime("starts_at")): // by hand, which is refused
	case !repeat.Repeats():
		mailing.Set("occurrence_at", "")
	case first.IsZero() || edited("starts_at", "occurrence_at"):
		mailing.Set("occurrence_at", mailing.GetDateTime("starts_at"))
	default:
		zone, err := time.LoadLocation(mailing.GetString("timezone"))
		if err != nil {
			return nil // the zone is refused with the rest of the record
		}
		mailing.Set("starts_at", database.Stamp(repeat.After(first.Time(), now, zone)))
	}
	return nil
}

// StartGiven has Replan begin a series anew at its start, although that is the one it had.
func StartGiven(mailing *core.Record) {
	if Status(mailing.GetString("status")) == Scheduled {
		mailing.Set("occurrence_at", mailing.GetDateTime("starts_at"))
	}
}

// series is a scheduled mailing that repeats. It is never sent itself: each occurrence is a mailing of
// its own, with its own recipients and history, that names it as its parent.
type series struct {
	ID       string          `db:"id"`
	StartsAt types.DateTime  `db:"starts_at"`     // of the next occurrence
	Anchor   types.DateTime  `db:"occurrence_at"` // of the first one
	EndsAt   types.DateTime  `db:"ends_at"`
	Zone     string          `db:"timezone"`
	Repeat   calendar.Repeat `db:"repeat"`
}

// Occur makes the occurrence that is due, and moves the series on to the next one after now, in one
// transaction. Of several that were missed, because nothing was running, only the last is made up for.
func Occur(app core.App, id string, now time.Time) error {
	err := app.RunInTransaction(func(tx core.App) error {
		var m series
		err := tx.ConcurrentDB().NewQuery(`
			SELECT id, starts_at, occurrence_at, ends_at, timezone, repeat FROM mailings
			WHERE id = {:id} AND status = 'scheduled' AND starts_at <= {:now} AND blocked = FALSE`).
			Bind(dbx.Params{"id": id, "now": database.Stamp(now)}).One(&m)
		if err != nil {
			return err
		}
		due, next, missed, err := m.plan(now)
		if err != nil {
			return err
		}
		if ends := m.EndsAt.Time(); ends.IsZero() || ends.After(now) {
			if err := addOccurrence(tx, id, due, missed); err != nil {
				return err
			}
		}
		return m.moveOn(tx, next)
	})
	if err != nil {
		return fmt.Errorf("repeat mailing %s: %w", id, err)
	}
	return nil
}

// plan is the occurrence that is due, the one after it, and how many before it were missed.
func (m *series) plan(now time.Time) (due, next time.Time, missed int, err error) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return due, next, 0, fmt.Errorf("the time zone: %w", err)
	}
	due = m.StartsAt.Time()
	o := calendar.Occurrences{Repeat: m.Repeat, Anchor: m.Anchor.Time(), Zone: zone}
	if o.Anchor.IsZero() {
		o.Anchor = due
	}
	second, last := o.Next(due), o.Next(now)
	if last > second {
		due = o.At(last - 1)
	}
	return due, o.At(last), last - second, nil
}

// occurrenceFields are what an occurrence has from its series.
var occurrenceFields = append([]string{"ends_at", "public"}, copied...)

// addOccurrence adds the mailing for one occurrence, scheduled: the engine starts it like any other.
func addOccurrence(tx core.App, id string, at time.Time, missed int) error {
	made := false
	err := tx.NonconcurrentDB().
		NewQuery(`SELECT EXISTS (SELECT 1 FROM mailings WHERE parent = {:id} AND parent <> '' AND occurrence_at = {:at})`).
		Bind(dbx.Params{"id": id, "at": database.Stamp(at)}).Row(&made)
	if err != nil || made { // before the series was moved back to this time
		return err
	}
	parent, err := tx.FindRecordById("mailings", id)
	if err != nil {
		return err
	}
	m := core.NewRecord(parent.Collection())
	for _, field := range occurrenceFields {
		m.Set(field, parent.Get(field))
	}
	m.Set("repeat", string(calendar.None))
	m.Set("status", string(Scheduled))
	m.Set("starts_at", database.Stamp(at))
	m.Set("parent", id)
	m.Set("occurrence_at", database.Stamp(at))
	// Past the hooks that keep people from setting these fields.
	if err := tx.SaveNoValidate(m); err != nil {
		return err
	}
	db := tx.NonconcurrentDB()
	if _, err := Note(db, m.Id, ByEngine, EventOccurrence, Detail{"of": id, "due": database.Stamp(at)}); err != nil {
		return err
	}
	_, err = Note(db, id, ByEngine, EventRepeated, Detail{"mailing": m.Id, "due": database.Stamp(at), "missed": missed})
	return err
}

// moveOn schedules the next occurrence, or ends the series when that would lie beyond its end.
func (m *series) moveOn(tx core.App, next time.Time) error {
	status, finished := Scheduled, ""
	if ends := m.EndsAt.Time(); !ends.IsZero() && !next.Before(ends) {
		status, finished = Completed, database.Stamp(time.Now())
	}
	_, err := tx.NonconcurrentDB().NewQuery(`
		UPDATE mailings
		SET status = {:status}, finished_at = {:finished}, starts_at = {:next}, waiting_reason = NULL, updated = {:now},
			occurrence_at = IIF(occurrence_at = '', {:anchor}, occurrence_at)
		WHERE id = {:id}`).
		Bind(dbx.Params{
			"status": string(status), "finished": finished, "next": database.Stamp(next), "anchor": m.StartsAt.String(),
			"now": database.Stamp(time.Now()), "id": m.ID,
		}).Execute()
	return err
}
