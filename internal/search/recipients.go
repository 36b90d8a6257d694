package search

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// recipients are the recipients of a mailing: their addresses as they were mailed, and the names of their clients as they are
// now. Their keys are their numbers in the mailing.
type recipients struct {
	mailing string
	owner   string // of the mailing
	first   int64  // recipients.id of number 0
	state
}

// read reads recipients, with the names of their clients. It finds a client by the address that the recipient has, in
// the order of idx_clients_launch, in which a launch writes recipients, too.
func (m *recipients) read(ctx context.Context, db dbx.Builder, from, where string, params dbx.Params) ([]row, error) {
	params["owner"], params["first"], params["mailing"] = m.owner, m.first, m.mailing
	var found []row
	err := db.NewQuery(`
		SELECT r.id - {:first} AS key, r.client, r.email, c.id IS NOT NULL AS found, COALESCE(c.full_name, '') AS full_name
		FROM ` + from + `
		LEFT JOIN clients c ON c.owner = {:owner} AND c.email = r.email AND c.id = r.client
		WHERE ` + where).WithContext(ctx).Bind(params).All(&found)
	if err != nil {
		return nil, fmt.Errorf("read the recipients of mailing %s: %w", m.mailing, err)
	}
	missed := map[string][]*row{}
	var ids []string
	for i := range found {
		if r := &found[i]; !r.Found {
			ids = append(ids, r.Client)
			missed[r.Client] = append(missed[r.Client], r)
		}
	}
	if len(ids) == 0 {
		return found, nil
	}
	var moved []struct {
		ID   string `db:"id"`
		Name string `db:"full_name"`
	}
	err = db.NewQuery(`
		SELECT c.id, c.full_name FROM json_each({:ids}) j JOIN clients c ON c.id = j.value WHERE c.owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"ids": database.JSONArray(ids), "owner": m.owner}).All(&moved)
	if err != nil {
		return nil, fmt.Errorf("read the clients of mailing %s: %w", m.mailing, err)
	}
	for _, c := range moved {
		for _, r := range missed[c.ID] {
			r.Name = c.Name
		}
	}
	return found, nil
}

// many is by the number of those who were added when the mailing was launched.
func (m *recipients) many(ctx context.Context, db dbx.Builder, least int) (bool, error) {
	last, err := m.newest(ctx, db)
	return last >= int64(least), err
}

// newest is the number of the last recipient. Beyond it somebody is still adding rows.
func (m *recipients) newest(ctx context.Context, db dbx.Builder) (last int64, err error) {
	err = db.NewQuery(`SELECT COALESCE(MAX(last), 0) FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"mailing": m.mailing, "owner": m.owner}).Row(&last)
	return last, err
}

func (m *recipients) load(ctx context.Context, db dbx.Builder, add func(key uint32, line []byte) error) error {
	var err error
	if m.state, err = stateOf(ctx, db); err != nil {
		return err
	}
	err = db.NewQuery(`SELECT no << 32 FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"mailing": m.mailing, "owner": m.owner}).Row(&m.first)
	if err != nil {
		return err
	}
	return m.more(ctx, db, add)
}

// more reads those who were added since.
func (m *recipients) more(ctx context.Context, db dbx.Builder, add func(key uint32, line []byte) error) error {
	newest, err := m.newest(ctx, db)
	if err != nil {
		return err
	}
	var line []byte
	for m.last < newest {
		page, err := m.read(ctx, db, `recipients r`, `r.id > {:first} + {:last} AND r.id <= {:first} + {:newest} ORDER BY r.id LIMIT {:limit}`,
			dbx.Params{"last": m.last, "newest": newest, "limit": pageSize})
		if err != nil {
			return err
		}
		for i := range page {
			line = lineOf(line[:0], page[i].Email, page[i].Name)
			if err := add(uint32(page[i].Key), line); err != nil {
				return err
			}
			m.last = page[i].Key
		}
		if len(page) < pageSize {
			m.last = newest
		}
	}
	return nil
}

// refresh reads the new names, and whoever is new.
func (m *recipients) refresh(ctx context.Context, db dbx.Builder, t *texts) error {
	changes, err := m.changes(ctx, db, m.owner)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		ids := make([]string, len(changes))
		for i := range changes {
			ids[i] = changes[i].Client
		}
		if err := m.rename(ctx, db, t, ids); err != nil {
			return err
		}
	}
	newest, err := m.newest(ctx, db)
	if err != nil {
		return err
	}
	if newest-m.last > mostNew {
		return errStale
	}
	return m.more(ctx, db, t.add)
}

// rename reads the names of clients again. Their recipients are found by the addresses that they have or had; those of clients
// deleted long ago are known no more.
func (m *recipients) rename(ctx context.Context, db dbx.Builder, t *texts, clients []string) error {
	params := dbx.Params{"clients": database.JSONArray(clients)}
	var unknown bool
	err := db.NewQuery(`
		SELECT EXISTS (SELECT 1 FROM json_each({:clients}) j
			WHERE NOT EXISTS (SELECT 1 FROM clients WHERE id = j.value) AND NOT EXISTS (SELECT 1 FROM deleted_clients WHERE client = j.value))`).
		WithContext(ctx).Bind(params).Row(&unknown)
	if err != nil {
		return fmt.Errorf("look for deleted clients: %w", err)
	}
	if unknown {
		return errStale
	}
	found, err := m.read(ctx, db, `(
		SELECT c.id, c.email FROM json_each({:clients}) j JOIN clients c ON c.id = j.value
		UNION SELECT f.client, f.email FROM json_each({:clients}) j JOIN former_addresses f ON f.client = j.value
		UNION SELECT d.client, d.email FROM json_each({:clients}) j JOIN deleted_clients d ON d.client = j.value) a
		JOIN recipients r ON r.mailing = {:mailing} AND r.email = a.email AND r.client = a.id`, `TRUE`, params)
	if err != nil {
		return err
	}
	for i := range found {
		if key := found[i].Key; key > 0 && key <= m.last {
			t.replace(uint32(key), lineOf(nil, found[i].Email, found[i].Name))
		}
	}
	return nil
}
