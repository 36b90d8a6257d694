package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/suppression"
)

// Cursor is up to where the recipients of a mailing have been added.
type Cursor struct {
	After string // the address of the last client read; "" at the start
	ID    int64  // the id that the next recipient gets
	// Since is the time, in Unix milliseconds, from which on a change of address may make a client appear twice: the
	// beginning of a launch, or 0 when the mailing has recipients already.
	Since int64
	found *found // the clients of the next chunk, if the filter was evaluated already
}

// found are the clients that match a filter.
type found struct {
	ids  string // a JSON array
	last string // the address up to which clients were read, as boundary returns it
	done bool
}

// Find evaluates the filter of the audience, if there is one, for the chunk that begins at the cursor, and returns the cursor
// to insert its clients from: so the filter runs without the write lock. The error is an *InvalidError when it takes too
// long.
func (s *Selection) Find(ctx context.Context, app core.App, at Cursor, limit int) (Cursor, error) {
	if s.filter == nil {
		return at, nil
	}
	err := s.inTime(ctx, app, func(ctx context.Context) error {
		db := app.ConcurrentDB()
		last, done, err := s.boundary(ctx, db, at.After, limit)
		if err != nil {
			return err
		}
		at.found, err = s.find(ctx, db, between(at.After, last, done))
		if err != nil {
			return fmt.Errorf("find the clients after %q: %w", at.After, err)
		}
		at.found.last, at.found.done = last, done
		return nil
	})
	return at, err
}

// FindMoved is Find for InsertMoved. It is called after the last chunk.
func (s *Selection) FindMoved(ctx context.Context, app core.App, at Cursor, since int64) (Cursor, error) {
	if s.filter == nil {
		return at, nil
	}
	err := s.inTime(ctx, app, func(ctx context.Context) (err error) {
		at.found, err = s.find(ctx, app.ConcurrentDB(), moved(since))
		if err != nil {
			return fmt.Errorf("find the clients who have moved: %w", err)
		}
		return nil
	})
	return at, err
}

// find returns the clients of a part who are in the audience. The result is one row, so that the end of the context
// interrupts the query at any time.
func (s *Selection) find(ctx context.Context, db dbx.Builder, of within) (*found, error) {
	params := of.params(s.owner)
	f := &found{}
	err := db.NewQuery(`
		SELECT json_group_array(id) FROM (SELECT c.id FROM clients c WHERE ` + of.where + ` AND ` + s.where(params) + `)`).
		WithContext(ctx).Bind(params).Row(&f.ids)
	return f, err
}

// whereFound is the condition that a client, named c, is in the part and the audience, without evaluating the filter again.
func (s *Selection) whereFound(of within, f *found, params dbx.Params) string {
	if f == nil {
		return of.where + ` AND ` + s.where(params)
	}
	params["found"] = f.ids
	return of.where + ` AND +c.id IN (SELECT value FROM json_each({:found})) AND ` + s.whereElse(params)
}

// Chunk is the result of one InsertChunk.
type Chunk struct {
	Next    Cursor // where the next chunk goes on
	Pending int    // recipients added who will be mailed
	Skipped int    // recipients added who must not be mailed, with the reason
	Done    bool   // there are no more
}

// InsertChunk adds the next recipients of a mailing to the table recipients: pending, or skipped with
// the reason of their suppression, with ids counting up from the cursor's. It reads no more than limit clients, so that the
// write lock is held for a bounded time however few of them match; 20 000 take less than 0.1 s. Go on with Next until Done.
//
// An existing recipient of the mailing is not changed, not counted and may leave a gap in the ids: so a chunk can be
// repeated, and extending a mailing adds the new clients. The same is true for a client that the mailing has under a former
// address. The order is that of idx_clients_launch and of recipients' own unique index.
func (s *Selection) InsertChunk(tx dbx.Builder, mailing string, at Cursor, limit int) (Chunk, error) {
	var last string
	var done bool
	if at.found != nil {
		last, done = at.found.last, at.found.done
	} else {
		var err error
		if last, done, err = s.boundary(context.Background(), tx, at.After, limit); err != nil {
			return Chunk{}, err
		}
	}
	chunk, err := s.insert(tx, mailing, at, between(at.After, last, done), limit)
	if err != nil {
		return Chunk{}, fmt.Errorf("add the recipients after %q: %w", at.After, err)
	}
	chunk.Next.After, chunk.Done = last, done
	return chunk, nil
}

// InsertMoved adds those clients of the audience whose address has changed since that time, in Unix milliseconds, and whom
// the mailing does not have under any of their addresses: between two chunks their address may have changed from one after
// the cursor to one before it. Before that, it updates the addresses of recipients from the id first on, because another
// client may have their former address now. It must be the last chunk of a mailing, in the transaction that makes it run.
// Nearly always it changes nothing.
func (s *Selection) InsertMoved(tx dbx.Builder, mailing string, at Cursor, first, since int64) (Chunk, error) {
	at.Since = since
	_, err := tx.NewQuery(readdressSQL).
		Bind(dbx.Params{"owner": s.owner, "mailing": mailing, "first": first, "since": since}).Execute()
	if err != nil {
		return Chunk{}, fmt.Errorf("give recipients their present addresses: %w", err)
	}
	chunk, err := s.insert(tx, mailing, at, moved(since), mostMoved)
	if err != nil {
		return Chunk{}, fmt.Errorf("add the recipients who have moved: %w", err)
	}
	chunk.Next.After, chunk.Done = at.After, true
	return chunk, nil
}

// readdressSQL updates changed addresses of recipients, unless the mailing has the new address already. It reads by
// idx_former_addresses_changed, the primary key of clients and the unique index of recipients.
const readdressSQL = `
UPDATE OR IGNORE recipients
SET email = (SELECT email FROM clients WHERE id = recipients.client)
WHERE id IN (
	SELECT +r.id
	FROM former_addresses f
	CROSS JOIN clients c ON c.id = f.client AND +c.owner = {:owner}
	CROSS JOIN recipients r ON r.mailing = {:mailing} AND r.email = f.email
	WHERE f.changed >= {:since} AND r.client = c.id AND +r.id >= {:first} AND r.state = 'pending' AND +r.email <> c.email
)`

// mostMoved bounds the ids that InsertMoved reads.
const mostMoved = 1 << 30

// within chooses the clients of one insertion: by a condition with the parameters owner, after, last and since. All addresses
// are after the address after, up to last.
type within struct {
	where, after, last string
	since              int64
}

// between are the clients of a chunk.
func between(after, last string, done bool) within {
	if done {
		// The last chunk needs a bound too: with a condition without one ("or there is no last"), SQLite would read to the
		// end of the owner's clients in every chunk.
		last = afterAll
	}
	return within{where: `c.owner = {:owner} AND c.email > {:after} AND c.email <= {:last}`, after: after, last: last}
}

// moved are the clients whose address has changed, by idx_former_addresses_changed and the primary key of clients.
func moved(since int64) within {
	return within{
		where: `+c.owner = {:owner} AND c.id IN (SELECT client FROM former_addresses WHERE changed >= {:since})`,
		last:  afterAll, since: since,
	}
}

func (w within) params(owner string) dbx.Params {
	return dbx.Params{"owner": owner, "after": w.after, "last": w.last, "since": w.since}
}

// insert adds clients and counts them. It uses at most most ids.
func (s *Selection) insert(tx dbx.Builder, mailing string, at Cursor, of within, most int) (Chunk, error) {
	chunk := Chunk{Next: Cursor{ID: at.ID, Since: at.Since}}
	if at.found != nil && at.found.ids == "[]" {
		return chunk, nil
	}
	insert, err := s.insertion(tx, mailing, at, of)
	if err != nil {
		return Chunk{}, err
	}
	res, err := insert.Execute()
	if err != nil {
		return Chunk{}, err
	}
	added, err := res.RowsAffected()
	if err != nil {
		return Chunk{}, err
	}
	if added == 0 {
		return chunk, nil
	}
	// Skipped recipients are read by idx_recipients_rare_state, whose condition must be repeated literally; the last id by
	// the primary key.
	err = tx.NewQuery(`
		SELECT
			(SELECT COUNT(*) FROM recipients WHERE mailing = {:mailing} AND state = 'skipped' AND id BETWEEN {:id} AND {:end}
				AND state <> 'pending' AND state <> 'sending' AND state <> 'sent'),
			COALESCE((SELECT id + 1 FROM recipients WHERE id BETWEEN {:id} AND {:end} ORDER BY id DESC LIMIT 1), {:id})`).
		Bind(dbx.Params{"id": at.ID, "end": at.ID + int64(max(most, maxPicked)), "mailing": mailing}).
		Row(&chunk.Skipped, &chunk.Next.ID)
	chunk.Pending = int(added) - chunk.Skipped
	return chunk, err
}

// insertion adds the clients of a part. It saves half of the work for most launches: the stop list is not read for each
// client when it names none of them, nor former addresses when none have changed; and when the table ends directly before
// the cursor, SQLite numbers the rows as needed.
func (s *Selection) insertion(tx dbx.Builder, mailing string, at Cursor, of within) (*dbx.Query, error) {
	params := of.params(s.owner)
	params["since"] = at.Since // of the launch, for formerlySQL
	var stopped, moved bool
	var end int64
	err := tx.NewQuery(`
		SELECT
			EXISTS (SELECT 1 FROM suppressions WHERE owner = {:owner} AND kind = 'domain')
			OR EXISTS (SELECT 1 FROM suppressions
				WHERE owner = {:owner} AND kind = 'address' AND value > {:after} AND value <= {:last}),
			EXISTS (SELECT 1 FROM former_addresses WHERE changed >= {:since}),
			COALESCE((SELECT MAX(id) FROM recipients), 0)`).
		Bind(params).Row(&stopped, &moved, &end)
	if err != nil {
		return nil, err
	}

	params["mailing"] = mailing
	reason := suppression.MirroredReasonSQL
	if stopped {
		reason = suppression.ReasonSQL
	}
	known := ""
	if moved {
		known = ` AND NOT ` + formerlySQL
	}
	column, number := "", ""
	if end != at.ID-1 {
		column, number = "id, ", "{:id} - 1 + row_number() OVER (ORDER BY email), "
		params["id"] = at.ID
	}
	return tx.NewQuery(`
		INSERT INTO recipients (` + column + `mailing, client, email, state, reason)
		SELECT ` + number + `{:mailing}, id, email, CASE WHEN reason = '' THEN 'pending' ELSE 'skipped' END, reason
		FROM (
			SELECT c.id, c.email, ` + reason + ` AS reason
			FROM clients c
			WHERE ` + s.whereFound(of, at.found, params) + known + `
		)
		WHERE TRUE
		ORDER BY email
		ON CONFLICT (mailing, email) DO NOTHING`).Bind(params), nil
}

// formerlySQL is the condition that a mailing has a client, named c, under an address that the client had before.
const formerlySQL = `EXISTS (
	SELECT 1 FROM former_addresses f CROSS JOIN recipients r ON r.mailing = {:mailing} AND r.email = f.email
	WHERE f.client = c.id AND r.client = c.id
)`

// afterAll sorts after every address.
const afterAll = "\U0010FFFF"

// boundary returns the address of the limit-th client after that one, or done when there are fewer.
func (s *Selection) boundary(ctx context.Context, db dbx.Builder, after string, limit int) (last string, done bool, err error) {
	if s.kind == Picked {
		return "", true, nil
	}
	var found []string
	err = db.NewQuery(`
		SELECT email FROM clients WHERE owner = {:owner} AND email > {:after}
		ORDER BY email LIMIT 1 OFFSET {:skip}`).
		Bind(dbx.Params{"owner": s.owner, "after": after, "skip": limit - 1}).
		WithContext(ctx).
		Column(&found)
	if err != nil {
		return "", false, fmt.Errorf("find the end of the chunk after %q: %w", after, err)
	}
	if len(found) == 0 {
		return "", true, nil
	}
	return found[0], false, nil
}
