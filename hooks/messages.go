package hooks

import "github.com/pocketbase/pocketbase/core"

// bindMessages keeps messages fit to be mailed. Templates are not checked here but at preview,
// preflight and launch: a draft may be saved half written.
func bindMessages(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		setDefault(e.Record, "format", "html")
		return e.Next()
	}
	app.OnRecordCreate("messages").BindFunc(prepare)
	app.OnRecordUpdate("messages").BindFunc(prepare)

	app.OnRecordValidate("messages").BindFunc(func(e *core.RecordEvent) error {
		bad := refusals{}
		bad.oneLine(e.Record, "name", "subject", "preheader")
		if err := bad.err(); err != nil {
			return err
		}
		return e.Next()
	})
}
