package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/deadline"
)

// First returns the id of the first client of the audience, by address, who may be mailed, "" when there is none: an example
// for previews. The error is an *InvalidError
// when the filter takes too long.
func (s *Selection) First(ctx context.Context, app core.App) (string, error) {
	params := dbx.Params{"owner": s.owner}
	var ids []string
	err := s.inTime(ctx, app, func(ctx context.Context) error {
		// In the order of idx_clients_owner_email, so that it ends at the first one found.
		return app.ConcurrentDB().NewQuery(deadline.WholeSQL(`
			SELECT c.id FROM clients c
			WHERE c.owner = {:owner} AND c.status IN ('', 'active') AND ` + s.where(params) + `
			ORDER BY c.email LIMIT 1`)).
			WithContext(ctx).Bind(params).Column(&ids)
	})
	if err != nil {
		return "", fmt.Errorf("find the first of an audience: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}
