// Package clienttest gives tests owners, clients and lists.
package clienttest

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Record saves a record. No hooks and rules apply, only the schema.
func Record(t testing.TB, app core.App, collection string, fields map[string]any) *core.Record {
	t.Helper()
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := app.Save(r); err != nil {
		t.Fatalf("save %s %v: %v", collection, fields, err)
	}
	return r
}

// Owner saves a user, without the cost of a password hash, and returns the id.
func Owner(t testing.TB, app core.App, email string) string {
	t.Helper()
	c, err := app.FindCachedCollectionByNameOrId("users")
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.SetEmail(email)
	r.SetVerified(true)
	r.Set("password:hash", "x")
	r.RefreshTokenKey()
	if err := app.SaveNoValidate(r); err != nil {
		t.Fatal(err)
	}
	return r.Id
}

// Client saves a client of the owner and returns the id.
func Client(t testing.TB, app core.App, owner, email string, more ...map[string]any) string {
	t.Helper()
	fields := map[string]any{"owner": owner, "email": email, "status": "active"}
	for _, m := range more {
		for k, v := range m {
			fields[k] = v
		}
	}
	return Record(t, app, "clients", fields).Id
}

// List saves a list with those clients, confirmed, and returns its id.
func List(t testing.TB, app core.App, owner string, clients ...string) string {
	t.Helper()
	list := Record(t, app, "lists", map[string]any{"owner": owner, "name": "list"}).Id
	for _, c := range clients {
		Subscribe(t, app, owner, list, c, "confirmed")
	}
	return list
}

// Subscribe puts a client on a list.
func Subscribe(t testing.TB, app core.App, owner, list, client, status string) {
	t.Helper()
	Record(t, app, "subscriptions", map[string]any{"owner": owner, "list": list, "client": client, "status": status})
}

// Status is what the clients' list shows of one.
func Status(t testing.TB, app core.App, owner, email string) (s string) {
	t.Helper()
	err := app.DB().NewQuery(`SELECT status FROM clients WHERE owner = {:owner} AND email = {:email}`).
		Bind(dbx.Params{"owner": owner, "email": email}).Row(&s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Fill adds n clients of the owner, named by number, half of them on the list.
func Fill(t testing.TB, app core.App, owner, list string, n int) {
	t.Helper()
	for _, sql := range []string{
		`INSERT INTO clients (id, owner, email, full_name, comment, attributes, status, created, updated)
		 WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {:n})
		 SELECT printf('c%014d', i), {:owner}, printf('%08x@example%d.com', (i * 2654435761) & 4294967295, i % 100), 'Name ' || i, '',
			json_object('city', CASE i % 10 WHEN 0 THEN 'Москва' ELSE 'Тула' END, 'age', i % 80), 'active', datetime(), datetime() FROM k`,
		`INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
		 SELECT 's' || substr(id, 2), owner, {:list}, id, 'confirmed', created, updated FROM clients WHERE owner = {:owner} AND substr(id, -1) IN ('0', '2', '4', '6', '8')`,
	} {
		if _, err := app.NonconcurrentDB().NewQuery(sql).Bind(dbx.Params{"n": n, "owner": owner, "list": list}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
}

// Seeks fails unless the plan of a query contains one of the texts, which names an index or how one is used. A missing
// index seek does not show in a test with few rows: an import of 100 000 clients would take an hour.
func Seeks(t testing.TB, app core.App, sql string, params dbx.Params, texts ...string) {
	t.Helper()
	var steps []struct {
		Detail string `db:"detail"`
	}
	if err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + sql).Bind(params).All(&steps); err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for _, s := range steps {
		plan.WriteString(s.Detail + "\n")
	}
	if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(plan.String(), text) }) {
		t.Errorf("none of %q in\n%s", texts, plan.String())
	}
}
