package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// bindStopList mirrors the stop list in clients.status, whoever writes it: the API, the admin UI, an
// import of a collection. The engine and the unsubscribe page write it with audience.Suppress, which
// mirrors by itself.
func bindStopList(app core.App) {
	app.OnRecordCreate("suppressions").BindFunc(mirrored)
	app.OnRecordUpdate("suppressions").BindFunc(mirrored)
	app.OnRecordDelete("suppressions").BindFunc(mirrored)

	// A new client, or one with a new address, starts with the status that the address has.
	app.OnRecordValidate("clients").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.IsNew() || changed(e.Record, "email") {
			email := e.Record.GetString("email")
			reasons, err := audience.Suppressed(e.App.DB(), e.Record.GetString("owner"), []string{email})
			if err != nil {
				return err
			}
			e.Record.Set("status", audience.Status(reasons[email]))
		}
		return e.Next()
	})
}

// mirrored saves or deletes a suppression and mirrors what it said before and says now, all in one
// transaction.
func mirrored(e *core.RecordEvent) error {
	before := e.Record.Original()
	outer := e.App
	defer func() { e.App = outer }()
	return outer.RunInTransaction(func(tx core.App) error {
		e.App = tx
		if err := e.Next(); err != nil {
			return err
		}
		if !before.IsNew() && (changed(e.Record, "kind") || changed(e.Record, "value")) {
			if err := mirror(tx, before); err != nil {
				return err
			}
		}
		return mirror(tx, e.Record)
	})
}

func mirror(tx core.App, suppression *core.Record) error {
	owner, value := suppression.GetString("owner"), suppression.GetString("value")
	switch suppression.GetString("kind") {
	case "domain":
		return audience.MirrorDomain(tx.DB(), owner, value)
	case "erased":
		return audience.MirrorAll(tx.DB(), owner)
	default:
		return audience.Mirror(tx.DB(), owner, []string{value})
	}
}
