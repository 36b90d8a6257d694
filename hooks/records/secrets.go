package records

import (
	"cmp"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/secret"
)

// BindSecrets stores the secrets of senders, mailboxes and webhooks in a table that no filter can read, and checks at the start that encrypted ones
// can be decrypted.
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
	// After the migrations: an older schema has no table for secrets.
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := secret.Open(e.App); err != nil {
			return err
		}
		return e.Next()
	})
}
