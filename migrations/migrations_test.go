package migrations

import (
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
)

// TestEveryMigrationGoesDownAndUpAgain reverts each migration right after it was applied: the schema is the one
// before it. Then it reverts all of them together, which leaves what PocketBase makes itself.
func TestEveryMigrationGoesDownAndUpAgain(t *testing.T) {
	app := open(t, t.TempDir())
	bare := dump(t, app)
	before := bare
	for _, m := range core.AppMigrations.Items() {
		var one core.MigrationsList
		one.Add(m)
		runner := core.NewMigrationsRunner(app, one)
		up(t, runner, m.File)
		after := dump(t, app)
		if after == before {
			t.Errorf("%s changes nothing", m.File)
		}
		down(t, runner, 1)
		if t.Run(m.File, func(t *testing.T) { wantSame(t, before, dump(t, app)) }); t.Failed() {
			t.FailNow()
		}
		up(t, runner, m.File)
		if t.Run(m.File+" again", func(t *testing.T) { wantSame(t, after, dump(t, app)) }); t.Failed() {
			t.FailNow()
		}
		before = after
	}

	all := core.NewMigrationsRunner(app, core.AppMigrations)
	down(t, all, len(core.AppMigrations.Items()))
	wantSame(t, bare, dump(t, app))
	migrate(t, app)
	wantSame(t, before, dump(t, app))
}

func up(t *testing.T, runner *core.MigrationsRunner, file string) {
	t.Helper()
	if applied, err := runner.Up(); err != nil || !slices.Equal(applied, []string{file}) {
		t.Fatalf("up: %v (%v), want %s", applied, err, file)
	}
}

func down(t *testing.T, runner *core.MigrationsRunner, n int) {
	t.Helper()
	if reverted, err := runner.Down(n); err != nil || len(reverted) != n {
		t.Fatalf("down: %v (%v), want %d", reverted, err, n)
	}
}

func TestDeletedRowsLoseTheirStoredFiles(t *testing.T) {
	app := open(t, t.TempDir())
	migrate(t, app)
	for _, collection := range []string{"images", "messages", "imports", "mailings"} {
		for _, sql := range []string{
			`INSERT INTO ` + collection + ` (id) VALUES ('deleted'), ('kept')`,
			`INSERT INTO stored_files (collection, record, name, owner, bytes)
			VALUES ('` + collection + `', 'deleted', 'a.png', 'anna', 10), ('` + collection + `', 'kept', 'b.png', 'anna', 20)`,
			`DELETE FROM ` + collection + ` WHERE id = 'deleted'`,
		} {
			if _, err := app.NonconcurrentDB().NewQuery(sql).Execute(); err != nil {
				t.Fatal(err)
			}
		}
		left := query(t, app, `SELECT record FROM stored_files WHERE collection = '`+collection+`'`)
		if len(left) != 1 || left[0]["record"].String != "kept" {
			t.Errorf("%s: left are the files of %v", collection, left)
		}
	}
}
