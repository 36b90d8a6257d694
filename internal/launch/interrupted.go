package launch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// ClearInterrupted removes what launches left that were interrupted. It does nothing while some process
// launches.
func (v *Verbs) ClearInterrupted(ctx context.Context) error {
	var ids []string
	err := v.App.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE launching_at <> ''`).WithContext(ctx).Column(&ids)
	if err != nil {
		return fmt.Errorf("find interrupted launches: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	done, ok, err := nobodyLaunches(v.App.DataDir())
	if err != nil || !ok {
		return err
	}
	defer done()
	// Again, for one of them may have come to its end before we had the lock.
	if err := v.App.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE launching_at <> ''`).WithContext(ctx).Column(&ids); err != nil {
		return fmt.Errorf("find interrupted launches: %w", err)
	}
	var errs []error
	for _, id := range ids {
		v.App.Logger().Warn("a launch was interrupted; its traces are removed", "mailing", id)
		errs = append(errs, v.takeBack(ctx, id))
	}
	return errors.Join(errs...)
}

// takeBack takes back a launch: the recipients it added, the contents it kept if it was the first,
// and the claim.
func (v *Verbs) takeBack(ctx context.Context, id string) error {
	const chunk = 5000
	for {
		res, err := v.App.NonconcurrentDB().NewQuery(`
			DELETE FROM recipients WHERE id IN (
				SELECT r.id
				FROM mailings m
				JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
				JOIN recipients r ON r.id > (c.no << {:bits}) + c.last AND r.id < (c.no + 1) << {:bits}
				WHERE m.id = {:mailing}
				LIMIT {:chunk}
			)`).WithContext(ctx).Bind(dbx.Params{"bits": mailing.IDBits, "mailing": id, "chunk": chunk}).Execute()
		if err != nil {
			return fmt.Errorf("remove the recipients of mailing %s: %w", id, err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n < chunk {
			break
		}
	}
	return v.App.RunInTransaction(func(tx core.App) error {
		for _, q := range []string{
			`DELETE FROM contents WHERE mailing = {:id} AND owner = (SELECT owner FROM mailings WHERE id = {:id}) AND last = 0`,
			forgetBegun,
			`UPDATE mailings SET launching_at = '', updated = {:now} WHERE id = {:id}`,
		} {
			_, err := tx.NonconcurrentDB().NewQuery(q).Bind(dbx.Params{"id": id, "now": database.Stamp(time.Now())}).Execute()
			if err != nil {
				return fmt.Errorf("take back the launch of mailing %s: %w", id, err)
			}
		}
		return nil
	})
}
