package mailing

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
)

// completeSQL completes a mailing when nobody is left.
const completeSQL = `
UPDATE mailings
SET status = 'completed', finished_at = {:now}, waiting_reason = NULL, updated = {:now}
WHERE id = {:mailing} AND status IN ('running', 'paused') AND started_at <> ''
	AND total <= sent + failed + uncertain + skipped + bounced`

// Verbs are what somebody does with mailings. Each writes the database only, so it works in any process.
type Verbs struct {
	App   core.App
	Actor Actor  // who uses them; the zero value is the engine itself
	Wake  func() // makes the engine of this process poll the mailings now
}

// Done is the answer to a verb.
type Done struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
}

// Pause stops a running mailing until Resume; what is under way is finished.
func (v *Verbs) Pause(id string) (Done, error) {
	return v.transit(transition{verb: "pause", id: id, from: []Status{Running}, to: Paused, kind: EventPaused})
}

// Resume lets a paused mailing go on. One that was paused before it had begun waits for its start again.
func (v *Verbs) Resume(id string) (Done, error) {
	m, err := Find(v.App, id)
	if err != nil {
		return Done{}, err
	}
	if err := allowedIn("resume", Status(m.GetString("status")), Paused, Running); err != nil {
		return Done{}, err
	}
	to := Running
	if m.GetDateTime("started_at").IsZero() {
		to = Scheduled
	}
	return v.transit(transition{verb: "resume", id: id, from: []Status{Paused}, to: to, kind: EventResumed, may: MayContinue})
}

// Cancel ends a mailing for good; those not mailed yet become skipped. It returns when they have, or
// for very many soon after: the engine does the rest.
func (v *Verbs) Cancel(id string) (Done, error) {
	done, err := v.transit(transition{
		verb: "cancel", id: id, from: []Status{Scheduled, Running, Paused}, to: Cancelled, kind: EventCancelled,
		set: `, finished_at = {:now}`,
	})
	if err != nil {
		return done, err
	}
	return done, v.SkipRest(id, ReasonCancelled, time.Now().Add(SkipBudget))
}

// transition is a change of status that only some statuses allow.
type transition struct {
	verb string
	id   string
	from []Status
	to   Status
	kind EventKind // what the timeline says
	set  string    // further columns, beginning with a comma
	// may refuses the transition, in its transaction; nil when nothing does.
	may func(db dbx.Builder, id string) error
}

// transit makes a transition. When the mailing is where it leads to already, it does nothing.
func (v *Verbs) transit(t transition) (Done, error) {
	done := Done{ID: t.id, Status: t.to}
	from := make([]string, len(t.from))
	for i, s := range t.from {
		from[i] = "'" + string(s) + "'"
	}
	made := false
	err := v.App.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		if t.may != nil {
			if err := t.may(db, t.id); err != nil {
				return err
			}
		}
		res, err := db.NewQuery(`UPDATE mailings SET status = {:to}, waiting_reason = NULL, updated = {:now}` + t.set +
			` WHERE id = {:id} AND status IN (` + strings.Join(from, ", ") + `)`).
			Bind(dbx.Params{"to": string(t.to), "now": database.Stamp(time.Now()), "id": t.id}).Execute()
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		made = true
		d, err := Left(db, t.id)
		if err != nil {
			return err
		}
		if t.kind == EventResumed {
			if err := addCameBack(db, t.id, d); err != nil {
				return err
			}
		}
		_, err = Note(db, t.id, v.Actor, t.kind, d)
		return err
	})
	if err != nil {
		return Done{}, fmt.Errorf("%s mailing %s: %w", t.verb, t.id, err)
	}
	if made {
		v.Wake()
		return done, nil
	}
	m, err := Find(v.App, t.id)
	if err != nil {
		return Done{}, err
	}
	if is := Status(m.GetString("status")); is != t.to {
		return Done{}, WrongState(t.verb, is)
	}
	return done, nil
}

// Find reads a mailing. It fails with errNotFound.
func Find(app core.App, id string) (*core.Record, error) {
	m, err := app.FindRecordById("mailings", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read mailing %s: %w", id, err)
	}
	return m, nil
}

// SkipBudget is how long a verb skips recipients itself before it leaves the rest to the engine.
const SkipBudget = time.Second

// SkipChunk is how many recipients one transaction skips or queues again.
const SkipChunk = 5000

// SkipRest skips all recipients of a mailing that are pending or deferred, until the deadline, in
// chunks. The counters are right after every chunk.
func (v *Verbs) SkipRest(id, reason string, deadline time.Time) error {
	for {
		n, err := v.skipSome(id, reason)
		if err != nil || n < SkipChunk {
			return err
		}
		if time.Now().After(deadline) {
			v.Wake()
			return nil
		}
	}
}

// skipSome skips one chunk and returns how many it were.
func (v *Verbs) skipSome(id, reason string) (n int, err error) {
	err = v.App.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		var rows []struct {
			ID    int64 `db:"id"`
			State State `db:"state"`
		}
		err := db.NewQuery(`
			SELECT r.id, r.state
			FROM mailings m
			JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
			JOIN recipients r ON r.id > c.no << {:bits} AND r.id <= (c.no << {:bits}) + c.last
			WHERE m.id = {:mailing} AND r.state IN ('pending', 'deferred')
			LIMIT {:chunk}`).
			Bind(dbx.Params{"bits": IDBits, "mailing": id, "chunk": SkipChunk}).All(&rows)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := []byte{'['}
		deferred := 0
		for _, r := range rows {
			ids = append(fmt.Appendf(ids, "%d", r.ID), ',')
			if r.State == Deferred {
				deferred++
			}
		}
		_, err = db.NewQuery(`
			UPDATE recipients SET state = 'skipped', reason = {:reason}, next_try_at = 0
			WHERE id IN (SELECT value FROM json_each({:ids}))`).
			Bind(dbx.Params{"reason": reason, "ids": database.CloseArray(ids)}).Execute()
		if err != nil {
			return err
		}
		n = len(rows)
		_, err = db.NewQuery(`
			UPDATE mailings SET skipped = skipped + {:skipped}, deferred = deferred - {:deferred}, updated = {:now}
			WHERE id = {:mailing}`).
			Bind(dbx.Params{"skipped": n, "deferred": deferred, "now": database.Stamp(time.Now()), "mailing": id}).Execute()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("skip recipients of mailing %s: %w", id, err)
	}
	return n, nil
}

// Complete completes a mailing if nobody is left in it.
func Complete(db dbx.Builder, id string) error {
	_, err := db.NewQuery(completeSQL).Bind(dbx.Params{"mailing": id, "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("complete mailing %s: %w", id, err)
	}
	return nil
}

// StatusOf reads the status of a mailing that is there.
func StatusOf(db dbx.Builder, id string) (s Status, err error) {
	if err := db.NewQuery(`SELECT status FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Row(&s); err != nil {
		return "", fmt.Errorf("read the status of mailing %s: %w", id, err)
	}
	return s, nil
}

// allowedIn refuses verbs over results of a mailing that is in none of these statuses.
func allowedIn(verb string, status Status, allowed ...Status) error {
	if !slices.Contains(allowed, status) {
		return WrongState(verb, status)
	}
	return nil
}

// errNothingChosen refuses a retry of states that cannot be retried.
var errNothingChosen = denial.New(http.StatusBadRequest, "states_invalid", "states",
	"choose which recipients to try again: failed, uncertain, bounced or several of them")

// WrongState refuses a verb that does not fit the status of a mailing.
func WrongState(verb string, status Status) *denial.Error {
	return denial.New(http.StatusConflict, "wrong_state", "", "cannot %s a mailing that is %s", verb, status)
}

// ErrNotFound and ErrBlocked are denials of verbs.
var (
	ErrNotFound = denial.New(http.StatusNotFound, "not_found", "", "there is no such mailing")
	ErrBlocked  = denial.New(http.StatusForbidden, "blocked", "", "the mailing was blocked by a manager")
)
