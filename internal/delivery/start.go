package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// relaunchAfter is how long a launch that was refused waits until it is tried again.
const relaunchAfter = time.Minute

// startSoon launches a mailing beside the poll of all others, for that may take seconds.
func (s *session) startSoon(id, startsAt string, now time.Time) {
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
func (s *session) start(id, startsAt string, now time.Time) error {
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
func (s *session) delay(id string, status mailing.Status, reason *mailing.Reason) error {
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

// lateBy is how much later than its time a mailing has to start for its timeline to tell why.
const lateBy = time.Minute

// missed is the start of a mailing if it has passed while nothing was running, else "". One that waited
// for something else has an event of that.
func (s *session) missed(id, startsAt string) (string, error) {
	if startsAt > database.Stamp(s.began.Add(-lateBy)) {
		return "", nil
	}
	waited := false
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM mailing_events WHERE ` + mailing.OfMailing + ` AND at > {:starts} AND kind <> 'occurrence')`).
		Bind(dbx.Params{"mailing": id, "starts": startsAt}).Row(&waited)
	if err != nil {
		return "", fmt.Errorf("read what mailing %s waited for: %w", id, err)
	}
	if waited {
		return "", nil
	}
	return startsAt, nil
}
