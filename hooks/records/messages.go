package records

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// BindMessages keeps messages valid. Templates are checked at preview, preflight and launch only: an unfinished draft can be
// saved.
func BindMessages(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		request.SetDefault(e.Record, "format", "html")
		return e.Next()
	}
	app.OnRecordCreate("messages").BindFunc(prepare)
	app.OnRecordUpdate("messages").BindFunc(prepare)

	app.OnRecordValidate("messages").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		bad.OneLine(e.Record, "name", "subject", "preheader")
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
}
