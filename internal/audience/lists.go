package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// OnLists returns how many clients each list of an owner has, or with "" each list at all, by the list's id: those who
// are confirmed, and so may be mailed through it. The table client_counts keeps them.
func OnLists(ctx context.Context, app core.App, owner string) (map[string]int, error) {
	var rows []struct {
		ID      string `db:"id"`
		Clients int    `db:"clients"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT l.id, COALESCE(k.clients, 0) AS clients
		FROM lists l LEFT JOIN client_counts k ON k.kind = 'list' AND k.id = l.id
		WHERE {:owner} = '' OR l.owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"owner": owner}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("count the clients on lists: %w", err)
	}
	counts := make(map[string]int, len(rows))
	for _, row := range rows {
		counts[row.ID] = row.Clients
	}
	return counts, nil
}
