package search

import (
	"context"
	"fmt"
	"math"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// clients are the names and addresses of an owner's clients. Their keys are the numbers of their rows.
type clients struct {
	owner string
	state
}

// row is a client, or a recipient with the name of the client.
type row struct {
	Key    int64  `db:"key"`
	Client string `db:"client"`
	Found  bool   `db:"found"`
	Email  string `db:"email"`
	Name   string `db:"full_name"`
}

func (c *clients) many(ctx context.Context, db dbx.Builder, least int) (many bool, err error) {
	err = db.NewQuery(`SELECT COUNT(*) >= {:least} FROM (SELECT 1 FROM clients WHERE owner = {:owner} LIMIT {:least})`).
		WithContext(ctx).Bind(dbx.Params{"owner": c.owner, "least": least}).Row(&many)
	return many, err
}

// load reads all of them, in the order of idx_clients_launch, which holds all that is asked for.
func (c *clients) load(ctx context.Context, db dbx.Builder, add func(key uint32, line []byte) error) error {
	var err error
	if c.state, err = stateOf(ctx, db); err != nil {
		return err
	}
	if err := db.NewQuery(newestClient).WithContext(ctx).Row(&c.last); err != nil {
		return err
	}
	var line []byte
	for after := ""; ; {
		var page []row
		err := db.NewQuery(`
			SELECT rowid AS key, email, full_name FROM clients INDEXED BY idx_clients_launch
			WHERE owner = {:owner} AND email > {:after} ORDER BY email LIMIT {:limit}`).
			WithContext(ctx).Bind(dbx.Params{"owner": c.owner, "after": after, "limit": pageSize}).All(&page)
		if err != nil {
			return err
		}
		for i := range page {
			r := &page[i]
			if after = r.Email; r.Key > c.last { // refresh finds it
				continue
			}
			line = lineOf(line[:0], r.Email, r.Name)
			if err := add(uint32(r.Key), line); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// newestClient is read by the end of the table. Numbers grow, but those of deleted newest rows come again; these are in changed.
const newestClient = `SELECT COALESCE(MAX(rowid), 0) FROM clients`

// refresh reads what has changed, and whoever is new.
func (c *clients) refresh(ctx context.Context, db dbx.Builder, t *texts) error {
	changes, err := c.changes(ctx, db, c.owner)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		places := make([]int64, len(changes))
		for i, change := range changes {
			if change.Place > math.MaxUint32 {
				return errStale
			}
			places[i] = change.Place
			t.replace(uint32(change.Place), nil)
		}
		err := c.read(ctx, db, `rowid IN (SELECT value FROM json_each({:places})) AND owner = {:owner}`,
			dbx.Params{"places": database.JSONArray(places)}, func(r *row) error {
				t.replace(uint32(r.Key), lineOf(nil, r.Email, r.Name))
				return nil
			})
		if err != nil {
			return err
		}
	}
	var newest int64
	if err := db.NewQuery(newestClient).WithContext(ctx).Row(&newest); err != nil {
		return err
	}
	if newest-c.last > mostNew || newest > math.MaxUint32 {
		return errStale
	}
	if newest < c.last { // the newest were deleted; their numbers come again
		c.last = newest
	}
	if newest > c.last {
		// The plus keeps SQLite from reading all clients of the owner: those of all owners that are new are fewer.
		err := c.read(ctx, db, `rowid > {:last} AND rowid <= {:newest} AND +owner = {:owner}`,
			dbx.Params{"last": c.last, "newest": newest}, func(r *row) error {
				key, line := uint32(r.Key), lineOf(nil, r.Email, r.Name)
				if _, known := t.changed[key]; known {
					t.replace(key, line)
					return nil
				}
				return t.add(key, line)
			})
		if err != nil {
			return err
		}
		c.last = newest
	}
	return nil
}

func (c *clients) read(ctx context.Context, db dbx.Builder, where string, params dbx.Params, each func(*row) error) error {
	params["owner"] = c.owner
	var found []row
	err := db.NewQuery(`SELECT rowid AS key, email, full_name FROM clients WHERE ` + where).
		WithContext(ctx).Bind(params).All(&found)
	if err != nil {
		return fmt.Errorf("read clients: %w", err)
	}
	for i := range found {
		if err := each(&found[i]); err != nil {
			return err
		}
	}
	return nil
}
