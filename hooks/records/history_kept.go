package records

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/deletion"
	"gonets/internal/feedback"
	"gonets/internal/transactional"
)

// keepAttempts is the name of the scheduled job, as the admin UI lists it.
const keepAttempts = "gonetsAttemptsKept"

// BindHistoryKept deletes attempts and bounces that are older than instance.attempts_kept_days, and what is noted of bounces for
// some time only, once an hour while the service runs. Counters, states and rollups stay.
func BindHistoryKept(app core.App) {
	ctx, cancel := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		return e.Next()
	})
	app.Cron().MustAdd(keepAttempts, "23 * * * *", func() {
		if err := deletion.ForgetAttempts(ctx, app, time.Now()); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget old attempts", "error", err)
		}
		if err := feedback.Forget(ctx, app, time.Now()); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget what came back", "error", err)
		}
		if err := transactional.Forget(ctx, app, time.Now()); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget transactional e-mails", "error", err)
		}
	})
}
