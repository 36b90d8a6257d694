package records

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/suppression"
)

// BindDeletedClients removes, once a day, the addresses of deleted clients that no link in an e-mail needs any more. A
// trigger of the database stores them.
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
