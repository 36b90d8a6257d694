package delivery

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// ownerMaySendSQL is the condition that the owner of a mailing, named u, may send.
const ownerMaySendSQL = `u.blocked = FALSE AND u.awaiting_approval = FALSE AND u.verified = TRUE`

// permission is what of an owner decides whether mails go out.
type permission struct {
	Verified         bool `db:"verified"`
	Blocked          bool `db:"blocked"`
	AwaitingApproval bool `db:"awaiting_approval"`
}

// denied is the code of what keeps the owner from sending, "" when nothing does. It is the same in a
// Refusal and in the reason of a mailing that is paused for it.
func (p permission) denied() string {
	switch {
	case p.Blocked:
		return WaitOwnerBlocked
	case !p.Verified:
		return WaitUnverified
	case p.AwaitingApproval:
		return WaitApproval
	}
	return ""
}

// MaySend fails with a *Refusal when mails of the owner may not be sent now: the owner is blocked, not verified or
// not approved. What is let go on because of its answer has to
// be written in the transaction that db is: else a block that comes in between is too late.
func MaySend(db dbx.Builder, owner string) error {
	var p permission
	err := db.NewQuery(`SELECT verified, blocked, awaiting_approval FROM users WHERE id = {:id}`).
		Bind(dbx.Params{"id": owner}).One(&p)
	if err != nil {
		return fmt.Errorf("read owner %s: %w", owner, err)
	}
	switch code := p.denied(); code {
	case "":
		return nil
	case WaitOwnerBlocked:
		return refuse(http.StatusForbidden, code, "", "the owner of the mailing is blocked")
	case WaitUnverified:
		return refuse(http.StatusForbidden, code, "", "the owner of the mailing has not confirmed the e-mail address")
	default:
		return refuse(http.StatusForbidden, code, "", "the owner of the mailing has to be approved by a manager first")
	}
}

// mayGoOn refuses to let mails of a mailing go out that a manager has blocked, or whose owner may not
// send, or not with its sender. Like MaySend it is asked in the transaction of the write that it allows.
func mayGoOn(db dbx.Builder, id string) error {
	var m struct {
		Owner   string `db:"owner"`
		Blocked bool   `db:"blocked"`
	}
	err := db.NewQuery(`SELECT owner, blocked FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).One(&m)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errNotFound
	case err != nil:
		return fmt.Errorf("read mailing %s: %w", id, err)
	case m.Blocked:
		return errBlocked
	}
	if err := MaySend(db, m.Owner); err != nil {
		return err
	}
	return mayUseSender(db, id)
}

// hold pauses a mailing that must not start or go on, unless it may by now.
func (s *shift) hold(id string, reason *Reason) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		var refused *Refusal
		if err := mayGoOn(tx.NonconcurrentDB(), id); !errors.As(err, &refused) {
			return err
		}
		return pauseFor(tx.NonconcurrentDB(), id, reason, nil)
	})
}

// holdBack pauses a running mailing whose owner may not send, and takes it out of memory. The ledger claims
// nobody of it already.
func (s *shift) holdBack(m *runningMailing) error {
	s.drop(m.ID)
	return s.hold(m.ID, newReason(m.denied(), "", time.Time{}))
}
