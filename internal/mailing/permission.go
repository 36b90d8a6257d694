package mailing

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/pocketbase/dbx"

	"gonets/internal/denial"
	"gonets/internal/sender"
)

// OwnerMaySendSQL is the condition that the owner of a mailing, named u, may send.
const OwnerMaySendSQL = `u.blocked = FALSE AND u.awaiting_approval = FALSE AND u.verified = TRUE`

// Permission is what of an owner decides whether mails go out.
type Permission struct {
	Verified         bool `db:"verified"`
	Blocked          bool `db:"blocked"`
	AwaitingApproval bool `db:"awaiting_approval"`
}

// Denied is the code of what keeps the owner from sending, "" when nothing does. It is the same in a
// Refusal and in the reason of a mailing that is paused for it.
func (p Permission) Denied() string {
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

// MaySend fails with a *denial.Error when mails of the owner may not be sent now: the owner is blocked, not verified or
// not approved. What is let go on because of its answer has to
// be written in the transaction that db is: else a block that comes in between is too late.
func MaySend(db dbx.Builder, owner string) error {
	var p Permission
	err := db.NewQuery(`SELECT verified, blocked, awaiting_approval FROM users WHERE id = {:id}`).
		Bind(dbx.Params{"id": owner}).One(&p)
	if err != nil {
		return fmt.Errorf("read owner %s: %w", owner, err)
	}
	switch code := p.Denied(); code {
	case "":
		return nil
	case WaitOwnerBlocked:
		return denial.New(http.StatusForbidden, code, "", "the owner of the mailing is blocked")
	case WaitUnverified:
		return denial.New(http.StatusForbidden, code, "", "the owner of the mailing has not confirmed the e-mail address")
	default:
		return denial.New(http.StatusForbidden, code, "", "the owner of the mailing has to be approved by a manager first")
	}
}

// MayContinue refuses to let mails of a mailing go out that a manager has blocked, or whose owner may not
// send, or not with its sender. Like MaySend it is asked in the transaction of the write that it allows.
func MayContinue(db dbx.Builder, id string) error {
	var m struct {
		Owner   string `db:"owner"`
		Blocked bool   `db:"blocked"`
	}
	err := db.NewQuery(`SELECT owner, blocked FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).One(&m)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return fmt.Errorf("read mailing %s: %w", id, err)
	case m.Blocked:
		return ErrBlocked
	}
	if err := MaySend(db, m.Owner); err != nil {
		return err
	}
	return MayUseSender(db, id)
}

// MayUseSender refuses to send more mails of a mailing whose owner may not use its sender any more: the one
// that was kept at its launch, if it was launched.
func MayUseSender(db dbx.Builder, id string) error {
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
	return sender.MaySendWith(db, owner, with)
}
