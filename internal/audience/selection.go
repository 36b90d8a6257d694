package audience

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Selection is an audience as SQL over the owner's clients. It holds no snapshot: every use of it
// sees the clients as they are then.
type Selection struct {
	owner    string
	kind     string
	lists    []string
	filtered bool
	match    dbx.Expression // over clients, named c; nil lets every client of the owner through
}

// Query turns the audience into SQL. The error is an *InvalidError for a filter that cannot be read
// and for an unknown kind. It does not look whether the lists and clients are the owner's (Check does):
// another's select nobody.
func (a Audience) Query(_ core.App, owner string) (*Selection, error) {
	s := &Selection{owner: owner, kind: a.Kind, lists: a.Lists}
	switch a.Kind {
	case Picked:
		s.match = dbx.NewExp(`c.id IN (SELECT value FROM json_each({:picked}))`, dbx.Params{"picked": jsonArray(a.Recipients)})
		return s, nil
	case Everyone, Lists:
	default:
		return nil, &InvalidError{"audience", "unknown_audience", "an audience is everyone, lists or picked"}
	}

	filter, err := buildFilter(a.Filter)
	if err != nil {
		if wrong, ok := err.(*FilterError); ok {
			return nil, &InvalidError{"filter", wrong.Code, wrong.Detail}
		}
		return nil, err
	}
	s.filtered = filter != nil
	s.match = filter
	if a.Kind == Lists {
		s.match = dbx.And(filter, onLists(a.Lists))
	}
	return s, nil
}

// onLists is the condition that a client, named c, is on one of the lists. It is answered by
// idx_subscriptions_client alone.
func onLists(lists []string) dbx.Expression {
	params := dbx.Params{}
	return dbx.NewExp(`EXISTS (
		SELECT 1 FROM subscriptions s
		WHERE s.client = c.id AND s.list IN (`+placeholders("list", lists, params)+`) AND s.status = 'confirmed'
	)`, params)
}

// placeholders binds the values as name0, name1… and returns what goes between the parentheses of IN.
// SQLite plans it better than a sub-query over JSON.
func placeholders(name string, values []string, params dbx.Params) string {
	names := make([]string, len(values))
	for i, value := range values {
		key := fmt.Sprintf("%s%d", name, i)
		names[i], params[key] = "{:"+key+"}", value
	}
	return strings.Join(names, ", ")
}

// suppressionSQL is the reason why a client, named c, must not be mailed, and ” for one who may be.
// suppressions is the truth and clients.status its mirror; the mirror alone knows of erased addresses,
// whose keyed hash SQL cannot compute. Both sets of suppressions are read once a statement, the first
// of them between {:after} and {:last} only, so that a client who is on none costs two look-ups in
// memory.
const suppressionSQL = `CASE
	WHEN c.email IN (
		SELECT value FROM suppressions
		WHERE owner = {:owner} AND kind = 'address' AND value > {:after} AND value <= {:last}
	) THEN (SELECT reason FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = c.email)
	WHEN substr(c.email, instr(c.email, '@') + 1) IN (
		SELECT value FROM suppressions WHERE owner = {:owner} AND kind = 'domain'
	) THEN (SELECT reason FROM suppressions WHERE owner = {:owner} AND kind = 'domain' AND value = substr(c.email, instr(c.email, '@') + 1))
	WHEN c.status NOT IN ('', 'active') THEN c.status
	ELSE ''
END`

// Cursor is how far the recipients of a mailing have been added.
type Cursor struct {
	After string // the address of the last client looked at; "" at the start
	ID    int64  // the id that the next recipient gets
}

// Chunk is what one InsertChunk did.
type Chunk struct {
	Next    Cursor // where the next chunk goes on
	Pending int    // recipients added who are to be mailed
	Skipped int    // recipients added who must not be, with the reason
	Done    bool   // there are no more
}

// InsertChunk adds the next recipients of a mailing to the table recipients: pending, or skipped with
// the reason of their suppression, their ids counting up from the cursor's. It looks at no more than
// limit clients, so that the write lock is held for a bounded time however few of them match; 20 000
// take about 0.1 s. Go on with Next until Done.
//
// A recipient that the mailing already has stays as it is, is not counted and leaves a gap in the ids:
// so a chunk can be repeated, and extending a mailing adds those who are new. The order is that of
// idx_clients_launch and of recipients' own unique index.
func (s *Selection) InsertChunk(tx dbx.Builder, mailing string, at Cursor, limit int) (Chunk, error) {
	last, done, err := s.boundary(tx, at.After, limit)
	if err != nil {
		return Chunk{}, err
	}

	params := dbx.Params{"mailing": mailing, "id": at.ID, "owner": s.owner, "after": at.After, "last": last}
	if done {
		// A bound all the same: with a condition that has none ("or there is no last"), SQLite would
		// read on to the end of the owner's clients in every chunk.
		params["last"] = afterAll
	}
	res, err := tx.NewQuery(`
		INSERT INTO recipients (id, mailing, client, email, state, reason)
		SELECT {:id} - 1 + row_number() OVER (ORDER BY email),
			{:mailing}, id, email, CASE WHEN reason = '' THEN 'pending' ELSE 'skipped' END, reason
		FROM (
			SELECT c.id, c.email, ` + suppressionSQL + ` AS reason
			FROM clients c
			WHERE c.owner = {:owner} AND c.email > {:after} AND c.email <= {:last} AND ` + s.where(params) + `
		)
		WHERE TRUE
		ORDER BY email
		ON CONFLICT (mailing, email) DO NOTHING`).
		Bind(params).
		Execute()
	if err != nil {
		return Chunk{}, fmt.Errorf("add the recipients after %q: %w", at.After, err)
	}
	added, err := res.RowsAffected()
	if err != nil {
		return Chunk{}, fmt.Errorf("count the recipients after %q: %w", at.After, err)
	}

	chunk := Chunk{Next: Cursor{After: last}, Done: done}
	// The skipped ones by idx_recipients_rare_state, whose condition stands here word by word; the last
	// id by the primary key.
	err = tx.NewQuery(`
		SELECT
			(SELECT COUNT(*) FROM recipients WHERE mailing = {:mailing} AND state = 'skipped' AND id BETWEEN {:id} AND {:end}
				AND state <> 'pending' AND state <> 'sending' AND state <> 'sent'),
			COALESCE((SELECT id + 1 FROM recipients WHERE id BETWEEN {:id} AND {:end} ORDER BY id DESC LIMIT 1), {:id})`).
		Bind(dbx.Params{"id": at.ID, "end": at.ID + int64(max(limit, MaxPicked)), "mailing": mailing}).
		Row(&chunk.Skipped, &chunk.Next.ID)
	if err != nil {
		return Chunk{}, fmt.Errorf("count the recipients after %q: %w", at.After, err)
	}
	chunk.Pending = int(added) - chunk.Skipped
	return chunk, nil
}

// afterAll sorts behind every address.
const afterAll = "\U0010FFFF"

// boundary returns the address of the limit-th client after that one, or done when there are fewer.
func (s *Selection) boundary(db dbx.Builder, after string, limit int) (last string, done bool, err error) {
	if s.kind == Picked {
		return "", true, nil
	}
	var found []string
	err = db.NewQuery(`
		SELECT email FROM clients WHERE owner = {:owner} AND email > {:after}
		ORDER BY email LIMIT 1 OFFSET {:skip}`).
		Bind(dbx.Params{"owner": s.owner, "after": after, "skip": limit - 1}).
		Column(&found)
	if err != nil {
		return "", false, fmt.Errorf("find the end of the chunk after %q: %w", after, err)
	}
	if len(found) == 0 {
		return "", true, nil
	}
	return found[0], false, nil
}

// where writes the condition of the audience as SQL and adds its parameters.
func (s *Selection) where(params dbx.Params) string {
	if s.match == nil {
		return "TRUE"
	}
	// Only expressions that quote names themselves need the *dbx.DB; there are none among ours.
	return "(" + s.match.Build(nil, params) + ")"
}

func jsonArray(values []string) string {
	if values == nil {
		values = []string{}
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(encoded)
}
