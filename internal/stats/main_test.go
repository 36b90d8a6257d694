package stats

import (
	"os"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	_ "gonets/migrations"
)

// template is a data folder with the whole schema, which every test gets a copy of.
var template string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonets-stats")
	if err != nil {
		panic(err)
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		panic(err)
	}
	if err := app.RunAllMigrations(); err != nil {
		panic(err)
	}
	if err := app.ResetBootstrapState(); err != nil {
		panic(err)
	}
	template = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

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
