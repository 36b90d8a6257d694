package delivery

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/sender"
)

// Codes of a Refusal and of the Reason of a pause: the owner of a mailing may not send with its sender, or
// not by PocketBase's own mail settings.
const (
	CodeSenderNotAllowed    = "sender_not_allowed"
	CodeDefaultSenderClosed = "default_sender_closed"
)

var (
	errSenderNotAllowed = refuse(http.StatusForbidden, CodeSenderNotAllowed, "sender",
		"the owner of the mailing may not use its sender: choose another one, or ask the superuser for access")
	errDefaultSenderClosed = refuse(http.StatusForbidden, CodeDefaultSenderClosed, "sender",
		"mailings may not be sent without a sender here: choose one, or ask the superuser for access to one")
)

// MaySendWith fails with a *Refusal when the user may not send mailings with the sender; "" is PocketBase's
// own mail settings. A sender that was deleted is not refused here: SenderOf tells of it.
func MaySendWith(db dbx.Builder, user, id string) error {
	may, err := sender.MayUse(db, user, id)
	switch {
	case errors.Is(err, sender.ErrNone):
		return nil
	case err != nil:
		return err
	case !may:
		return notAllowed(id)
	}
	return nil
}

// notAllowed is the refusal for a sender that may not be used.
func notAllowed(id string) *Refusal {
	if id == "" {
		return errDefaultSenderClosed
	}
	return errSenderNotAllowed
}

// mayUseSender refuses to send more mails of a mailing whose owner may not use its sender any more: the one
// that was frozen at its launch, if it was launched.
func mayUseSender(db dbx.Builder, id string) error {
	var owner, with string
	err := db.NewQuery(`
		SELECT m.owner, IIF(m.started_at <> '', COALESCE(c.sender, m.sender), m.sender)
		FROM mailings m
		LEFT JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
		WHERE m.id = {:id}`).
		Bind(dbx.Params{"id": id}).Row(&owner, &with)
	if err != nil {
		return fmt.Errorf("read the sender of mailing %s: %w", id, err)
	}
	return MaySendWith(db, owner, with)
}

// pauseNotAllowed pauses a running mailing whose owner may not use its sender any more.
func (s *shift) pauseNotAllowed(m *runningMailing) error {
	code := notAllowed(m.Sender).Code
	err := s.app.RunInTransaction(func(tx core.App) error {
		return pauseFor(tx.NonconcurrentDB(), m.ID, newReason(code, "", time.Time{}), nil)
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
		s.desks[f.sender].remove(f)
		delete(s.flows, id)
	}
}
