package migrations

import (
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

// tables are the names of all tables but PocketBase's own.
func tables(t *testing.T, app core.App) []string {
	t.Helper()
	var names []string
	err := app.DB().NewQuery(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\_%' ESCAPE '\' AND name NOT LIKE 'sqlite_%' ORDER BY name`).Column(&names)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)

	up := tables(t, app)
	for _, name := range []string{"clients", "lists", "subscriptions", "filters", "suppressions", "messages", "images", "senders", "mailings", "attempts", "imports", "instance"} {
		if !slices.Contains(up, name) {
			t.Errorf("%s is not there", name)
		}
	}
	if _, err := core.NewMigrationsRunner(app, core.AppMigrations).Down(len(core.AppMigrations.Items())); err != nil {
		t.Fatalf("down: %v", err)
	}
	if down := tables(t, app); !slices.Equal(down, []string{"users"}) {
		t.Errorf("left behind: %v", down)
	}
	if _, err := core.NewMigrationsRunner(app, core.AppMigrations).Up(); err != nil {
		t.Fatalf("up again: %v", err)
	}
	if again := tables(t, app); !slices.Equal(again, up) {
		t.Errorf("got %v, want %v", again, up)
	}
}
