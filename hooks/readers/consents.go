package readers

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/suppression"
)

// BindConsents logs the consents of subscriptions that are created, changed and deleted as records, and erases the log with an
// address. It is bound before the hooks that replace the address of an erasure by its hash.
func BindConsents(app core.App) {
	app.OnRecordCreate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			owner, list, event := e.Record.GetString("owner"), e.Record.GetString("list"), consent.Added
			if e.Record.GetString("status") == "confirmed" {
				asks, err := consent.DoubleOptIn(e.App.DB(), owner, list)
				if err != nil {
					return err
				}
				if asks {
					back, err := consent.TakenOff(e.App.DB(), owner, list, []string{e.Record.GetString("client")})
					if err != nil {
						return err
					}
					event = consent.Changed
					if len(back) == 0 {
						e.Record.Set("status", "pending")
					}
				}
			}
			if err := e.Next(); err != nil {
				return err
			}
			if e.Record.GetString("status") == "pending" {
				return errors.Join(logged(e, consent.Requested), consent.Ask(e.App.DB(), owner, list))
			}
			return logged(e, event)
		})
	})
	app.OnRecordUpdate("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		was := e.Record.Original().GetString("status")
		return database.InTransaction(e, func() error {
			if err := e.Next(); err != nil {
				return err
			}
			switch e.Record.GetString("status") {
			case was:
				return nil
			case "unsubscribed":
				return logged(e, consent.Withdrawn)
			}
			return logged(e, consent.Changed)
		})
	})
	app.OnRecordDelete("subscriptions").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := e.Next(); err != nil {
				return err
			}
			if e.Record.GetString("status") == "unsubscribed" {
				return nil // withdrawn before
			}
			return logged(e, consent.Withdrawn)
		})
	})

	app.OnRecordCreate("suppressions").BindFunc(func(e *core.RecordEvent) error {
		email, err := address.Normalize(e.Record.GetString("value"))
		if e.Record.GetString("kind") != "erased" || err != nil {
			return e.Next()
		}
		owner := e.Record.GetString("owner")
		return database.InTransaction(e, func() error {
			if err := e.Next(); err != nil {
				return err
			}
			return consent.Erase(e.App.DB(), owner, email, func(text string) (string, error) {
				return suppression.ErasedValue(e.App, owner, text)
			})
		})
	})
}

// logged logs what the owner did with the subscription of a client.
func logged(e *core.RecordEvent, event consent.Event) error {
	return consent.OfClients(e.App.DB(), consent.Entry{
		Owner: e.Record.GetString("owner"), List: e.Record.GetString("list"), Event: event, Text: consent.ByOwner,
	}, []string{e.Record.GetString("client")})
}
