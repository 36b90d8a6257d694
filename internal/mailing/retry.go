package mailing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/stats"
)

// Queued is the answer to Retry, Accept and Extend: how many recipients it was about.
type Queued struct {
	Done
	Recipients int `json:"recipients"`
}

// Retry queues the recipients of a mailing that are in one of the states, Failed, Uncertain or Bounced, again.
func (v *Verbs) Retry(ctx context.Context, id string, states []State) (Queued, error) {
	return v.retry(ctx, id, states, nil)
}

// RetryOnly is Retry for those of the recipients alone; others are left as they are. They are named by recipients.id.
func (v *Verbs) RetryOnly(ctx context.Context, id string, states []State, recipients []int64) (Queued, error) {
	only := make(map[int64]bool, len(recipients))
	for _, r := range recipients {
		only[r] = true
	}
	return v.retry(ctx, id, states, only)
}

// retry is Retry, for those in only if that is not nil.
func (v *Verbs) retry(ctx context.Context, id string, states []State, only map[int64]bool) (Queued, error) {
	if len(states) == 0 {
		return Queued{}, errNothingChosen
	}
	for _, s := range states {
		if s != Failed && s != Uncertain && s != Bounced {
			return Queued{}, errNothingChosen
		}
	}
	m, err := Find(v.App, id)
	if err != nil {
		return Queued{}, err
	}
	if ends := m.GetDateTime("ends_at"); !ends.IsZero() && ends.Time().Before(time.Now()) {
		return Queued{}, denial.BadRequest("ended", "ends_at", "the end of the mailing has passed")
	}
	return v.changeStates(ctx, stateChange{id: id, kind: EventRetried, states: states, only: only, may: MayContinue, apply: requeue})
}

// Accept takes the uncertain recipients of a mailing as sent. No attempt is added, for none was made.
func (v *Verbs) Accept(ctx context.Context, id string) (Queued, error) {
	return v.changeStates(ctx, stateChange{id: id, kind: EventAccepted, states: []State{Uncertain}, apply: accept})
}

// stateChange is what an owner decides about recipients in some states.
type stateChange struct {
	id     string // of the mailing
	kind   EventKind
	states []State
	only   map[int64]bool // whom it is about, by recipients.id; nil = everybody in the states
	// may refuses it, in the transaction of each chunk; nil when nothing does.
	may func(db dbx.Builder, id string) error
	// apply changes recipients that are in one state, and the counters.
	apply func(db dbx.Builder, id string, from State, chunk []recipientState) error
}

// recipientState is a recipient whose state an owner changes.
type recipientState struct {
	ID    int64  `db:"id"`
	Email string `db:"email"`
	State State  `db:"state"`
}

// changeStates changes the recipients that are in the states when it begins, chunk by chunk. Whoever comes into
// such a state while it works is not among them, those whom it has queued itself and the engine has tried
// since least of all: nobody is queued twice by one call.
func (v *Verbs) changeStates(ctx context.Context, b stateChange) (Queued, error) {
	q := Queued{Done: Done{ID: b.id}}
	verb := verbOf[b.kind]
	found, err := v.inStates(ctx, b.id, b.states)
	if err != nil {
		return q, err
	}
	if b.only != nil {
		found = slices.DeleteFunc(found, func(t tried) bool { return !b.only[t.id] })
	}
	var noted int64 // the event, once there is one
	changed := Detail{}
	for first := true; first || len(found) > 0; first = false {
		if err := ctx.Err(); err != nil {
			return q, err
		}
		chunk := found[:min(len(found), SkipChunk)]
		found = found[len(chunk):]
		err := v.App.RunInTransaction(func(tx core.App) error {
			db := tx.NonconcurrentDB()
			status, err := StatusOf(db, b.id)
			if err != nil {
				return err
			}
			if err := allowedIn(verb, status, Running, Paused, Completed); err != nil {
				return err
			}
			if b.may != nil {
				if err := b.may(db, b.id); err != nil {
					return err
				}
			}
			still, err := unchanged(db, chunk, b.states)
			if err != nil {
				return err
			}
			for from, recipients := range still {
				q.Recipients += len(recipients)
				if err := b.apply(db, b.id, from, recipients); err != nil {
					return err
				}
				before, _ := changed[string(from)].(int)
				changed[string(from)] = before + len(recipients)
			}
			if len(still) > 0 {
				if noted, err = v.noteMore(db, noted, b.id, b.kind, changed); err != nil {
					return err
				}
			}
			q.Status, err = StatusOf(db, b.id)
			return err
		})
		if err != nil {
			return q, fmt.Errorf("%s mailing %s: %w", verb, b.id, err)
		}
	}
	v.Wake()
	return q, nil
}

// tried is a recipient and how often it had been tried when it was looked at: with the next try it is
// another case.
type tried struct {
	id    int64
	tries int
}

// inStates lists the recipients of a mailing that are in one of the states, as of one moment, by
// idx_recipients_rare_state. It keeps sixteen bytes for each.
func (v *Verbs) inStates(ctx context.Context, id string, states []State) ([]tried, error) {
	rows, err := v.App.ConcurrentDB().NewQuery(`
		SELECT r.id, r.tries
		FROM mailings m
		JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
		JOIN recipients r ON r.mailing = m.id AND r.id >> {:bits} = c.no
		WHERE m.id = {:mailing} AND ` + RareState + ` AND r.state IN (SELECT value FROM json_each({:states}))`).
		WithContext(ctx).Bind(dbx.Params{"mailing": id, "bits": IDBits, "states": database.JSONArray(states)}).Rows()
	if err != nil {
		return nil, fmt.Errorf("list recipients of mailing %s: %w", id, err)
	}
	defer rows.Close()
	var found []tried
	for rows.Next() {
		var t tried
		if err := rows.Scan(&t.id, &t.tries); err != nil {
			return nil, fmt.Errorf("list recipients of mailing %s: %w", id, err)
		}
		found = append(found, t)
	}
	return found, rows.Err()
}

// unchanged are those of the recipients that are still in one of the states and have not been tried since,
// by state.
func unchanged(db dbx.Builder, chunk []tried, states []State) (map[State][]recipientState, error) {
	if len(chunk) == 0 {
		return nil, nil
	}
	list := []byte{'['}
	for _, t := range chunk {
		list = append(fmt.Appendf(list, "[%d,%d]", t.id, t.tries), ',')
	}
	var rows []recipientState
	err := db.NewQuery(`
		SELECT r.id, r.email, r.state
		FROM jsonb_each({:chunk}) j JOIN recipients r ON r.id = j.value ->> 0
		WHERE r.tries = j.value ->> 1 AND r.state IN (SELECT value FROM json_each({:states}))`).
		Bind(dbx.Params{"chunk": database.CloseArray(list), "states": database.JSONArray(states)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("look at recipients again: %w", err)
	}
	still := map[State][]recipientState{}
	for _, r := range rows {
		still[r.State] = append(still[r.State], r)
	}
	return still, nil
}

var verbOf = map[EventKind]string{EventRetried: "retry", EventAccepted: "accept"}

// noteMore notes what is done chunk by chunk as one event, which grows: 0 is none yet.
func (v *Verbs) noteMore(db dbx.Builder, event int64, id string, kind EventKind, d Detail) (int64, error) {
	if event == 0 {
		return Note(db, id, v.Actor, kind, d)
	}
	return event, amend(db, event, d)
}

// requeue makes a chunk pending, with all tries before it again.
func requeue(db dbx.Builder, id string, from State, chunk []recipientState) error {
	_, err := db.NewQuery(`
		UPDATE recipients SET state = 'pending', forgiven = tries, next_try_at = 0, reason = ''
		WHERE id IN (SELECT value FROM json_each({:ids}))`).Bind(dbx.Params{"ids": idsOf(chunk)}).Execute()
	if err != nil {
		return err
	}
	counter := string(from) // failed, uncertain or bounced
	_, err = db.NewQuery(`
		UPDATE mailings
		SET ` + counter + ` = ` + counter + ` - {:n}, updated = {:now},
			status = IIF(status = 'completed', 'running', status), finished_at = ''
		WHERE id = {:mailing}`).
		Bind(dbx.Params{"n": len(chunk), "now": database.Stamp(time.Now()), "mailing": id}).Execute()
	return err
}

// accept makes a chunk sent.
func accept(db dbx.Builder, id string, _ State, chunk []recipientState) error {
	_, err := db.NewQuery(`
		UPDATE recipients SET state = 'sent', reason = {:reason}
		WHERE id IN (SELECT value FROM json_each({:ids}))`).
		Bind(dbx.Params{"ids": idsOf(chunk), "reason": ReasonAccepted}).Execute()
	if err != nil {
		return err
	}
	now := time.Now()
	var owner string
	err = db.NewQuery(`
		UPDATE mailings SET uncertain = uncertain - {:n}, sent = sent + {:n}, updated = {:now}
		WHERE id = {:mailing} RETURNING owner`).
		Bind(dbx.Params{"n": len(chunk), "now": database.Stamp(now), "mailing": id}).Row(&owner)
	if err != nil {
		return err
	}
	results := make([]stats.Result, len(chunk))
	for i, r := range chunk {
		results[i] = stats.Result{At: now, Owner: owner, Mailing: id, Email: r.Email, Status: stats.NoAttempt, Sent: 1}
	}
	return stats.Record(db, results)
}

func idsOf(chunk []recipientState) string {
	ids := []byte{'['}
	for _, r := range chunk {
		ids = append(fmt.Appendf(ids, "%d", r.ID), ',')
	}
	return database.CloseArray(ids)
}
