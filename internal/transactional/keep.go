package transactional

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/limit"
	"gonets/internal/mailing"
)

// chunk is how many calls one transaction removes: at most a hundred recipients each.
const chunk = 50

// usageKept is how many days it is known how many e-mails were accepted.
const usageKept = 35

// Forget removes what is kept for some time only: the contents and files of calls whose e-mails have been sent, calls that are
// older than instance.attempts_kept_days, Idempotency-Keys. It writes in short transactions.
func Forget(ctx context.Context, app core.App, now time.Time) error {
	return errors.Join(clearFinished(ctx, app), forgetCalls(ctx, app, now), forgetKeys(ctx, app, now))
}

// Keep ends e-mails that have waited for Lifetime, and removes contents and files of calls whose e-mails have been sent, once a
// minute until ctx ends. One process at a time does it: the one that sends.
func Keep(ctx context.Context, app core.App) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		err := errors.Join(expire(ctx, app, time.Now()), clearFinished(ctx, app))
		if err != nil && ctx.Err() == nil {
			app.Logger().Error("tidy up transactional e-mails", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// expire ends the e-mails that have waited too long: because their owner is blocked, or their sender was deleted. Those that are
// being handed over at the moment are left to the engine.
func expire(ctx context.Context, app core.App, now time.Time) error {
	for {
		var nos []int64
		err := app.ConcurrentDB().NewQuery(`
			SELECT no FROM transactional t INDEXED BY idx_transactional_waiting
			WHERE waiting > 0 AND created < {:before} AND EXISTS (
				SELECT 1 FROM recipients r WHERE r.id > t.no << {:bits} AND r.id <= (t.no << {:bits}) + t.total AND r.state IN ('pending', 'deferred'))
			LIMIT {:chunk}`).
			WithContext(ctx).Bind(dbx.Params{"before": database.Stamp(now.Add(-Lifetime)), "bits": mailing.IDBits, "chunk": chunk}).Column(&nos)
		if err != nil {
			return fmt.Errorf("list the e-mails that have waited too long: %w", err)
		}
		for _, no := range nos {
			if err := expireCall(app, no, now); err != nil {
				return fmt.Errorf("end call %d: %w", no, err)
			}
		}
		if err := rest(ctx); err != nil || len(nos) < chunk {
			return err
		}
	}
}

func expireCall(app core.App, no int64, now time.Time) error {
	return inTransaction(app, dbx.Params{"no": no, "bits": mailing.IDBits, "reason": mailing.ReasonExpired, "now": database.Stamp(now)},
		`UPDATE transactional_flows AS f
			SET waiting = f.waiting - n.waiting, deferred = f.deferred - n.deferred
			FROM (
				SELECT t.owner, t.sender, COUNT(*) AS waiting, SUM(r.state = 'deferred') AS deferred
				FROM transactional t JOIN recipients r ON r.id > t.no << {:bits} AND r.id <= (t.no << {:bits}) + t.total
				WHERE t.no = {:no} AND r.state IN ('pending', 'deferred') GROUP BY t.no
			) n WHERE f.owner = n.owner AND f.sender = n.sender`,
		`UPDATE recipients SET state = 'skipped', reason = {:reason}, next_try_at = 0
			WHERE id > {:no} << {:bits} AND id <= ({:no} << {:bits}) + `+fmt.Sprint(MaxRecipients)+` AND state IN ('pending', 'deferred')`,
		`UPDATE transactional AS t SET next_at = 0,
			waiting = (SELECT COUNT(*) FROM recipients r WHERE r.id > t.no << {:bits} AND r.id <= (t.no << {:bits}) + t.total AND r.state = 'sending')
			WHERE no = {:no}`,
		`UPDATE transactional SET finished = {:now} WHERE no = {:no} AND waiting = 0`,
	)
}

// clearFinished removes the contents and the files of calls that have nobody left: links to reset passwords and codes must not
// stay in the database, and nobody needs the files. It relies on idx_transactional_clear.
func clearFinished(ctx context.Context, app core.App) error {
	for {
		var done []struct {
			No    int64  `db:"no"`
			ID    string `db:"id"`
			Files int    `db:"files"`
		}
		err := app.ConcurrentDB().NewQuery(`
			SELECT no, id, files FROM transactional INDEXED BY idx_transactional_clear
			WHERE cleared = 0 AND waiting <= 0 LIMIT {:chunk}`).
			WithContext(ctx).Bind(dbx.Params{"chunk": chunk}).All(&done)
		if err != nil {
			return fmt.Errorf("list the calls that are finished: %w", err)
		}
		nos := []byte{'['}
		for _, c := range done {
			if c.Files > 0 {
				if err := removeFiles(app, c.ID); err != nil {
					return err
				}
			}
			nos = append(fmt.Appendf(nos, "%d", c.No), ',')
		}
		if len(done) == 0 {
			return nil
		}
		err = inTransaction(app, dbx.Params{"nos": database.CloseArray(nos), "bits": mailing.IDBits},
			`UPDATE contents SET letter = json_object('from_email', letter ->> 'from_email') WHERE no IN (SELECT value FROM json_each({:nos}))`,
			`DELETE FROM transactional_data WHERE recipient IN (
				SELECT r.id FROM json_each({:nos}) j CROSS JOIN recipients r ON r.id BETWEEN j.value << {:bits} AND (j.value << {:bits}) + `+fmt.Sprint(MaxRecipients)+`)`,
			`UPDATE transactional SET cleared = 1, files = 0 WHERE no IN (SELECT value FROM json_each({:nos}))`,
		)
		if err != nil {
			return fmt.Errorf("remove the contents of calls: %w", err)
		}
		if err := rest(ctx); err != nil || len(done) < chunk {
			return err
		}
	}
}

// forgetCalls removes calls that are as old as attempts may get.
func forgetCalls(ctx context.Context, app core.App, now time.Time) error {
	var days int
	if err := app.ConcurrentDB().NewQuery(`SELECT attempts_kept_days FROM instance LIMIT 1`).Row(&days); err != nil {
		return fmt.Errorf("read how long attempts are kept: %w", err)
	}
	if days <= 0 {
		return nil
	}
	for {
		// By the primary key: calls are numbered in the order in which they came.
		n, err := removeCalls(app, `
			SELECT no FROM (SELECT no, created, waiting, cleared FROM transactional ORDER BY no LIMIT {:chunk})
			WHERE created < {:before} AND waiting <= 0 AND cleared = 1`,
			dbx.Params{"before": database.Stamp(now.AddDate(0, 0, -days)), "chunk": chunk})
		if err != nil {
			return err
		}
		if err := rest(ctx); err != nil || n < chunk {
			return err
		}
	}
}

// removeCalls removes the calls of a query and what belongs to them, and returns their number. What proves their bounces stays.
func removeCalls(app core.App, query string, params dbx.Params) (int, error) {
	var nos []int64
	if err := app.ConcurrentDB().NewQuery(query).Bind(params).Column(&nos); err != nil {
		return 0, fmt.Errorf("list old calls: %w", err)
	}
	if len(nos) == 0 {
		return 0, nil
	}
	list := []byte{'['}
	for _, no := range nos {
		list = append(fmt.Appendf(list, "%d", no), ',')
	}
	err := inTransaction(app, dbx.Params{"nos": database.CloseArray(list), "bits": mailing.IDBits},
		`DELETE FROM recipients WHERE id IN (
			SELECT r.id FROM json_each({:nos}) j CROSS JOIN recipients r ON r.id BETWEEN j.value << {:bits} AND (j.value << {:bits}) + `+fmt.Sprint(MaxRecipients)+`)`,
		`DELETE FROM contents WHERE no IN (SELECT value FROM json_each({:nos}))`,
		`DELETE FROM transactional WHERE no IN (SELECT value FROM json_each({:nos}))`,
	)
	if err != nil {
		return 0, fmt.Errorf("remove old calls: %w", err)
	}
	return len(nos), nil
}

func forgetKeys(ctx context.Context, app core.App, now time.Time) error {
	params := dbx.Params{"before": now.Add(-KeysKept).UnixMilli(), "chunk": 1000, "day": limit.UTCDay(now.AddDate(0, 0, -usageKept))}
	for {
		res, err := app.NonconcurrentDB().NewQuery(`
			DELETE FROM transactional_keys WHERE (owner, key) IN (
				SELECT owner, key FROM transactional_keys WHERE created < {:before} LIMIT {:chunk})`).Bind(params).WithContext(ctx).Execute()
		if err != nil {
			return fmt.Errorf("forget old keys: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if err := rest(ctx); err != nil {
			return err
		}
		if n < 1000 {
			break
		}
	}
	if _, err := app.NonconcurrentDB().NewQuery(`DELETE FROM transactional_usage WHERE day < {:day}`).Bind(params).WithContext(ctx).Execute(); err != nil {
		return fmt.Errorf("forget old counts: %w", err)
	}
	return nil
}

// rest lets other writers in.
func rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Millisecond):
		return nil
	}
}

func inTransaction(app core.App, params dbx.Params, statements ...string) error {
	return app.RunInTransaction(func(tx core.App) error {
		for _, statement := range statements {
			if _, err := tx.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Repair removes files of calls that were never written, because the process was killed before that. A server calls it before
// it accepts requests.
func Repair(app core.App) error {
	var ids []string
	err := app.ConcurrentDB().NewQuery(`
		SELECT DISTINCT record FROM stored_files f WHERE collection = {:collection} AND NOT EXISTS (SELECT 1 FROM transactional t WHERE t.id = f.record)`).
		Bind(dbx.Params{"collection": collection}).Column(&ids)
	if err != nil {
		return fmt.Errorf("list the files of calls that were not written: %w", err)
	}
	for _, id := range ids {
		if err := removeFiles(app, id); err != nil {
			return err
		}
	}
	return nil
}

// removeFiles removes the files of a call, and what they count for its owner.
func removeFiles(app core.App, id string) error {
	var counted []string
	err := app.ConcurrentDB().NewQuery(`SELECT name FROM stored_files WHERE collection = {:collection} AND record = {:id}`).
		Bind(dbx.Params{"collection": collection, "id": id}).Column(&counted)
	if err != nil {
		return fmt.Errorf("list the files of call %s: %w", id, err)
	}
	if len(counted) == 0 {
		return nil
	}
	files, err := app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the file storage: %w", err)
	}
	defer files.Close()
	if errs := files.DeletePrefix(folder(id) + "/"); len(errs) > 0 {
		return fmt.Errorf("delete the files of call %s: %w", id, errors.Join(errs...))
	}
	_, err = app.NonconcurrentDB().NewQuery(`DELETE FROM stored_files WHERE collection = {:collection} AND record = {:id}`).
		Bind(dbx.Params{"collection": collection, "id": id}).Execute()
	if err != nil {
		return fmt.Errorf("count off the files of call %s: %w", id, err)
	}
	return nil
}
