// Package bulk does the same to many clients of an owner: puts them on a list, takes them off it, deletes them.
package bulk

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/database"
)

// Most is how many clients one call is about: their ids fit into a request, and it is done within seconds.
const Most = 50_000

// chunk is how many clients one transaction is about: it holds the write lock for some milliseconds.
const chunk = 500

// Joined is what Join did.
type Joined struct {
	Clients []string `json:"clients"` // who was put on the list
	Refused int      `json:"refused"` // who had unsubscribed from it, and stays so
}

// Join puts clients of the owner on a list of the owner's, with the status confirmed or pending. A list with double opt-in makes
// them pending, and asks them to confirm; but for those whom the owner has just taken off it. Who is or was on it stays as they are.
func Join(ctx context.Context, app core.App, owner, list string, clients []string, status string) (Joined, error) {
	done := Joined{Clients: []string{}}
	err := inChunks(ctx, app, clients, func(db dbx.Builder, ids []string) error {
		params := dbx.Params{"list": list, "ids": database.JSONArray(ids)}
		var refused int
		err := db.NewQuery(`
			SELECT COUNT(*) FROM subscriptions
			WHERE list = {:list} AND status = 'unsubscribed' AND client IN (SELECT value FROM json_each({:ids}))`).Bind(params).Row(&refused)
		if err != nil {
			return err
		}
		done.Refused += refused
		j := joining{db, consent.Entry{Owner: owner, List: list, Text: consent.ByOwner}, &done}
		asks, err := consent.DoubleOptIn(db, owner, list)
		if err != nil {
			return err
		}
		if !asks {
			event := consent.Added
			if status == "pending" {
				event = consent.Requested
			}
			return j.add(ids, status, event)
		}
		if status == "confirmed" {
			back, err := consent.TakenOff(db, owner, list, ids)
			if err != nil {
				return err
			}
			if err := j.add(back, status, consent.Changed); err != nil {
				return err
			}
		}
		if err := j.add(ids, "pending", consent.Requested); err != nil { // those who are back stay confirmed
			return err
		}
		return consent.Ask(db, owner, list)
	})
	if err != nil {
		return done, fmt.Errorf("put clients on list %s: %w", list, err)
	}
	return done, nil
}

// joining puts clients on a list, in the transaction of db.
type joining struct {
	db   dbx.Builder
	log  consent.Entry
	done *Joined
}

// add puts those of the clients on the list who are not on it yet, and logs the event.
func (j joining) add(ids []string, status string, event consent.Event) error {
	rows := []byte{'['}
	for _, id := range ids {
		rows = append(rows, '[')
		rows = append(database.AppendString(rows, database.NewID()), ',')
		rows = append(database.AppendString(rows, id), ']', ',')
	}
	var added []string
	err := j.db.NewQuery(`
		INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
		SELECT j.value ->> 0, {:owner}, {:list}, c.id, {:status}, {:now}, {:now}
		FROM json_each({:rows}) j JOIN clients c ON c.id = j.value ->> 1 AND c.owner = {:owner} WHERE TRUE
		ON CONFLICT (list, client) DO NOTHING
		RETURNING client`).
		Bind(dbx.Params{
			"owner": j.log.Owner, "list": j.log.List, "status": status, "now": database.Stamp(time.Now()), "rows": database.CloseArray(rows),
		}).Column(&added)
	if err != nil {
		return err
	}
	j.done.Clients = append(j.done.Clients, added...)
	j.log.Event = event
	return consent.OfClients(j.db, j.log, added)
}

// Left is whom Leave took off a list, by the status that they had there.
type Left struct {
	Confirmed []string `json:"confirmed"`
	Pending   []string `json:"pending"`
}

// Leave takes clients off a list. Where somebody has unsubscribed, that is kept.
func Leave(ctx context.Context, app core.App, owner, list string, clients []string) (Left, error) {
	done := Left{Confirmed: []string{}, Pending: []string{}}
	err := inChunks(ctx, app, clients, func(db dbx.Builder, ids []string) error {
		var gone []struct {
			Client string `db:"client"`
			Status string `db:"status"`
		}
		err := db.NewQuery(`
			DELETE FROM subscriptions
			WHERE list = {:list} AND +owner = {:owner} AND status <> 'unsubscribed' AND client IN (SELECT value FROM json_each({:ids}))
			RETURNING client, status`).Bind(dbx.Params{"owner": owner, "list": list, "ids": database.JSONArray(ids)}).All(&gone)
		left := make([]string, 0, len(gone))
		for _, one := range gone {
			left = append(left, one.Client)
			if one.Status == "pending" {
				done.Pending = append(done.Pending, one.Client)
			} else {
				done.Confirmed = append(done.Confirmed, one.Client)
			}
		}
		if err != nil {
			return err
		}
		return consent.OfClients(db, consent.Entry{Owner: owner, List: list, Event: consent.Withdrawn, Text: consent.ByOwner}, left)
	})
	if err != nil {
		return done, fmt.Errorf("take clients off list %s: %w", list, err)
	}
	return done, nil
}

// Delete deletes clients of the owner, with their places on lists and in mailings that picked them, and returns how many. A
// trigger keeps the addresses that links in emails need.
func Delete(ctx context.Context, app core.App, owner string, clients []string) (int, error) {
	deleted := 0
	err := inChunks(ctx, app, clients, func(db dbx.Builder, ids []string) error {
		params := dbx.Params{"owner": owner, "now": database.Stamp(time.Now()), "ids": database.JSONArray(ids)}
		for _, statement := range []string{
			// The + keeps SQLite from reading all subscriptions of the owner.
			`DELETE FROM subscriptions WHERE +owner = {:owner} AND client IN (SELECT value FROM json_each({:ids}))`,
			`UPDATE mailings SET updated = {:now}, recipients = (
				SELECT json_group_array(p.value) FROM json_each(mailings.recipients) p WHERE p.value NOT IN (SELECT value FROM json_each({:ids})))
			WHERE owner = {:owner} AND audience = 'picked' AND EXISTS (
				SELECT 1 FROM json_each(mailings.recipients) p WHERE p.value IN (SELECT value FROM json_each({:ids})))`,
		} {
			if _, err := db.NewQuery(statement).Bind(params).Execute(); err != nil {
				return err
			}
		}
		res, err := db.NewQuery(`DELETE FROM clients WHERE owner = {:owner} AND id IN (SELECT value FROM json_each({:ids}))`).Bind(params).Execute()
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		deleted += int(n)
		return err
	})
	if err != nil {
		return deleted, fmt.Errorf("delete clients: %w", err)
	}
	return deleted, nil
}

// inChunks does work with some of the ids after the other, each in a transaction of its own.
func inChunks(ctx context.Context, app core.App, ids []string, work func(db dbx.Builder, ids []string) error) error {
	for len(ids) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := ids[:min(len(ids), chunk)]
		ids = ids[len(some):]
		if err := app.RunInTransaction(func(tx core.App) error { return work(tx.NonconcurrentDB(), some) }); err != nil {
			return err
		}
	}
	return nil
}
