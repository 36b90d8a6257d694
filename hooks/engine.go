package hooks

import (
	"context"
	"errors"
	"log"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"gonets/internal/delivery"
	"gonets/internal/doctor"
)

// RunEngine runs the engine while the server serves. It is not part of Register: tests of routes need no engine, and would
// wait for it to stop.
func RunEngine(app core.App, engine *delivery.Engine) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		engine.Start(context.Background())
		return e.Next()
	})
	// When the database cannot be written, the engine cannot store that as the reason: it is added to the answers.
	app.OnRecordEnrich("mailings").BindFunc(func(e *core.RecordEnrichEvent) error {
		engine.Overlay(e.Record)
		return e.Next()
	})
	endInTime(app, engine)
	runAlerts(app, engine)
	app.OnBackupCreate().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, delivery.BesideBackups()...)
		return e.Next()
	})
	// Nothing may be sent while the database is replaced. PocketBase restarts the process afterwards.
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, delivery.BesideBackups()...)
		if !engine.Stop(context.Background()) {
			engine.Start(context.Background())
			return errors.New("sending could not be stopped, because something holds the database: try again later")
		}
		err := e.Next()
		if err != nil {
			engine.Start(context.Background())
		}
		return err
	})
}

// endTime is how long the process may take to end after a signal: containers are killed after ten seconds, and a backup may
// lock the database for longer.
const endTime = delivery.StopTime + 1100*time.Millisecond

// endInTime stops the engine when the process ends, before PocketBase closes the database: results of e-mails being sent have
// to be recorded. Its time begins with the signal, before the shutdown of the server.
//
// A server ends after endTime even when something else waits for the database, such as PocketBase's log: committed data is
// safe, and the next start repairs the rest as after a crash.
func endInTime(app core.App, engine *delivery.Engine) {
	serves := false
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		serves = true
		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "gonetsEndInTime",
		Priority: -10000, // PocketBase shuts its server down at -9999
		Func: func(e *core.TerminateEvent) error {
			if serves && !e.IsRestart {
				late := time.AfterFunc(endTime, func() {
					log.Println("Something still holds the database, a backup perhaps. It is left as it is; ending now.")
					os.Exit(0)
				})
				defer late.Stop()
			}
			go engine.Stop(context.Background())
			return e.Next()
		},
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		engine.Stop(context.Background())
		return e.Next()
	})
}

// alertsEnd is how long the process waits at its end for an e-mail to superusers that is being sent.
const alertsEnd = time.Second

// runAlerts tells superusers of problems while the server runs.
func runAlerts(app core.App, engine *delivery.Engine) {
	alerts := doctor.NewAlerts(app, doctor.NewHealth(app, engine))
	ctx, cancel := context.WithCancel(context.Background())
	var begin sync.Once
	ended := make(chan struct{})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		begin.Do(func() {
			go func() {
				defer close(ended)
				alerts.Run(ctx)
			}()
		})
		return nil
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		begin.Do(func() { close(ended) })
		select {
		case <-ended:
		case <-time.After(alertsEnd):
		}
		return e.Next()
	})
}
