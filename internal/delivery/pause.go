package delivery

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/dispatch"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/sender"
)

// pauseUnlessAllowed pauses a mailing that must not start or go on, unless it may by now.
func (s *session) pauseUnlessAllowed(id string, reason *mailing.Reason) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		var refused *denial.Error
		if err := mailing.MayContinue(tx.NonconcurrentDB(), id); !errors.As(err, &refused) {
			return err
		}
		return mailing.PauseFor(tx.NonconcurrentDB(), id, reason, nil)
	})
}

// pauseDenied pauses a running mailing whose owner may not send, and takes it out of memory. The ledger claims
// nobody of it already.
func (s *session) pauseDenied(m *runningMailing) error {
	s.dropQueue(m.ID)
	return s.pauseUnlessAllowed(m.ID, mailing.NewReason(m.Denied(), "", time.Time{}))
}

// pauseTripped pauses a mailing that has reached its failure limit.
func (s *session) pauseTripped(q *dispatch.Queue, g limit.Failures) error {
	words := fmt.Sprintf("%s: %d of %d", g.Cause, g.Ended[g.Cause], g.Tried)
	err := s.app.RunInTransaction(func(tx core.App) error {
		return mailing.PauseFor(tx.NonconcurrentDB(), q.ID, mailing.NewReason(mailing.WaitFailures, words, time.Time{}),
			mailing.Detail{"cause": g.Cause, "ended": g.Ended[g.Cause], "tried": g.Tried})
	})
	if err != nil {
		return fmt.Errorf("pause mailing %s: %w", q.ID, err)
	}
	s.log.Warn("a mailing was paused: too many failures", "mailing", q.ID, "cause", words)
	s.dropQueue(q.ID)
	return nil
}

// pauseNotAllowed pauses a running mailing whose owner may not use its sender any more.
func (s *session) pauseNotAllowed(m *runningMailing) error {
	code := sender.NotAllowed(m.Sender).Code
	err := s.app.RunInTransaction(func(tx core.App) error {
		return mailing.PauseFor(tx.NonconcurrentDB(), m.ID, mailing.NewReason(code, "", time.Time{}), nil)
	})
	if err != nil {
		return fmt.Errorf("pause mailing %s: %w", m.ID, err)
	}
	s.log.Warn("a mailing was paused: its owner may not use its sender any more", "mailing", m.ID, "sender", m.Sender)
	s.dropQueue(m.ID)
	return nil
}

// dropQueue forgets a mailing that is not to be sent at the moment.
func (s *session) dropQueue(id string) {
	if q := s.queues[id]; q != nil {
		s.dispatchers[q.Sender].Remove(q)
		delete(s.queues, id)
	}
}
