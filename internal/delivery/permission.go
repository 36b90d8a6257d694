package delivery

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// hold pauses a mailing that must not start or go on, unless it may by now.
func (s *shift) hold(id string, reason *mailing.Reason) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		var refused *denial.Error
		if err := mailing.MayContinue(tx.NonconcurrentDB(), id); !errors.As(err, &refused) {
			return err
		}
		return mailing.PauseFor(tx.NonconcurrentDB(), id, reason, nil)
	})
}

// holdBack pauses a running mailing whose owner may not send, and takes it out of memory. The ledger claims
// nobody of it already.
func (s *shift) holdBack(m *runningMailing) error {
	s.drop(m.ID)
	return s.hold(m.ID, mailing.NewReason(m.Denied(), "", time.Time{}))
}
