package launch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// Extend sends a completed mailing to those who joined its audience since, with the message as it was
// kept. Recipients of the answer is how many are mailed; with nobody new it changes nothing.
func (v *Verbs) Extend(ctx context.Context, id string) (q mailing.Queued, err error) {
	done, err := launching(ctx, v.App.DataDir())
	if err != nil {
		return mailing.Queued{}, err
	}
	defer done()
	m, err := mailing.Find(v.App, id)
	if err != nil {
		return mailing.Queued{}, err
	}
	switch {
	case m.GetBool("blocked"):
		return mailing.Queued{}, mailing.ErrBlocked
	case m.GetString("status") != string(mailing.Completed):
		return mailing.Queued{}, mailing.WrongState("extend", mailing.Status(m.GetString("status")))
	}
	if ends := m.GetDateTime("ends_at"); !ends.IsZero() && ends.Time().Before(time.Now()) {
		return mailing.Queued{}, denial.BadRequest("ended", "ends_at", "the end of the mailing has passed")
	}
	if err := mailing.MaySend(v.App.ConcurrentDB(), m.GetString("owner")); err != nil {
		return mailing.Queued{}, err
	}
	if err := mailing.MayUseSender(v.App.ConcurrentDB(), id); err != nil {
		return mailing.Queued{}, err
	}

	res, err := v.App.NonconcurrentDB().NewQuery(`
		UPDATE mailings SET launching_at = {:now}
		WHERE id = {:id} AND status = 'completed' AND launching_at = '' AND blocked = FALSE`).
		Bind(dbx.Params{"id": id, "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return mailing.Queued{}, fmt.Errorf("claim mailing %s: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return mailing.Queued{}, errors.Join(err, v.whyNot("extend", id))
	}
	q, err = v.extend(ctx, m)
	if err != nil {
		return q, errors.Join(err, v.takeBack(context.WithoutCancel(ctx), id))
	}
	v.Wake()
	return q, nil
}

// Joined is how many Extend would mail now: who has come into the audience of a completed mailing
// since, up to 10 000. Of any other mailing, and of one that repeats, it is nobody.
func (v *Verbs) Joined(ctx context.Context, m *core.Record) (int, error) {
	if m.GetString("status") != string(mailing.Completed) || m.GetString("started_at") == "" {
		return 0, nil
	}
	n, err := audience.OfMailing(m).Joined(ctx, v.App, m.GetString("owner"), m.Id)
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) && invalid.Code == audience.FilterTooSlow {
		return 0, refuseAudience(err)
	}
	if errors.As(err, &invalid) { // a filter that cannot be read any more lets nobody in
		return 0, nil
	}
	return n, err
}

func (v *Verbs) extend(ctx context.Context, m *core.Record) (mailing.Queued, error) {
	q := mailing.Queued{Done: mailing.Done{ID: m.Id, Status: mailing.Completed}}
	var no, last int64
	err := v.App.ConcurrentDB().NewQuery(`SELECT no, last FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		Bind(dbx.Params{"mailing": m.Id, "owner": m.GetString("owner")}).Row(&no, &last)
	if err != nil {
		return q, fmt.Errorf("read the contents of mailing %s: %w", m.Id, err)
	}
	s := newSnapshot(v.App, m, no, last)
	if err := s.write(ctx); err != nil {
		return q, err
	}
	err = v.App.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		if err := mailing.MayContinue(db, m.Id); err != nil {
			return err
		}
		if err := s.addMoved(tx); err != nil {
			return err
		}
		_, err := db.NewQuery(`
			UPDATE mailings
			SET launching_at = '', total = total + {:added}, skipped = skipped + {:skipped}, updated = {:now},
				status = IIF({:pending} > 0 AND status = 'completed', 'running', status),
				finished_at = IIF({:pending} > 0, '', finished_at)
			WHERE id = {:id}`).
			Bind(dbx.Params{
				"added": s.pending + s.skipped, "skipped": s.skipped, "pending": s.pending, "now": database.Stamp(time.Now()), "id": m.Id,
			}).Execute()
		if err != nil {
			return fmt.Errorf("extend mailing %s: %w", m.Id, err)
		}
		if q.Status, err = mailing.StatusOf(db, m.Id); err != nil {
			return err
		}
		if s.pending+s.skipped > 0 {
			_, err := mailing.Note(db, m.Id, v.Actor, mailing.EventExtended, mailing.Detail{"recipients": s.pending, "skipped": s.skipped})
			if err != nil {
				return err
			}
		}
		return s.close(db)
	})
	q.Recipients = s.pending
	return q, err
}
