package hooks

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
)

// RunEngine has the engine send while the server serves. It is not part of Register: tests of routes
// need no engine, and would wait for it to stop.
func RunEngine(app core.App, engine *delivery.Engine) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		engine.Start(context.Background())
		return e.Next()
	})
	// Whoever reads a mailing learns that nothing can be written down, which cannot be written down.
	app.OnRecordEnrich("mailings").BindFunc(func(e *core.RecordEnrichEvent) error {
		engine.Overlay(e.Record)
		return e.Next()
	})
	// Before PocketBase closes the database: what is under way has to get into the books.
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		engine.Stop(context.Background())
		return e.Next()
	})
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, delivery.BesideBackups()...)
		return e.Next()
	})
	// Nothing may be sent while the books are replaced. PocketBase restarts the process afterwards.
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, delivery.BesideBackups()...)
		engine.Stop(context.Background())
		err := e.Next()
		if err != nil {
			engine.Start(context.Background())
		}
		return err
	})
}
