package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Waiting is the running mailing whose recipients have been waiting longest.
type Waiting struct {
	Mailing string         `db:"id"`
	Name    string         `db:"name"`
	Since   types.DateTime `db:"started_at"`     // when it was launched
	Reason  string         `db:"waiting_reason"` // JSON, "" when it goes on
}

// LongestWaiting returns the running mailing whose recipients have been waiting longest; nil when nobody waits. It is found by
// idx_mailings_status, and no recipient is read.
func LongestWaiting(ctx context.Context, app core.App) (*Waiting, error) {
	var w Waiting
	err := app.ConcurrentDB().NewQuery(`
		SELECT id, name, started_at, COALESCE(waiting_reason, '') AS waiting_reason FROM mailings
		WHERE status = 'running' AND blocked = FALSE AND started_at <> ''
			AND total > sent + failed + uncertain + skipped + bounced
		ORDER BY started_at LIMIT 1`).WithContext(ctx).One(&w)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find who waits longest: %w", err)
	}
	return &w, nil
}
