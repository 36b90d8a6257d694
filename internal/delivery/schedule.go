package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gonets/internal/calendar"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// relaunchAfter is how long a launch that was refused waits until it is tried again.
const relaunchAfter = time.Minute

// startDue launches the scheduled mailings whose time has come, by idx_mailings_status.
func (s *shift) startDue(now time.Time) error {
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
			errs = append(errs, s.hold(m.ID, mailing.NewReason(mailing.WaitBlocked, "", time.Time{})))
		case m.Held:
			errs = append(errs, s.hold(m.ID, mailing.NewReason(mailing.WaitOwnerBlocked, "", time.Time{})))
		case m.Repeat.Repeats():
			errs = append(errs, mailing.Occur(s.app, m.ID, now))
		case retryAt(m.Reason).After(now):
		default:
			s.startSoon(m.ID, m.StartsAt, now)
		}
	}
	return errors.Join(errs...)
}

// startSoon launches a mailing beside the look at all others, for that may take seconds.
func (s *shift) startSoon(id, startsAt string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.starting[id] {
		return
	}
	s.starting[id] = true
	s.launches.Go(func() {
		if err := s.start(id, startsAt, now); err != nil && s.soft.Err() == nil {
			s.log.Error("start a scheduled mailing", "mailing", id, "error", err)
		}
		s.mu.Lock()
		delete(s.starting, id)
		s.mu.Unlock()
	})
}

// start launches a mailing that is due. One that is refused says why and waits.
func (s *shift) start(id, startsAt string, now time.Time) error {
	missed, err := s.missed(id, startsAt)
	if err != nil {
		return err
	}
	err = s.LaunchDue(s.soft, id, missed)
	var refused *denial.Error
	if !errors.As(err, &refused) {
		return err
	}
	if refused.Status == http.StatusConflict || refused.Status == http.StatusNotFound {
		return nil // somebody else was quicker
	}
	if m, err := mailing.Find(s.app, id); err == nil && m.GetString("parent") != "" {
		// An occurrence has its time; the next one is coming.
		return s.delay(id, mailing.Cancelled, mailing.NewReason(mailing.WaitCannotStart, refused.Code+": "+refused.Message, time.Time{}))
	}
	return s.delay(id, mailing.Scheduled, mailing.NewReason(mailing.WaitCannotStart, refused.Code+": "+refused.Message, now.Add(relaunchAfter)))
}

// delay writes why a scheduled mailing does not start, and what becomes of it: it stays scheduled, or
// is cancelled.
func (s *shift) delay(id string, status mailing.Status, reason *mailing.Reason) error {
	now := time.Now()
	err := s.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		res, err := db.NewQuery(`
			UPDATE mailings
			SET status = {:status}, waiting_reason = {:reason}, updated = {:now},
				finished_at = IIF({:status} = 'cancelled', {:now}, finished_at)
			WHERE id = {:id} AND status = 'scheduled'`).
			Bind(dbx.Params{"status": string(status), "reason": reason.Column(), "now": database.Stamp(now), "id": id}).Execute()
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if status == mailing.Scheduled {
			return mailing.NoteWait(db, id, reason, now)
		}
		d := mailing.Detail{}
		d.Add(reason)
		_, err = mailing.Note(db, id, mailing.ByEngine, mailing.EventCancelled, d)
		return err
	})
	if err != nil {
		return fmt.Errorf("delay mailing %s: %w", id, err)
	}
	return nil
}

// retryAt is when a mailing that could not be started is tried again; the zero time is now.
func retryAt(raw types.JSONRaw) time.Time {
	var r mailing.Reason
	if json.Unmarshal(raw, &r) != nil || r.Code != mailing.WaitCannotStart {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, r.Until)
	if err != nil {
		return time.Time{}
	}
	return at
}

// endOverdue skips what is left of mailings whose end has passed, by idx_mailings_status. They are
// completed: nobody is left.
func (s *shift) endOverdue(now time.Time) error {
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

// sweep skips what is left of cancelled mailings, whose verb leaves it to us when there is much, and
// completes mailings in which a verb left nobody.
func (s *shift) sweep() error {
	var ids []string
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT id FROM mailings
		WHERE status = 'cancelled' AND total > sent + failed + uncertain + skipped AND {:only} IN ('', id)`).
		WithContext(s.soft).Bind(dbx.Params{"only": s.only}).Column(&ids)
	if err != nil {
		return fmt.Errorf("list the cancelled mailings: %w", err)
	}
	return s.skipAndComplete(ids, mailing.ReasonCancelled)
}

func (s *shift) skipAndComplete(ids []string, reason string) error {
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
