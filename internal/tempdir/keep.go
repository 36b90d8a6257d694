package tempdir

import (
	"github.com/pocketbase/pocketbase/core"
)

const keptKey = "gonets/temporary"

// Keep makes the process put its temporary files into the data folder, as soon as that is open.
func Keep(app core.App) {
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if !app.Store().Has(keptKey) {
			done, err := use(app.DataDir())
			if err != nil {
				return err
			}
			app.Store().Set(keptKey, done)
		}
		return e.Next()
	})
}

// Remove removes the temporary files of the process.
func Remove(app core.App) error {
	done, used := app.Store().Get(keptKey).(func() error)
	if !used {
		return nil
	}
	app.Store().Remove(keptKey)
	return done()
}
