package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/deadline"
)

// OnLists returns how many clients each list of an owner has, or with "" each list at all, by the list's id: those who
// are confirmed, and so may be mailed through it. Each list is counted in idx_subscriptions_list_client. It fails with
// deadline.ErrPassed when that takes too long.
func OnLists(ctx context.Context, app core.App, owner string) (map[string]int, error) {
	var rows []struct {
		ID      string `db:"id"`
		Clients int    `db:"clients"`
	}
	err := deadline.Run(ctx, app, func(ctx context.Context) error {
		return app.ConcurrentDB().NewQuery(`
			SELECT l.id, (SELECT COUNT(*) FROM subscriptions s WHERE s.list = l.id AND s.status = 'confirmed') AS clients
			FROM lists l
			WHERE {:owner} = '' OR l.owner = {:owner}`).
			WithContext(ctx).Bind(dbx.Params{"owner": owner}).All(&rows)
	})
	if err != nil {
		return nil, fmt.Errorf("count the clients on lists: %w", err)
	}
	counts := make(map[string]int, len(rows))
	for _, row := range rows {
		counts[row.ID] = row.Clients
	}
	return counts, nil
}
