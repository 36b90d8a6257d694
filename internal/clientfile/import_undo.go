package clientfile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/suppression"
)

// undoPage is how many clients are undone in one transaction.
const undoPage = 1000

// ErrBusy is the error of Undo while an import of the owner is running.
var ErrBusy = errors.New("another import is running")

// ErrNotUndoable is the error of undoing an import that is not over, was a dry run, or is undone.
var ErrNotUndoable = errors.New("this import cannot be undone")

// UndoResult is what Undo did.
type UndoResult struct {
	Removed  int `json:"removed"`  // clients that the import had added
	Restored int `json:"restored"` // clients that it had changed
	Kept     int `json:"kept"`     // clients left alone: edited since, mailed since, or picked for a mailing
}

// Undo takes an import back: it deletes the clients that the import added, restores those that it changed, and takes
// everybody off the lists, and off the stop list, whom the import put there. Lists that it made stay. Clients that were edited or mailed since, or are picked for a mailing,
// stay as they are. An import that failed in the middle can be undone too.
//
// It works in transactions of 1 000 clients. It does not end with the request, but after a transaction when the importer
// stops. After an interruption it can be called again.
func (im *Importer) Undo(record *core.Record) (UndoResult, error) {
	unlock, ok := im.owners.TryLock(record.GetString("owner"))
	if !ok {
		return UndoResult{}, ErrBusy
	}
	defer unlock()

	if err := im.ctx.Err(); err != nil {
		return UndoResult{}, fmt.Errorf("undo import %s: %w", record.Id, err)
	}
	im.wg.Add(1)
	defer im.wg.Done()
	fresh, err := im.app.FindRecordById("imports", record.Id)
	if err != nil {
		return UndoResult{}, fmt.Errorf("read import %s: %w", record.Id, err)
	}
	if s := fresh.GetString("status"); fresh.GetBool("dry_run") || s != importCompleted && s != importFailed {
		return UndoResult{}, ErrNotUndoable
	}
	u := undoing{ctx: im.ctx, app: im.app, record: fresh}
	if err := u.run(); err != nil {
		return u.result, fmt.Errorf("undo import %s: %w", fresh.Id, err)
	}

	options := OptionsOf(fresh)
	options.Undone = &u.result
	fresh.Set("options", options)
	fresh.Set("status", importUndone)
	if err := im.app.Save(fresh); err != nil {
		return u.result, fmt.Errorf("record that import %s is undone: %w", fresh.Id, err)
	}
	return u.result, nil
}

// undoing is an Undo that is running.
type undoing struct {
	ctx    context.Context // ends when the importer stops
	app    core.App
	record *core.Record
	result UndoResult
}

func (u *undoing) run() error {
	for last := ""; ; {
		clients, err := u.page(`SELECT client FROM import_changes WHERE import = {:import} AND client > {:after} ORDER BY client`, last)
		if err != nil || len(clients) == 0 {
			return errors.Join(err, u.leaveLists(), u.leaveStopList())
		}
		after := last
		last = clients[len(clients)-1]
		var removed, restored int
		err = u.transaction(after, last, func(do func(sql string) (int, error)) (err error) {
			if restored, err = do(restoreSQL); err != nil {
				return err
			}
			if _, err = do(`DELETE FROM subscriptions WHERE client IN (` + untouchedSQL + `)`); err != nil {
				return err
			}
			removed, err = do(`DELETE FROM clients WHERE id IN (` + untouchedSQL + `)`)
			return err
		})
		if err != nil {
			return err
		}
		u.result.Removed += removed
		u.result.Restored += restored
		u.result.Kept += len(clients) - removed - restored
	}
}

// leaveStopList takes off the stop list whom the import put on it, unless the entry was changed since.
func (u *undoing) leaveStopList() error {
	for last := ""; ; {
		ids, err := u.page(`SELECT suppression FROM import_suppressions WHERE import = {:import} AND suppression > {:after} ORDER BY suppression`, last)
		if err != nil || len(ids) == 0 {
			return err
		}
		last = ids[len(ids)-1]
		owner := u.record.GetString("owner")
		err = u.app.RunInTransaction(func(tx core.App) error {
			var emails []string
			err := tx.DB().NewQuery(`
				DELETE FROM suppressions
				WHERE owner = {:owner} AND kind = 'address' AND updated = created AND id IN (SELECT value FROM json_each({:ids}))
				RETURNING value`).Bind(dbx.Params{"owner": owner, "ids": database.JSONArray(ids)}).Column(&emails)
			if err != nil {
				return err
			}
			return suppression.Mirror(tx.DB(), owner, emails)
		})
		if err != nil {
			return err
		}
	}
}

// leaveLists deletes the subscriptions that the import added and nobody has changed since.
func (u *undoing) leaveLists() error {
	for last := ""; ; {
		ids, err := u.page(`SELECT subscription FROM import_subscriptions WHERE import = {:import} AND subscription > {:after} ORDER BY subscription`, last)
		if err != nil || len(ids) == 0 {
			return err
		}
		after := last
		last = ids[len(ids)-1]
		err = u.transaction(after, last, func(do func(sql string) (int, error)) error {
			_, err := do(`
				INSERT INTO consents (owner, client, email, list, form, event, text, ip, user_agent, created)
				SELECT s.owner, s.client, c.email, s.list, '', 'withdrawn', 'import ' || {:import} || ' undone', '', '', {:now}
				FROM import_subscriptions i CROSS JOIN subscriptions s ON s.id = i.subscription CROSS JOIN clients c ON c.id = s.client
				WHERE i.import = {:import} AND i.subscription > {:after} AND i.subscription <= {:last}
					AND s.owner = {:owner} AND s.updated = s.created`)
			if err != nil {
				return err
			}
			_, err = do(`
				DELETE FROM subscriptions
				WHERE updated = created AND owner = {:owner} AND id IN (
					SELECT subscription FROM import_subscriptions
					WHERE import = {:import} AND subscription > {:after} AND subscription <= {:last})`)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// page reads the next ids by one of the tables' primary keys.
func (u *undoing) page(sql, after string) (ids []string, err error) {
	err = u.app.DB().NewQuery(fmt.Sprintf(`%s LIMIT %d`, sql, undoPage)).WithContext(u.ctx).
		Bind(dbx.Params{"import": u.record.Id, "after": after}).Column(&ids)
	return ids, err
}

// transaction runs statements about the ids between after and last. do returns how many rows changed.
func (u *undoing) transaction(after, last string, act func(do func(sql string) (int, error)) error) error {
	return u.app.RunInTransaction(func(tx core.App) error {
		return act(func(sql string) (int, error) {
			res, err := tx.DB().NewQuery(sql).Bind(dbx.Params{
				"import": u.record.Id, "owner": u.record.GetString("owner"), "after": after, "last": last, "now": database.Stamp(time.Now()),
			}).Execute()
			if err != nil {
				return 0, err
			}
			n, err := res.RowsAffected()
			return int(n), err
		})
	})
}

// restoreSQL gives clients back what they had, unless somebody has edited them since. Imports before there was a language did
// not change it.
const restoreSQL = `
	UPDATE clients SET full_name = h.before->>0, comment = h.before->>1, attributes = h.before->>2, language = COALESCE(h.before->>3, clients.language), updated = {:now}
	FROM import_changes h
	WHERE h.import = {:import} AND h.client > {:after} AND h.client <= {:last} AND h.before IS NOT NULL
		AND clients.id = h.client AND clients.owner = {:owner} AND clients.updated = h.stamp`

// untouchedSQL selects the clients that the import added and that were not edited, mailed or picked since. An id is never
// used twice, so a recipient with the client's id was mailed after the import.
const untouchedSQL = `
	SELECT c.id FROM import_changes h JOIN clients c ON c.id = h.client
	WHERE h.import = {:import} AND h.client > {:after} AND h.client <= {:last} AND h.before IS NULL
		AND c.owner = {:owner} AND c.updated = h.stamp
		AND NOT EXISTS (
			SELECT 1 FROM mailings m JOIN recipients r ON r.mailing = m.id AND r.email = c.email AND r.client = c.id
			WHERE m.owner = {:owner})
		AND c.id NOT IN (
			SELECT p.value FROM mailings m, json_each(m.recipients) p
			WHERE m.owner = {:owner} AND m.audience = 'picked')`
