package mailing

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/sender"
)

// copied are the fields that a duplicate has from its original: what it says, to whom and how; not
// when.
var copied = []string{
	"owner", "name", "message", "sender", "from_name", "reply_to", "audience", "lists", "recipients", "filter", "timezone",
}

// Duplicate makes a new mailing with the same message and audience, and returns its id. Of a blocked mailing
// only a superuser gets one: what a manager has stopped must not go out under another name.
func (v *Verbs) Duplicate(id string) (string, error) {
	m, err := Find(v.App, id)
	if err != nil {
		return "", err
	}
	if id := m.GetString("sender"); id != "" {
		if err := sender.MaySendWith(v.App.ConcurrentDB(), m.GetString("owner"), id); err != nil {
			return "", err
		}
	}
	duplicate := core.NewRecord(m.Collection())
	for _, field := range copied {
		duplicate.Set(field, m.Get(field))
	}
	duplicate.Set("status", string(Created))
	duplicate.Set("repeat", "none")
	err = v.App.RunInTransaction(func(tx core.App) error {
		blocked := false
		err := tx.NonconcurrentDB().NewQuery(`SELECT blocked FROM mailings WHERE id = {:id}`).Bind(dbx.Params{"id": id}).Row(&blocked)
		if err != nil {
			return err
		}
		if blocked && (v.Actor.Kind == ActorOwner || v.Actor.Kind == ActorManager) {
			return ErrBlocked
		}
		if err := tx.Save(duplicate); err != nil {
			return err
		}
		_, err = Note(tx.NonconcurrentDB(), duplicate.Id, v.Actor, EventCopied, Detail{"from": m.Id, "name": m.GetString("name")})
		return err
	})
	var invalid validation.Errors
	if errors.As(err, &invalid) {
		for field := range invalid {
			return "", denial.New(http.StatusBadRequest, "cannot_be_copied", field, "the mailing cannot be copied: %s", err)
		}
	}
	if err != nil {
		return "", fmt.Errorf("duplicate mailing %s: %w", id, err)
	}
	return duplicate.Id, nil
}
