package clienttest

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"
)

// newRecord saves a record past all hooks' and rules' opinions but the schema's.
func newRecord(t testing.TB, app core.App, collection string, fields map[string]any) *core.Record {
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

// newOwner saves a user, without the cost of a password hash, and returns the id.
func newOwner(t testing.TB, app core.App, email string) string {
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

// newClient saves a client of the owner and returns the id.
func newClient(t testing.TB, app core.App, owner, email string, more ...map[string]any) string {
	t.Helper()
	fields := map[string]any{"owner": owner, "email": email, "status": "active"}
	for _, m := range more {
		for k, v := range m {
			fields[k] = v
		}
	}
	return newRecord(t, app, "clients", fields).Id
}

// newList saves a list with those clients, confirmed, and returns its id.
func newList(t testing.TB, app core.App, owner string, clients ...string) string {
	t.Helper()
	list := newRecord(t, app, "lists", map[string]any{"owner": owner, "name": "list"}).Id
	for _, c := range clients {
		subscribe(t, app, owner, list, c, "confirmed")
	}
	return list
}

func subscribe(t testing.TB, app core.App, owner, list, client, status string) {
	t.Helper()
	newRecord(t, app, "subscriptions", map[string]any{"owner": owner, "list": list, "client": client, "status": status})
}
