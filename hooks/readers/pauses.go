package readers

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
	"gonets/internal/suppression"
)

// BindPauses keeps the pauses on the stop list valid, and ends those that are over, every ten minutes.
func BindPauses(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		if e.Record.GetString("reason") != suppression.ReasonPaused {
			e.Record.Set("until", types.DateTime{})
		}
		return e.Next()
	}
	app.OnRecordCreate("suppressions").BindFunc(prepare)
	app.OnRecordUpdate("suppressions").BindFunc(prepare)
	app.OnRecordValidate("suppressions").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("reason") == suppression.ReasonPaused {
			switch {
			case e.Record.GetString("kind") != "address":
				return request.Refuse("reason", "pause_needs_address", "Only an address can be paused")
			case e.Record.GetDateTime("until").IsZero():
				return request.Refuse("until", "until_required", "Say until when the address is paused")
			}
		}
		return e.Next()
	})

	ctx, cancel := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		return e.Next()
	})
	app.Cron().MustAdd("gonetsPauses", "*/10 * * * *", func() {
		if err := suppression.EndPauses(ctx, app, time.Now()); err != nil && ctx.Err() == nil {
			app.Logger().Error("end pauses", "error", err)
		}
	})
}
