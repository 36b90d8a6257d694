package records

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/suppression"
)

// BindDeletedClients forgets, once a day, the addresses of deleted clients that no link of a mail needs any more; a
// trigger of the database keeps them.
func BindDeletedClients(app core.App) {
	ctx, cancel := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		return e.Next()
	})
	app.Cron().MustAdd("gonetsDeletedClients", "41 3 * * *", func() {
		if err := suppression.ForgetDeletedClients(ctx, app); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget deleted clients", "error", err)
		}
	})
}
