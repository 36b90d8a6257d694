package hooks

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// bindFormerAddresses remembers the addresses that a client had, for as long as there is the client:
// what was sent to them belongs to the client's history.
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
}
