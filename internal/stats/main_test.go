package stats

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"gonets/internal/apptest"
	_ "gonets/migrations"
)

// template is a data folder with the whole schema and the users of newWorld, which every test gets
// a copy of: passwords are slow to make.
var template string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonets-stats")
	if err != nil {
		panic(err)
	}
	if err := prepare(dir); err != nil {
		panic(err)
	}
	template = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func prepare(dir string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	for name, role := range map[string]string{"anna": "owner", "boris": "owner", "maria": "manager", "root": ""} {
		collection := "users"
		if role == "" {
			collection = core.CollectionNameSuperusers
		}
		_, err := save(app, collection, map[string]any{
			"id": pad(name), "email": name + "@example.org", "password": "password for tests", "verified": true, "role": role,
		})
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
	}
	return apptest.Close(app)
}

func save(app core.App, collection string, fields map[string]any) (*core.Record, error) {
	c, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(c)
	r.Load(fields)
	return r, app.Save(r)
}

// pad makes an id of fifteen characters.
func pad(name string) string { return (name + strings.Repeat("0", 15))[:15] }

// newApp returns an application with an empty database.
func newApp(tb testing.TB) *tests.TestApp {
	tb.Helper()
	app, err := tests.NewTestApp(template)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(app.Cleanup)
	return app
}
