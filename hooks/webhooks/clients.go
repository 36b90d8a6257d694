package webhooks

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/notification"
	"gonets/internal/suppression"
)

// BindClients tells webhooks of clients who are unsubscribed and subscribed one by one, by the API or the admin UI. What
// recipients do themselves is told by package suppression; imports and changes of many clients at once are not told client by
// client.
func BindClients(app core.App) {
	told := func(tell func(e *core.RecordEvent, before, after string) error, stateOf func(*core.Record) string, deletes bool) func(*core.RecordEvent) error {
		return func(e *core.RecordEvent) error {
			before := ""
			if !e.Record.IsNew() {
				before = stateOf(e.Record.Original())
			}
			return database.InTransaction(e, func() error {
				if err := e.Next(); err != nil {
					return err
				}
				after := ""
				if !deletes {
					after = stateOf(e.Record)
				}
				if before == after {
					return nil
				}
				return tell(e, before, after)
			})
		}
	}
	for collection, c := range map[string]struct {
		tell    func(e *core.RecordEvent, before, after string) error
		stateOf func(*core.Record) string
	}{
		"subscriptions": {tellSubscription, func(r *core.Record) string { return r.GetString("status") }},
		"suppressions":  {tellSuppression, optedOut},
	} {
		app.OnRecordCreate(collection).BindFunc(told(c.tell, c.stateOf, false))
		app.OnRecordUpdate(collection).BindFunc(told(c.tell, c.stateOf, false))
		app.OnRecordDelete(collection).BindFunc(told(c.tell, c.stateOf, true))
	}
}

// optedOut is the address of an entry of the stop list that says that somebody has opted out, else "".
func optedOut(r *core.Record) string {
	if r.GetString("kind") == "address" && r.GetString("reason") == suppression.ReasonUnsubscribed {
		return r.GetString("value")
	}
	return ""
}

// tellSubscription tells that somebody is on a list now, or no longer. Who has not confirmed yet is not on it.
func tellSubscription(e *core.RecordEvent, before, after string) error {
	const on = "confirmed"
	r, kind := e.Record, notification.ClientSubscribed
	switch {
	case after == on:
	case before == on || after == "unsubscribed":
		kind = notification.ClientUnsubscribed
	default:
		return nil
	}
	return tellClient(e.App, r.GetString("owner"), kind, `id = {:client}`, dbx.Params{"client": r.GetString("client")}, []string{r.GetString("list")})
}

// tellSuppression tells that an address has opted out, or has not any more.
func tellSuppression(e *core.RecordEvent, before, after string) error {
	owner := e.Record.GetString("owner")
	for email, kind := range map[string]notification.Kind{before: notification.ClientSubscribed, after: notification.ClientUnsubscribed} {
		if email == "" {
			continue
		}
		if err := tellClient(e.App, owner, kind, `email = {:email}`, dbx.Params{"email": email}, nil); err != nil {
			return err
		}
	}
	return nil
}

// tellClient writes the event of a client of the owner, in the transaction of tx, if a webhook listens.
func tellClient(tx core.App, owner string, kind notification.Kind, where string, params dbx.Params, lists []string) error {
	db := tx.NonconcurrentDB()
	listening, err := notification.Listening(db, []string{owner})
	if err != nil || !listening[owner] {
		return err
	}
	params["owner"] = owner
	told := notification.Client{Lists: append([]string{}, lists...), By: notification.ByOwner}
	told.Email, _ = params["email"].(string)
	err = db.NewQuery(`SELECT id, email FROM clients WHERE owner = {:owner} AND `+where).Bind(params).Row(&told.Client, &told.Email)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find the client of an event: %w", err)
	}
	if told.Email == "" {
		return nil // the client was deleted
	}
	return notification.Write(db, time.Now(), notification.Event{Owner: owner, Kind: kind, Subject: told.Email, Data: told})
}
