package deletion

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// attemptsChunk is how many rows one statement deletes: it holds the write lock for a few milliseconds.
const attemptsChunk = 1000

// ForgetAttempts deletes the attempts and bounces that are older than instance.attempts_kept_days, chunk by chunk, so that no other write
// waits long. Mailings that have not ended keep all of theirs.
func ForgetAttempts(ctx context.Context, app core.App, now time.Time) error {
	var days int
	if err := app.DB().NewQuery(`SELECT attempts_kept_days FROM instance LIMIT 1`).Row(&days); err != nil {
		return fmt.Errorf("read how long attempts are kept: %w", err)
	}
	if days <= 0 {
		return nil
	}
	before, err := types.ParseDateTime(now.AddDate(0, 0, -days))
	if err != nil {
		return fmt.Errorf("attempts kept %d days: %w", days, err)
	}
	for _, table := range []string{"attempts", "bounces"} {
		if err := forgetBefore(ctx, app, table, before); err != nil {
			return err
		}
	}
	return nil
}

// forgetBefore deletes the rows of one log that are older.
func forgetBefore(ctx context.Context, app core.App, table string, before types.DateTime) error {
	for {
		// By idx_attempts_created, idx_bounces_created.
		res, err := app.NonconcurrentDB().NewQuery(`
			DELETE FROM ` + table + ` WHERE rowid IN (
				SELECT a.rowid FROM ` + table + ` a
				WHERE a.created < {:before} AND NOT EXISTS (
					SELECT 1 FROM mailings m WHERE m.id = a.mailing AND m.status IN ('running', 'paused')
				)
				LIMIT {:chunk}
			)`).
			Bind(dbx.Params{"before": before.String(), "chunk": attemptsChunk}).WithContext(ctx).Execute()
		if err != nil {
			return fmt.Errorf("delete %s before %s: %w", table, before, err)
		}
		if n, err := res.RowsAffected(); err != nil || n < attemptsChunk {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond): // let other writers in
		}
	}
}
