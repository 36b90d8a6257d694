package delivery

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/calendar"
	"gonets/internal/database"
	"gonets/internal/mailing"
)

// startDue launches the scheduled mailings whose time has come, by idx_mailings_status.
func (s *session) startDue(now time.Time) error {
	var due []struct {
		ID       string          `db:"id"`
		StartsAt string          `db:"starts_at"`
		Blocked  bool            `db:"blocked"`
		Held     bool            `db:"held"` // its owner is blocked
		Reason   types.JSONRaw   `db:"waiting_reason"`
		Repeat   calendar.Repeat `db:"repeat"`
	}
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT m.id, m.starts_at, m.blocked, u.blocked AS held, m.waiting_reason, m.repeat
		FROM mailings m
		JOIN users u ON u.id = m.owner
		WHERE m.status = 'scheduled' AND m.starts_at <> '' AND m.starts_at <= {:now} AND m.launching_at = ''
			AND {:only} IN ('', m.id)
		ORDER BY m.starts_at`).
		WithContext(s.soft).Bind(dbx.Params{"now": database.Stamp(now), "only": s.only}).All(&due)
	if err != nil {
		return fmt.Errorf("list the mailings that are due: %w", err)
	}
	var errs []error
	for _, m := range due {
		switch {
		case m.Blocked:
			errs = append(errs, s.pauseUnlessAllowed(m.ID, mailing.NewReason(mailing.WaitBlocked, "", time.Time{})))
		case m.Held:
			errs = append(errs, s.pauseUnlessAllowed(m.ID, mailing.NewReason(mailing.WaitOwnerBlocked, "", time.Time{})))
		case m.Repeat.Repeats():
			errs = append(errs, mailing.Occur(s.app, m.ID, now))
		case retryAt(m.Reason).After(now):
		default:
			s.startSoon(m.ID, m.StartsAt, now)
		}
	}
	return errors.Join(errs...)
}

// endOverdue skips what is left of mailings whose end has passed, by idx_mailings_status. They are
// completed: nobody is left.
func (s *session) endOverdue(now time.Time) error {
	var ids []string
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT id FROM mailings
		WHERE status IN ('running', 'paused') AND started_at <> '' AND ends_at <> '' AND ends_at <= {:now} AND {:only} IN ('', id)`).
		WithContext(s.soft).Bind(dbx.Params{"now": database.Stamp(now), "only": s.only}).Column(&ids)
	if err != nil {
		return fmt.Errorf("list the mailings that have ended: %w", err)
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, s.noteEnd(id, now))
	}
	return errors.Join(append(errs, s.skipAndComplete(ids, mailing.ReasonEnded))...)
}

// finishStopped skips what is left of cancelled mailings, whose verb leaves it to us when there is much, and
// completes mailings in which a verb left nobody.
func (s *session) finishStopped() error {
	var ids []string
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT id FROM mailings
		WHERE status = 'cancelled' AND total > sent + failed + uncertain + skipped + bounced AND {:only} IN ('', id)`).
		WithContext(s.soft).Bind(dbx.Params{"only": s.only}).Column(&ids)
	if err != nil {
		return fmt.Errorf("list the cancelled mailings: %w", err)
	}
	return s.skipAndComplete(ids, mailing.ReasonCancelled)
}

func (s *session) skipAndComplete(ids []string, reason string) error {
	var errs []error
	for _, id := range ids {
		err := s.SkipRest(id, reason, time.Now().Add(mailing.SkipBudget))
		if err == nil {
			err = mailing.Complete(s.app.NonconcurrentDB(), id)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// noteEnd notes that the end of a mailing has passed, once: nothing brings it to run again after that.
func (s *session) noteEnd(id string, now time.Time) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		noted := false
		err := db.NewQuery(`SELECT EXISTS (SELECT 1 FROM mailing_events WHERE ` + mailing.OfMailing + ` AND kind = 'ended')`).
			Bind(dbx.Params{"mailing": id}).Row(&noted)
		if err != nil || noted {
			return err
		}
		d, err := mailing.Left(db, id)
		if err != nil {
			return err
		}
		_, err = mailing.NoteAt(db, id, mailing.ByEngine, mailing.EventEnded, d, now)
		return err
	})
}
