package records

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"gonets/hooks/request"
	"gonets/internal/database"
	"gonets/internal/deletion"
	"gonets/internal/mailing"
	"gonets/internal/realtime"
)

// BindDeletions deletes records with many rows in short transactions, whoever deletes them: the API, a batch, the admin UI,
// code.
func BindDeletions(app core.App) {
	app.OnRecordDelete("mailings").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error { return refuseRunning(e) })
	})
	app.OnRecordDelete("users").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := mailing.StopAllOf(e.App, e.Record.Id); err != nil {
				return err
			}
			return e.Next()
		})
	})
	app.OnRecordDeleteExecute(deletion.Collections()...).Bind(&hook.Handler[*core.RecordEvent]{
		// After all other hooks and before those of PocketBase, which it replaces.
		Priority: 98,
		Func: func(e *core.RecordEvent) error {
			return database.InTransaction(e, func() error { return deleteRecord(e) })
		},
	})
	app.OnRecordAfterDeleteSuccess("users").Bind(&hook.Handler[*core.RecordEvent]{
		Priority: -200,
		Func: func(e *core.RecordEvent) error {
			realtime.Disconnect(e.App, e.Record.Id)
			return e.Next()
		},
	})
	app.OnRecordCreate(deletion.Collections()...).BindFunc(refuseUsedID)
}

// refuseRunning refuses to delete a running mailing.
func refuseRunning(e *core.RecordEvent) error {
	rests, err := touch(e.App, e.Record.Id, `status <> 'running' AND launching_at = ''`)
	if err != nil {
		return err
	}
	if !rests {
		return apis.NewApiError(http.StatusConflict, "The mailing is running: cancel it before you delete it.",
			request.Refuse("status", "running", "The mailing is running"))
	}
	return e.Next()
}

// deleteRecord deletes the record in the transaction of the event. When collections of the operator refer to it, PocketBase
// deletes it, however long that takes.
func deleteRecord(e *core.RecordEvent) error {
	foreseen, err := deletion.Foreseen(e.App, e.Record.Collection())
	if err != nil {
		return err
	}
	if foreseen {
		return deletion.Record(e.App, e.Record)
	}
	if err := e.Next(); err != nil {
		return err
	}
	return deletion.Follow(e.App, e.Record)
}

// refuseUsedID refuses a new record with the id of one whose rows are still being deleted: they would seem to belong to it.
func refuseUsedID(e *core.RecordEvent) error {
	if id := e.Record.Id; id != "" {
		pending, err := deletion.Pending(e.App.DB(), e.Record.Collection().Name, id)
		if err != nil {
			return err
		}
		if pending {
			return request.Refuse("id", "validation_not_unique", "A record with this id is being deleted")
		}
	}
	return e.Next()
}
