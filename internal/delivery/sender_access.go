package delivery

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
	"gonets/internal/sender"
)

// pauseNotAllowed pauses a running mailing whose owner may not use its sender any more.
func (s *shift) pauseNotAllowed(m *runningMailing) error {
	code := sender.NotAllowed(m.Sender).Code
	err := s.app.RunInTransaction(func(tx core.App) error {
		return mailing.PauseFor(tx.NonconcurrentDB(), m.ID, mailing.NewReason(code, "", time.Time{}), nil)
	})
	if err != nil {
		return fmt.Errorf("pause mailing %s: %w", m.ID, err)
	}
	s.log.Warn("a mailing was paused: its owner may not use its sender any more", "mailing", m.ID, "sender", m.Sender)
	s.drop(m.ID)
	return nil
}

// drop forgets a mailing that is not to be sent at the moment.
func (s *shift) drop(id string) {
	if f := s.flows[id]; f != nil {
		s.desks[f.Sender].Remove(f)
		delete(s.flows, id)
	}
}
