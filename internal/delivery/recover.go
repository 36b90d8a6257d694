package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/stats"
)

// interrupted is the response of an attempt that Gonets did not see the end of.
const interrupted = "Gonets ended while the mail was being handed over: it may have been delivered"

// settleInterrupted makes uncertain whoever was being mailed when an earlier process ended: they may
// have got the mail or not, and nobody can know.
func settleInterrupted(ctx context.Context, app core.App, l *ledger) error {
	// Only mailings with somebody left can have such recipients; of these their rows are read once,
	// which takes a third of a second for a million.
	var rows []struct {
		ID     int64  `db:"id"`
		Client string `db:"client"`
		Email  string `db:"email"`
		Tries  int    `db:"tries"`

		Mailing string `db:"mailing"`
		Owner   string `db:"owner"`
		Sender  string `db:"sender"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT r.id, r.client, r.email, r.tries, r.mailing, c.owner, c.sender
		FROM mailings m
		JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
		JOIN recipients r ON r.id BETWEEN c.no << {:bits} AND (c.no << {:bits}) + c.last
		WHERE m.started_at <> '' AND m.total > m.sent + m.failed + m.uncertain + m.skipped AND r.state = 'sending'`).
		WithContext(ctx).Bind(dbx.Params{"bits": mailing.IDBits}).All(&rows)
	if err != nil {
		return fmt.Errorf("find interrupted recipients: %w", err)
	}
	if err := landAll(app.NonconcurrentDB()); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	flows := map[string]*flow{}
	batch := make([]*entry, len(rows))
	for i, row := range rows {
		if flows[row.Mailing] == nil {
			flows[row.Mailing] = &flow{id: row.Mailing, owner: row.Owner, sender: row.Sender}
		}
		batch[i] = &entry{
			settle: &recipient{id: row.ID, client: row.Client, email: row.Email, tries: row.Tries, state: mailing.Sending, flow: flows[row.Mailing]},
			result: outcome{
				state: mailing.Uncertain, reason: mailing.ReasonInterrupted, status: stats.Uncertain, response: interrupted,
			},
		}
	}
	app.Logger().Warn("recipients were being mailed when Gonets ended; they are uncertain now", "recipients", len(rows))
	if err := l.record(batch); err != nil {
		return err
	}
	became := map[string]int{}
	for _, row := range rows {
		became[row.Mailing]++
	}
	for id, n := range became {
		if _, err := mailing.Note(app.NonconcurrentDB(), id, mailing.ByEngine, mailing.EventInterrupted, mailing.Detail{"recipients": n}); err != nil {
			app.Logger().Error("note an interruption", "mailing", id, "error", err) // the states are what counts
		}
	}
	return nil
}

// clearLaunches removes what launches left that were interrupted. It does nothing while some process
// launches.
func (v *LaunchVerbs) clearLaunches(ctx context.Context) error {
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
		errs = append(errs, v.unlaunch(ctx, id))
	}
	return errors.Join(errs...)
}

// unlaunch takes back a launch: the recipients it added, the contents it froze if it was the first,
// and the claim.
func (v *LaunchVerbs) unlaunch(ctx context.Context, id string) error {
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
