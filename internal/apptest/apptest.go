// Package apptest gives tests an instance of Gonets: PocketBase on a real SQLite file with the whole schema.
package apptest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"gonets/internal/database"
	"gonets/internal/deadline"
	"gonets/internal/secret"
	_ "gonets/migrations"
)

// patience is how long a filter may take in tests of something else: a busy machine makes any of them slow.
const patience = time.Minute

// files are PocketBase's two databases with the whole schema, by name. Migrations run once a process: they take longer
// than most tests, and so long under the race detector that PocketBase's logger reads the settings while they change.
var files = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "gonets-apptest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	app := newApp(dir)
	for _, step := range []func() error{
		app.Bootstrap, app.RunAllMigrations, func() error { return prepare(app) }, func() error { return Close(app) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	made := map[string][]byte{}
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if made[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return made, nil
})

// prepare makes passwords cheap, which saves tests most of their time, and switches the log off: PocketBase writes it
// beside everything else, also while a test closes the databases.
func prepare(app core.App) error {
	for _, name := range []string{"users", core.CollectionNameSuperusers} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		c.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField).Cost = 4
		if err := app.Save(c); err != nil {
			return err
		}
	}
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	return err
}

func newApp(folder string) *core.BaseApp {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: folder, DBConnect: database.Connect})
	secret.Bind(app)
	deadline.Limit(app, patience)
	return app
}

// Folder returns a new data folder with the whole schema and no records.
func Folder(t testing.TB) string {
	t.Helper()
	made, err := files()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, raw := range made {
		if err := os.WriteFile(filepath.Join(folder, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Open opens a data folder until the test ends, as a process of its own would. A folder can be open more than once.
func Open(t testing.TB, folder string) core.App {
	t.Helper()
	app := newApp(folder)
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = Close(app) })
	return app
}

// Close closes an instance as PocketBase does at the end of its process. Closing the databases alone leaves its watcher
// of the data folder running, which looks at them whenever another instance changes that folder.
func Close(app core.App) error {
	return app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(*core.TerminateEvent) error {
		return app.ResetBootstrapState()
	})
}

// New opens an instance in a folder of its own.
func New(t testing.TB) core.App {
	t.Helper()
	return Open(t, Folder(t))
}

// NewTestApp opens an instance as PocketBase's own tests do, with a mailer that keeps what it is to send.
func NewTestApp(t testing.TB) *tests.TestApp {
	t.Helper()
	app, err := tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: Folder(t), DBConnect: database.Connect})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	deadline.Limit(app, patience)
	return app
}
