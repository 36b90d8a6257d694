package records

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"gonets/hooks/request"
	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/realtime"
)

// BindBlocking makes a block take effect at once, whoever sets it: sessions end, realtime connections are
// closed, running mailings pause. Scheduled ones wait: the engine checks the owner before it starts one. Unblocking resumes
// nothing.
func BindBlocking(app core.App) {
	app.OnRecordUpdate("users").BindFunc(func(e *core.RecordEvent) error {
		if !e.Record.GetBool("blocked") {
			e.Record.Set("block_reason", "")
			return e.Next()
		}
		if !request.Changed(e.Record, "blocked") {
			return e.Next()
		}
		e.Record.RefreshTokenKey() // makes every token of the user invalid
		return database.InTransaction(e, func() error {
			if err := e.Next(); err != nil {
				return err
			}
			return mailing.PauseOf(e.App, e.Record.Id) // the engine sees it at its next look
		})
	})

	// Before PocketBase's own hook, which removes the user from these connections.
	app.OnRecordAfterUpdateSuccess("users").Bind(&hook.Handler[*core.RecordEvent]{
		Priority: -200,
		Func: func(e *core.RecordEvent) error {
			if e.Record.GetBool("blocked") {
				realtime.Disconnect(e.App, e.Record.Id)
			}
			return e.Next()
		},
	})
}
