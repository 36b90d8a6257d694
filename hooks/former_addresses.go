package hooks

import (
	"context"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
)

// bindFormerAddresses remembers the addresses that a client had, for as long as there is the client: what was sent to
// them belongs to the client's history. Once a day it forgets addresses of deleted clients that no link of a mail needs
// any more; a trigger of the database keeps them.
func bindFormerAddresses(app core.App) {
	app.OnRecordUpdateExecute("clients").BindFunc(func(e *core.RecordEvent) error {
		if !changed(e.Record, "email") {
			return e.Next()
		}
		return inTransaction(e, func() error {
			_, err := e.App.DB().NewQuery(`INSERT OR IGNORE INTO former_addresses (client, email) VALUES ({:client}, {:email})`).
				Bind(dbx.Params{"client": e.Record.Id, "email": e.Record.Original().GetString("email")}).Execute()
			if err != nil {
				return err
			}
			return e.Next()
		})
	})

	ctx, cancel := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		return e.Next()
	})
	app.Cron().MustAdd("gonetsDeletedClients", "41 3 * * *", func() {
		if err := audience.ForgetDeletedClients(ctx, app); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget deleted clients", "error", err)
		}
	})
}
