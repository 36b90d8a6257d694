package cli

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/tempdir"
)

const temporaryKey = "gonets/temporary"

// keepTemporary makes the process put its temporary files into the data folder, as soon as that is open.
func keepTemporary(app core.App) {
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if !app.Store().Has(temporaryKey) {
			done, err := tempdir.Use(app.DataDir())
			if err != nil {
				return err
			}
			app.Store().Set(temporaryKey, done)
		}
		return e.Next()
	})
}

// removeTemporary removes the temporary files of the process.
func removeTemporary(app core.App) error {
	done, used := app.Store().Get(temporaryKey).(func() error)
	if !used {
		return nil
	}
	app.Store().Remove(temporaryKey)
	return done()
}
