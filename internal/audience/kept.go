package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// kept returns how many clients match by the table client_counts, which triggers keep, if nothing but owners or one list is asked for.
func (w Wanted) kept(ctx context.Context, db dbx.Builder) (total int, isKept bool, err error) {
	if w.Search != "" || w.Status != "" || w.Filter != "" {
		return 0, false, nil
	}
	// A list is asked for beside an owner, whose it need not be.
	sql := `SELECT COALESCE(SUM(k.clients), 0) FROM client_counts k WHERE k.kind = 'owner'`
	owner := `k.id`
	if w.List != "" {
		sql = `SELECT COALESCE(SUM(k.clients), 0) FROM client_counts k JOIN lists l ON l.id = k.id WHERE k.kind = 'list' AND k.id = {:list}`
		owner = `l.owner`
	}
	if w.Owner != "" {
		sql += ` AND ` + owner + ` = {:owner}`
	}
	if len(w.Without) > 0 {
		sql += ` AND ` + owner + ` NOT IN (SELECT value FROM json_each({:without}))`
	}
	err = db.NewQuery(sql).WithContext(ctx).
		Bind(dbx.Params{"owner": w.Owner, "list": w.List, "without": database.JSONArray(w.Without)}).Row(&total)
	if err != nil {
		return 0, false, fmt.Errorf("read how many clients there are: %w", err)
	}
	return total, true, nil
}
