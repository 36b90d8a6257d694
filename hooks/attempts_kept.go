package hooks

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// keepAttempts is the name of the scheduled job, as the admin UI lists it.
const keepAttempts = "gonetsAttemptsKept"

// chunk is how many rows one statement deletes: a few milliseconds of the write lock.
const chunk = 1000

// bindAttemptsKept forgets attempts that are older than the operator wants to keep them
// (instance.attempts_kept_days), once an hour while the service runs. Counters, states and rollups
// stay: only the words of the mail servers go.
func bindAttemptsKept(app core.App) {
	ctx, cancel := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		cancel()
		return e.Next()
	})
	app.Cron().MustAdd(keepAttempts, "23 * * * *", func() {
		if err := forgetAttempts(ctx, app, time.Now()); err != nil && ctx.Err() == nil {
			app.Logger().Error("forget old attempts", "error", err)
		}
	})
}

// forgetAttempts deletes the attempts that are too old now, chunk by chunk, so that no other write
// waits long. A mailing that is not at its end keeps all of its attempts.
func forgetAttempts(ctx context.Context, app core.App, now time.Time) error {
	instance, err := instanceOf(app)
	if err != nil {
		return err
	}
	days := instance.GetInt("attempts_kept_days")
	if days <= 0 {
		return nil
	}
	before, err := types.ParseDateTime(now.AddDate(0, 0, -days))
	if err != nil {
		return fmt.Errorf("attempts kept %d days: %w", days, err)
	}
	for {
		// By idx_attempts_created.
		res, err := app.NonconcurrentDB().NewQuery(`
			DELETE FROM attempts WHERE rowid IN (
				SELECT a.rowid FROM attempts a
				WHERE a.created < {:before} AND NOT EXISTS (
					SELECT 1 FROM mailings m WHERE m.id = a.mailing AND m.status IN ('running', 'paused')
				)
				LIMIT {:chunk}
			)`).
			Bind(dbx.Params{"before": before.String(), "chunk": chunk}).WithContext(ctx).Execute()
		if err != nil {
			return fmt.Errorf("delete attempts before %s: %w", before, err)
		}
		if n, err := res.RowsAffected(); err != nil || n < chunk {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond): // let other writers in
		}
	}
}
