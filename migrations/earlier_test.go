package migrations

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// The databases in testdata were made by the programs of two earlier commits: a superuser, a user, a sender with a
// password, a list with a client, a suppression, a message, and a mailing that was launched.
const (
	complete = "testdata/earlier_complete.db.gz" // commit 76d8555: all of the earlier migrations
	partial  = "testdata/earlier_partial.db.gz"  // commit 962e4ab: the first 23 of them
)

// folder returns a data folder with a database from testdata.
func folder(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts an instance of Gonets on a data folder.
func start(t *testing.T, dir string) (core.App, error) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: database.Connect})
	t.Cleanup(func() { _ = app.ResetBootstrapState() })
	Bind(app)
	if err := app.Bootstrap(); err != nil {
		return app, err
	}
	return app, app.RunAllMigrations()
}

// execute runs SQL on the database of a folder that no instance has open.
func execute(t *testing.T, dir, sql string) {
	t.Helper()
	db, err := database.Connect(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.NewQuery(sql).Execute(); err != nil {
		t.Fatal(err)
	}
}

func appliedFiles(t *testing.T, app core.App) []string {
	t.Helper()
	var files []string
	for _, row := range query(t, app, `SELECT file FROM _migrations ORDER BY file`) {
		files = append(files, row["file"].String)
	}
	return files
}

// cutRows divides a dump into the schema with the settings, and the rows.
func cutRows(dump string) (schema, rows string) {
	i := max(strings.Index(dump, "# row of "), 0)
	return dump[:i], dump[i:]
}

// filled leaves out the columns without a value, and those that later migrations add and fill.
func filled(rows string) string {
	added := []string{"return_key", "soft_bounces", "pause_bounce_percent", "pause_complaint_percent", "bounced", "complained", "number", "transactional_quota", "off", "public", "archive_noindex"}
	var b strings.Builder
	for line := range strings.Lines(rows) {
		column, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.HasPrefix(line, "#") || strings.TrimSpace(value) != "" && !slices.Contains(added, column) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// moved has the rows as the migrations after the earlier ones keep them, in any order: secrets are in another table now, and clients are counted.
func moved(rows string) string {
	rows = regexp.MustCompile(`(?m)^# row of sender_secrets\n([^#]*)^sender: `).ReplaceAllString(rows, "# row of record_secrets\ncollection: senders\n${1}record: ")
	blocks := strings.Split(rows, "# row of ")
	for i, block := range blocks {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		slices.Sort(lines[min(1, len(lines)):])
		blocks[i] = strings.Join(lines, "\n")
	}
	blocks = slices.DeleteFunc(blocks, func(block string) bool { return strings.HasPrefix(block, "client_counts\n") }) // counted anew
	slices.Sort(blocks)
	return strings.Join(blocks, "\n# row of ")
}

func TestAFolderWithAllEarlierMigrationsIsTaken(t *testing.T) {
	dir := folder(t, complete)
	before := open(t, dir)
	_, rows := cutRows(dump(t, before))
	if err := before.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}

	app, err := start(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := start(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	schema, kept := cutRows(dump(t, app))
	want, _ := cutRows(dump(t, fresh))
	wantSame(t, want, schema)
	wantSame(t, moved(filled(rows)), moved(filled(kept)))
	if got, want := appliedFiles(t, app), appliedFiles(t, fresh); !slices.Equal(got, want) {
		t.Errorf("recorded as applied: %v, want %v", got, want)
	}

	t.Run("and again", func(t *testing.T) {
		again, err := start(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		_, kept := cutRows(dump(t, again))
		wantSame(t, moved(filled(rows)), moved(filled(kept)))
	})
	t.Run("and can be reverted", func(t *testing.T) {
		runner := core.NewMigrationsRunner(app, core.AppMigrations)
		down(t, runner, len(core.AppMigrations.Items()))
		migrate(t, app)
		schema, _ := cutRows(dump(t, app))
		wantSame(t, want, schema)
	})
}

// TestLaterMigrationsAreKept has a migration that was applied after the earlier ones, as "go run" adds one for a
// change in the admin UI.
func TestLaterMigrationsAreKept(t *testing.T) {
	dir := folder(t, complete)
	execute(t, dir, `INSERT INTO _migrations (file, applied) VALUES ('1799000000_own.go', 1799000000000000)`)
	app, err := start(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(appliedFiles(t, app), "1799000000_own.go") {
		t.Error("the later migration is forgotten")
	}
}

func TestAFolderWithSomeEarlierMigrationsIsRefusedUntouched(t *testing.T) {
	for name, c := range map[string]struct{ database, sql string }{
		"made by an earlier commit": {partial, ``},
		"the last one is missing":   {complete, `DELETE FROM _migrations WHERE file = '1764000097_sender_secrets.go'`},
		"only the first one":        {complete, `DELETE FROM _migrations WHERE file BETWEEN '1764000002' AND '1764001'`},
		"not started since the last one": {
			complete, `INSERT INTO sender_secrets (sender, name, value) VALUES ('', 'moved', '')`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, c.database)
			if c.sql != "" {
				execute(t, dir, c.sql)
			}
			before, err := os.ReadFile(filepath.Join(dir, "data.db"))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := start(t, dir)
				if !errors.Is(err, errEarlier) || !strings.Contains(err.Error(), "start it once with the version of commit "+lastEarlier) {
					t.Errorf("started: %v", err)
				}
			}
			after, err := os.ReadFile(filepath.Join(dir, "data.db"))
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the database was changed (%v)", err)
			}
			if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
				t.Errorf("the folder has %v (%v), want data.db only", files, err)
			}
		})
	}
}

func TestTheMergedMigrationsAreThoseOfTheGoldenSchema(t *testing.T) {
	merged := 0
	for _, m := range core.AppMigrations.Items() {
		if slices.Contains(earlier, m.File) {
			t.Errorf("%s has the name of an earlier migration", m.File)
		}
		if m.File <= lastMerged {
			merged++
		}
	}
	if merged != 15 {
		t.Errorf("%d migrations count as merged, want 15: a new migration needs a higher number than %s", merged, lastMerged)
	}
}
