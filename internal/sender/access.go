// Package sender is an account at a mail server that mailings are sent with: its settings, who may use it, how its daily
// limit grows, and whether it works.
package sender

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// ErrNone is the error of a sender that does not exist.
var ErrNone = errors.New("there is no such sender")

// usable is true when the user may send with the sender: senders.access is everyone, or senders.users
// names the user, and it is not switched off. "" are PocketBase's own mail settings, which instance.default_sender_open is about. It
// is false for a sender that does not exist.
const usable = `
CASE :sender WHEN ''
	THEN COALESCE((SELECT default_sender_open FROM instance LIMIT 1), FALSE)
	ELSE EXISTS (
		SELECT 1 FROM senders s
		WHERE s.id = :sender AND NOT s.off AND (s.access = 'everyone'
			OR EXISTS (SELECT 1 FROM json_each(IIF(json_valid(s.users), s.users, '[]')) chosen WHERE chosen.value = :user)))
END`

// Usable is the SQL expression that is true when a user may send with a sender, each given as an SQL
// expression of its id, such as a column.
func Usable(user, sender string) string {
	return strings.NewReplacer(":user", user, ":sender", sender).Replace(usable)
}

// MayUse says whether a user may send with a sender; "" is PocketBase's own mail settings. It fails with
// ErrNone when there is no such sender.
func MayUse(db dbx.Builder, user, id string) (bool, error) {
	var may, there bool
	err := db.NewQuery(`SELECT `+Usable("{:user}", "{:sender}")+`, {:sender} = '' OR EXISTS (SELECT 1 FROM senders WHERE id = {:sender})`).
		Bind(dbx.Params{"user": user, "sender": id}).Row(&may, &there)
	if err != nil {
		return false, fmt.Errorf("read who may use sender %q: %w", id, err)
	}
	if !there {
		return false, ErrNone
	}
	return may, nil
}

// Sender is what its users see of a sender.
type Sender struct {
	ID        string `db:"id" json:"id"`
	Name      string `db:"name" json:"name"`
	FromEmail string `db:"from_email" json:"from_email"`
	FromName  string `db:"from_name" json:"from_name"`
}

// Choice is what a user may send mailings with.
type Choice struct {
	Senders []Sender `json:"senders"` // by name
	Default bool     `json:"default"` // PocketBase's own mail settings
}

// ChoiceOf is what a user may send mailings with; an empty id is somebody who may use everything.
func ChoiceOf(db dbx.Builder, user string) (Choice, error) {
	c := Choice{Senders: []Sender{}}
	err := db.NewQuery(`
		SELECT id, name, from_email, from_name FROM senders
		WHERE {:user} = '' OR ` + Usable("{:user}", "senders.id") + `
		ORDER BY name`).
		Bind(dbx.Params{"user": user}).All(&c.Senders)
	if err != nil {
		return Choice{}, fmt.Errorf("list the senders of user %s: %w", user, err)
	}
	if user == "" {
		c.Default = true
		return c, nil
	}
	c.Default, err = MayUse(db, user, "")
	return c, err
}
