package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/stats"
)

// Queued is the answer to Retry, Accept and Extend: how many recipients it was about.
type Queued struct {
	Done
	Recipients int `json:"recipients"`
}

// Retry queues the recipients of a mailing that are in one of the states, Failed or Uncertain, again.
func (e *Engine) Retry(ctx context.Context, id string, states []State) (Queued, error) {
	if len(states) == 0 {
		return Queued{}, errNothingChosen
	}
	for _, s := range states {
		if s != Failed && s != Uncertain {
			return Queued{}, errNothingChosen
		}
	}
	m, err := e.mailing(id)
	if err != nil {
		return Queued{}, err
	}
	if m.GetBool("blocked") {
		return Queued{}, errBlocked
	}
	if err := e.ownerMaySend(m.GetString("owner")); err != nil {
		return Queued{}, err
	}
	if err := mayUseSender(e.app.ConcurrentDB(), id); err != nil {
		return Queued{}, err
	}
	if err := settleable("retry", Status(m.GetString("status")), Running, Paused, Completed); err != nil {
		return Queued{}, err
	}
	if ends := m.GetDateTime("ends_at"); !ends.IsZero() && ends.Time().Before(time.Now()) {
		return Queued{}, badRequest("ended", "ends_at", "the end of the mailing has passed")
	}
	return e.rebook(ctx, id, EventRetried, states, requeue)
}

// Accept takes the uncertain recipients of a mailing as sent. No attempt is added, for none was made.
func (e *Engine) Accept(ctx context.Context, id string) (Queued, error) {
	return e.rebook(ctx, id, EventAccepted, []State{Uncertain}, accept)
}

// rebooked is a recipient whose state an owner changes.
type rebooked struct {
	ID    int64  `db:"id"`
	Email string `db:"email"`
}

// rebook changes recipients from their states to another, chunk by chunk; apply writes one chunk of
// one state and the counters.
func (e *Engine) rebook(
	ctx context.Context, id string, kind EventKind, states []State, apply func(db dbx.Builder, id string, from State, chunk []rebooked) error,
) (Queued, error) {
	q := Queued{Done: Done{ID: id}}
	verb := verbOf[kind]
	var noted int64 // the event, once there is one
	changed := detail{}
	for _, from := range slices.Compact(slices.Sorted(slices.Values(states))) {
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return q, err
			}
			err := e.app.RunInTransaction(func(tx core.App) error {
				db := tx.NonconcurrentDB()
				status, err := statusOf(db, id)
				if err != nil {
					return err
				}
				if err := settleable(verb, status, Running, Paused, Completed); err != nil {
					return err
				}
				// By idx_recipients_rare_state.
				var chunk []rebooked
				err = db.NewQuery(`
					SELECT r.id, r.email
					FROM mailings m
					JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
					JOIN recipients r ON r.mailing = m.id AND r.id >> {:bits} = c.no
					WHERE m.id = {:mailing} AND ` + rareState + ` AND r.state = {:state}
					LIMIT {:chunk}`).
					Bind(dbx.Params{"mailing": id, "bits": idBits, "state": string(from), "chunk": skipChunk}).All(&chunk)
				if err != nil {
					return err
				}
				more = len(chunk) == skipChunk
				q.Recipients += len(chunk)
				if len(chunk) > 0 {
					if err := apply(db, id, from, chunk); err != nil {
						return err
					}
					before, _ := changed[string(from)].(int)
					changed[string(from)] = before + len(chunk)
					if noted, err = e.noteMore(db, noted, id, kind, changed); err != nil {
						return err
					}
				}
				q.Status, err = statusOf(db, id)
				return err
			})
			if err != nil {
				return q, fmt.Errorf("%s mailing %s: %w", verb, id, err)
			}
		}
	}
	e.Wake()
	return q, nil
}

var verbOf = map[EventKind]string{EventRetried: "retry", EventAccepted: "accept"}

// noteMore notes what is done chunk by chunk as one event, which grows: 0 is none yet.
func (e *Engine) noteMore(db dbx.Builder, event int64, id string, kind EventKind, d detail) (int64, error) {
	if event == 0 {
		return note(db, id, e.by, kind, d)
	}
	return event, amend(db, event, d)
}

// requeue makes a chunk pending, with all tries before it again.
func requeue(db dbx.Builder, id string, from State, chunk []rebooked) error {
	_, err := db.NewQuery(`
		UPDATE recipients SET state = 'pending', forgiven = tries, next_try_at = 0, reason = ''
		WHERE id IN (SELECT value FROM json_each({:ids}))`).Bind(dbx.Params{"ids": idsOf(chunk)}).Execute()
	if err != nil {
		return err
	}
	_, err = db.NewQuery(`
		UPDATE mailings
		SET failed = failed - {:failed}, uncertain = uncertain - {:uncertain}, updated = {:now},
			status = IIF(status = 'completed', 'running', status), finished_at = ''
		WHERE id = {:mailing}`).
		Bind(dbx.Params{
			"failed": len(chunk) * one(from == Failed), "uncertain": len(chunk) * one(from == Uncertain),
			"now": stamp(time.Now()), "mailing": id,
		}).Execute()
	return err
}

// accept makes a chunk sent.
func accept(db dbx.Builder, id string, _ State, chunk []rebooked) error {
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
		Bind(dbx.Params{"n": len(chunk), "now": stamp(now), "mailing": id}).Row(&owner)
	if err != nil {
		return err
	}
	results := make([]stats.Result, len(chunk))
	for i, r := range chunk {
		results[i] = stats.Result{At: now, Owner: owner, Mailing: id, Email: r.Email, Status: stats.NoAttempt, Sent: 1}
	}
	return stats.Record(db, results)
}

func idsOf(chunk []rebooked) string {
	ids := []byte{'['}
	for _, r := range chunk {
		ids = append(fmt.Appendf(ids, "%d", r.ID), ',')
	}
	return closeArray(ids)
}
