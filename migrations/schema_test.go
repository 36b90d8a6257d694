package migrations

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

var update = flag.Bool("update", false, "write the golden file of the schema")

const goldenFile = "testdata/schema.golden"

// TestTheSchemaIsTheGoldenOne compares the schema of a new data folder with the golden file. After an intended
// change run "go test ./migrations -update" and read the difference.
func TestTheSchemaIsTheGoldenOne(t *testing.T) {
	app := open(t, t.TempDir())
	migrate(t, app)
	got := dump(t, app)
	if *update {
		if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, string(want), got)
}

// open opens a data folder without the migrations of this package.
func open(t *testing.T, folder string) core.App {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: folder, DBConnect: database.Connect})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.ResetBootstrapState() })
	return app
}

func migrate(t *testing.T, app core.App) {
	t.Helper()
	if err := app.RunAllMigrations(); err != nil {
		t.Fatal(err)
	}
}

// wantSame compares two dumps and reports the lines that only one of them has.
func wantSame(t *testing.T, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	t.Error("the schema differs")
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	section := ""
	for _, line := range a {
		if strings.HasPrefix(line, "# ") {
			section = line
		}
		if !slices.Contains(b, line) {
			t.Errorf("%s: missing: %s", section, line)
		}
	}
	for _, line := range b {
		if strings.HasPrefix(line, "# ") {
			section = line
		}
		if !slices.Contains(a, line) {
			t.Errorf("%s: unwanted: %s", section, line)
		}
	}
}

// dump describes the schema and what the migrations wrote as text: collections, tables, indexes, triggers, views,
// settings and rows.
//
// It leaves out what differs from one data folder to the next, or cannot be seen: ids, times and secrets that were
// made at random or from the clock, the physical order of the columns of a collection's table, the order in which
// tables, indexes and triggers were created, and white space and comments inside SQL.
func dump(t *testing.T, app core.App) string {
	t.Helper()
	var b strings.Builder
	dumpCollections(t, app, &b)
	dumpAddedFields(t, app, &b)
	dumpTables(t, app, &b)
	dumpSettings(t, app, &b)
	dumpRows(t, app, &b)
	return b.String()
}

var randomSecret = regexp.MustCompile(`("secret":)"[^"]+"`)

// dumpCollections writes the collections that are not PocketBase's own, in the order in which they were added.
func dumpCollections(t *testing.T, app core.App, b *strings.Builder) {
	t.Helper()
	columns := []string{
		"id", "type", "name", "system", "listRule", "viewRule", "createRule", "updateRule", "deleteRule", "fields", "indexes", "options",
	}
	for _, row := range query(t, app, `SELECT * FROM _collections WHERE NOT system ORDER BY rowid`) {
		fmt.Fprintf(b, "# collection %s\n", row["name"].String)
		for _, column := range columns {
			value := row[column]
			switch {
			case !value.Valid:
				fmt.Fprintf(b, "%s: null\n", column)
			case strings.HasPrefix(value.String, "[") || strings.HasPrefix(value.String, "{"):
				fmt.Fprintf(b, "%s: %s\n", column, lines(t, randomSecret.ReplaceAllString(value.String, `$1"*"`)))
			default:
				fmt.Fprintf(b, "%s: %s\n", column, value.String)
			}
		}
	}
}

// dumpAddedFields writes the fields that PocketBase's own collections have got.
func dumpAddedFields(t *testing.T, app core.App, b *strings.Builder) {
	t.Helper()
	for _, row := range query(t, app, `
		SELECT c.name AS collection, f.value AS field FROM _collections c, json_each(c.fields) f
		WHERE c.system AND NOT json_extract(f.value, '$.system') ORDER BY c.name, f.id`) {
		fmt.Fprintf(b, "# field of %s\n%s\n", row["collection"].String, lines(t, row["field"].String))
	}
}

// dumpTables writes what SQLite holds, but for what is PocketBase's own.
func dumpTables(t *testing.T, app core.App, b *strings.Builder) {
	t.Helper()
	for _, row := range query(t, app, `
		SELECT type, name, tbl_name, sql FROM sqlite_master
		WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name NOT LIKE '\_%' ESCAPE '\'
		ORDER BY tbl_name, type = 'table' DESC, type, name`) {
		kind, name := row["type"].String, row["name"].String
		fmt.Fprintf(b, "# %s %s on %s\n", kind, name, row["tbl_name"].String)
		if _, err := app.FindCollectionByNameOrId(name); kind != "table" || err != nil {
			fmt.Fprintln(b, plain(row["sql"].String))
			continue
		}
		for _, c := range query(t, app, `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo('`+name+`') ORDER BY name`) {
			fmt.Fprintf(b, "%s %s notnull=%s default=%s key=%s\n",
				c["name"].String, c["type"].String, c["notnull"].String, c["dflt_value"].String, c["pk"].String)
		}
	}
}

var (
	sqlComment = regexp.MustCompile(`--[^\n]*`)
	sqlSpace   = regexp.MustCompile(`\s+`)
)

// plain is SQL without comments and with single spaces.
func plain(sql string) string {
	sql = sqlSpace.ReplaceAllString(sqlComment.ReplaceAllString(sql, ""), " ")
	return strings.NewReplacer("( ", "(", " )", ")", " ,", ",").Replace(sql)
}

func dumpSettings(t *testing.T, app core.App, b *strings.Builder) {
	t.Helper()
	for _, row := range query(t, app, `SELECT id, value FROM _params ORDER BY id`) {
		fmt.Fprintf(b, "# parameter %s\n%s\n", row["id"].String, lines(t, row["value"].String))
	}
}

// dumpRows writes the rows of all tables that are not PocketBase's own.
func dumpRows(t *testing.T, app core.App, b *strings.Builder) {
	t.Helper()
	made := []string{"id", "created", "updated", "instance", "return_key"}
	for _, table := range query(t, app, `
		SELECT name FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE '\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`) {
		name := table["name"].String
		for _, row := range query(t, app, "SELECT * FROM `"+name+"`") {
			fmt.Fprintf(b, "# row of %s\n", name)
			columns := make([]string, 0, len(row))
			for column := range row {
				columns = append(columns, column)
			}
			slices.Sort(columns)
			for _, column := range columns {
				value := row[column].String
				if slices.Contains(made, column) && len(value) > 1 {
					value = fmt.Sprintf("(%d characters)", len(value))
				}
				fmt.Fprintf(b, "%s: %s\n", column, value)
			}
		}
	}
}

// lines writes a JSON array or object with one element on each line.
func lines(t *testing.T, raw string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(raw))
	open, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n", open)
	for d.More() {
		if open == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  %q: ", key)
		} else {
			b.WriteString("  ")
		}
		var element json.RawMessage
		if err := d.Decode(&element); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", element)
	}
	return b.String()
}

func query(t *testing.T, app core.App, sql string) []dbx.NullStringMap {
	t.Helper()
	var rows []dbx.NullStringMap
	if err := app.NonconcurrentDB().NewQuery(sql).All(&rows); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}
