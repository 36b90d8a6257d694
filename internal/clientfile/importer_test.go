package clientfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

func writeFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clients.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// waitFor waits until the import has that status and returns its record.
func waitFor(t testing.TB, app core.App, id, status string) *core.Record {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		r, err := app.FindRecordById("imports", id)
		if err != nil {
			t.Fatal(err)
		}
		if r.GetString("status") == status {
			return r
		}
		if time.Now().After(deadline) {
			t.Fatalf("the import is %s (%s), not %s", r.GetString("status"), r.GetString("error"), status)
		}
	}
}

func reserve(t testing.TB, im *Importer, owner string) *Place {
	t.Helper()
	place, err := im.Reserve(owner)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func TestNobodysImportsKeepOthersWaiting(t *testing.T) {
	app := apptest.New(t)
	one, other := clienttest.Owner(t, app, "one@example.com"), clienttest.Owner(t, app, "other@example.com")
	im := NewImporter(app)
	defer im.Stop()
	release, ok := im.owners.TryLock(one) // as an import does that never ends
	if !ok {
		t.Fatal("the lock is held")
	}
	submit := func(owner string) *core.Record {
		t.Helper()
		r, err := im.Submit(reserve(t, im, owner), writeFile(t, "email\nivan@example.com\n"), "x.csv", ImportOptions{Owner: owner})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	uploading := reserve(t, im, one)
	waiting := []*core.Record{submit(one), submit(one)}
	if _, err := im.Reserve(one); !errors.Is(err, errTooManyImports) {
		t.Errorf("a fourth import: %v", err)
	}
	waitFor(t, app, submit(other).Id, importCompleted)
	if _, err := im.Undo(waiting[0]); !errors.Is(err, ErrBusy) {
		t.Errorf("undone while another import of the owner runs: %v", err)
	}
	for _, r := range waiting {
		waitFor(t, app, r.Id, importQueued)
	}
	uploading.Release()
	uploading.Release()
	again := reserve(t, im, one)
	if _, err := im.Reserve(one); err == nil {
		t.Error("releasing twice gives two places back")
	}
	again.Release()
	release()
	for _, r := range waiting {
		waitFor(t, app, r.Id, importCompleted)
		reserve(t, im, one) // whoever reads that an import is over may begin the next
	}
}

func TestSubmittedImportKeepsItsRecord(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	im := NewImporter(app)
	defer im.Stop()
	path := writeFile(t, "email;имя\nivan@example.com;Иван\nbroken;x\n")
	queued, err := im.Submit(reserve(t, im, owner), path, "клиенты.csv", ImportOptions{Owner: owner})
	if err != nil || queued.GetString("status") != importQueued {
		t.Fatal(queued, err)
	}
	r := waitFor(t, app, queued.Id, importCompleted)
	if r.GetInt("total") != 2 || r.GetInt("added") != 1 || r.GetInt("invalid") != 1 || r.GetString("report") == "" || r.GetString("file_name") != "клиенты.csv" {
		t.Errorf("%v", r.PublicExport())
	}
	options := OptionsOf(r)
	if options.OnConflict != Fill || options.Encoding != "utf-8" || options.Delimiter != ";" || len(options.Columns) != 2 || options.Columns[1].Field != "full_name" {
		t.Errorf("%+v", options)
	}
	im.Stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestFailedImportSaysWhy(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	im := NewImporter(app)
	defer im.Stop()
	queued, err := im.Submit(reserve(t, im, owner), writeFile(t, "name\nIvan\n"), "x.csv", ImportOptions{Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	if r := waitFor(t, app, queued.Id, importFailed); r.GetString("error") != "no column of the file has e-mail addresses in it" {
		t.Errorf("%q", r.GetString("error"))
	}

	im.Stop()
	late, err := im.Submit(reserve(t, im, owner), writeFile(t, "email\nivan@example.com\n"), "x.csv", ImportOptions{Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, app, late.Id, importFailed)
}

func TestLeftOverImportsFail(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	add := func(status, process, updated string) string {
		r := clienttest.Record(t, app, "imports", map[string]any{
			"owner": owner, "status": status, "options": RecordOptions{Process: process}, "total": 7,
		})
		if updated != "" {
			if _, err := app.DB().NewQuery(`UPDATE imports SET updated = {:u} WHERE id = {:id}`).Bind(dbx.Params{"u": updated, "id": r.Id}).Execute(); err != nil {
				t.Fatal(err)
			}
		}
		return r.Id
	}
	const long = "2020-01-01 00:00:00.000Z"
	for id, want := range map[string]string{
		add(importQueued, "serve", ""):      importFailed,
		add(importRunning, "serve", ""):     importFailed,
		add(importRunning, "command", ""):   importRunning,
		add(importRunning, "command", long): importFailed,
		add(importCompleted, "serve", long): importCompleted,
	} {
		defer func() {
			r, err := app.FindRecordById("imports", id)
			if err != nil || r.GetString("status") != want || want == importFailed && r.GetString("error") == "" {
				t.Errorf("%s, want %s: %q", r.GetString("status"), want, r.GetString("error"))
			}
		}()
	}
	if err := FailLeftOver(app); err != nil {
		t.Fatal(err)
	}
}

func TestUndoTakesAnImportBack(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Client(t, app, owner, "known@example.com", map[string]any{"full_name": "Known", "attributes": `{"a":1}`})
	clienttest.Client(t, app, owner, "edited@example.com", map[string]any{"attributes": `{}`})
	untouched := clienttest.Client(t, app, owner, "untouched@example.com", map[string]any{"attributes": `{}`})
	before := clientLines(t, app, owner)
	list := clienttest.List(t, app, owner)
	im := NewImporter(app)

	_, record, err := im.Run(context.Background(), writeFile(t, "email,name,b\n"+
		"known@example.com,Other,2\nedited@example.com,Import,\nuntouched@example.com,,\n"+
		"new@example.com,New,\nmailed@example.com,Mailed,\npicked@example.com,Picked,\nchanged@example.com,Changed,\n"),
		"x.csv", ImportOptions{Owner: owner, List: list, Conflict: Overwrite}, func(ImportResult) {})
	if err != nil {
		t.Fatal(err)
	}
	find := func(email string) *core.Record {
		t.Helper()
		r, err := app.FindFirstRecordByFilter("clients", "owner = {:o} && email = {:e}", dbx.Params{"o": owner, "e": email})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	time.Sleep(2 * time.Millisecond) // updated has milliseconds
	for _, email := range []string{"edited@example.com", "changed@example.com"} {
		r := find(email)
		r.Set("comment", "by hand")
		if err := app.Save(r); err != nil {
			t.Fatal(err)
		}
	}
	mailing := clienttest.Record(t, app, "mailings", map[string]any{"owner": owner, "audience": "everyone", "status": "completed"}).Id
	clienttest.Record(t, app, "mailings", map[string]any{"owner": owner, "audience": "picked", "status": "created", "recipients": []string{find("picked@example.com").Id}})
	if _, err := app.DB().NewQuery(`INSERT INTO recipients (mailing, client, email, state) VALUES ({:m}, {:c}, 'mailed@example.com', 'sent')`).
		Bind(dbx.Params{"m": mailing, "c": find("mailed@example.com").Id}).Execute(); err != nil {
		t.Fatal(err)
	}

	undone, err := im.Undo(record)
	if err != nil || undone != (UndoResult{Removed: 1, Restored: 1, Kept: 4}) {
		t.Fatalf("%+v, %v", undone, err)
	}
	got := clientLines(t, app, owner)
	if want := []string{
		"changed@example.com|Changed|by hand|{}|active", "edited@example.com|Import|by hand|{}|active", before[1],
		"mailed@example.com|Mailed||{}|active", "picked@example.com|Picked||{}|active", before[2],
	}; !slices.Equal(got, want) {
		t.Errorf("left are %q", got)
	}
	if n, _ := app.CountRecords("subscriptions", dbx.HashExp{"list": list}); n != 0 {
		t.Errorf("%d are still on the list", n)
	}
	_ = untouched
	if _, err := im.Undo(record); !errors.Is(err, ErrNotUndoable) {
		t.Errorf("undone twice: %v", err)
	}
}

func TestDryRunCannotBeUndone(t *testing.T) {
	app := apptest.New(t)
	im := NewImporter(app)
	_, record, err := im.Run(context.Background(), writeFile(t, "email\nivan@example.com\n"), "x.csv",
		ImportOptions{Owner: clienttest.Owner(t, app, "owner@example.com"), DryRun: true}, func(ImportResult) {})
	if err != nil || record.GetInt("added") != 1 {
		t.Fatal(record, err)
	}
	if _, err := im.Undo(record); !errors.Is(err, ErrNotUndoable) {
		t.Errorf("%v", err)
	}
}

func TestUndoEndsWithTheServerAndCanBeCalledAgain(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	im := NewImporter(app)
	_, record, err := im.Run(context.Background(), writeFile(t, "email\nivan@example.com\n"), "x.csv",
		ImportOptions{Owner: owner}, func(ImportResult) {})
	if err != nil {
		t.Fatal(err)
	}
	im.Stop()
	if _, err := im.Undo(record); !errors.Is(err, context.Canceled) {
		t.Errorf("undone while the server stops: %v", err)
	}
	if undone, err := NewImporter(app).Undo(record); err != nil || undone.Removed != 1 {
		t.Errorf("%+v, %v", undone, err)
	}
}

// BenchmarkImport imports 100 000 new clients, and the same file again:
// go test ./internal/clientfile -run - -bench Import -benchtime 1x -benchmem
func BenchmarkImport(b *testing.B) {
	const n = 100_000
	app := apptest.New(b)
	owner := clienttest.Owner(b, app, "owner@example.com")
	path := writeImport(b, n)
	im := NewImporter(app)
	for _, again := range []string{"new clients", "the same file again"} {
		b.Run(again, func(b *testing.B) {
			for range b.N {
				start := time.Now()
				result, _, err := im.Run(context.Background(), path, "clients.csv", ImportOptions{Owner: owner}, func(ImportResult) {})
				if err != nil || result.Total != n || result.Invalid != 0 {
					b.Fatal(result, err)
				}
				b.ReportMetric(n/time.Since(start).Seconds(), "rows/s")
			}
		})
	}
}
