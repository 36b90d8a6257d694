package records

import (
	"cmp"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/secret"
)

// BindSecrets keeps the secrets of senders where no filter reaches them, and sees to it that what is
// encrypted can be read before anything else begins.
func BindSecrets(app core.App) {
	secret.Bind(app)
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := secret.CheckKey(e.App); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return cmp.Or(secret.CheckSettings(e.App), err)
		}
		return secret.Open(e.App)
	})
	// The schema is up to date now: an older one has no table for them.
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := secret.Open(e.App); err != nil {
			return err
		}
		return e.Next()
	})
}
