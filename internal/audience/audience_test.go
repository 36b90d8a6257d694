package audience

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	_ "modernc.org/sqlite"

	_ "gonets/migrations"
)

// template is a data folder with the schema of Gonets. Migrations run once: they take longer than most
// tests, and so long under the race detector that PocketBase's logger meets the settings in mid-change.
var template string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if template, err = os.MkdirTemp("", "gonets-audience-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(template)
	app := open(template)
	if err := errors.Join(app.Bootstrap(), app.RunAllMigrations()); err != nil {
		panic(err)
	}
	_, err = app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	if err := errors.Join(err, app.ResetBootstrapState()); err != nil {
		panic(err)
	}
	return m.Run()
}

// newApp starts an application with the schema of Gonets on a database of its own.
func newApp(t testing.TB) core.App {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"data.db", "auxiliary.db"} {
		raw, err := os.ReadFile(filepath.Join(template, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	app := open(folder)
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.ResetBootstrapState() })
	return app
}

func open(folder string) *core.BaseApp {
	return core.NewBaseApp(core.BaseAppConfig{
		DataDir: folder,
		DBConnect: func(path string) (*dbx.DB, error) {
			if filepath.Base(path) != "data.db" {
				return core.DefaultDBConnect(path)
			}
			return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"+
				"&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
		},
	})
}

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
