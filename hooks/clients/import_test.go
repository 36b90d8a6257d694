package clients_test

import (
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/internal/clientfile"
	"gonets/internal/storage"
)

const importPath = "/api/gonets/clients/import"

// upload is a form with fields and, unless it is empty, a file.
func upload(t *testing.T, file string, fields map[string]string) *hookstest.Form {
	t.Helper()
	f := &hookstest.Form{}
	m := multipart.NewWriter(&f.Body)
	if file != "" { // first: the fields that say what to do with it may come after it
		part, err := m.CreateFormFile("file", "clients.csv")
		must(t, err)
		_, err = part.Write([]byte(file))
		must(t, err)
	}
	for name, value := range fields {
		must(t, m.WriteField(name, value))
	}
	must(t, m.Close())
	f.ContentType = m.FormDataContentType()
	return f
}

// finished waits until the import is over and returns its record.
func (w *world) finished(t *testing.T, who, id string) answer {
	t.Helper()
	var a answer
	w.Eventually(t, "the end of the import", func() bool {
		a = w.Expect(t, 200, who, http.MethodGet, "/api/gonets/imports/"+id, nil)
		return a.Body["status"] != "queued" && a.Body["status"] != "running"
	})
	return a
}

func newImports(t *testing.T) *world {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	w := newWorld(t, clients.BindImports, clients.BindExport)
	t.Cleanup(func() {
		must(t, w.App.OnTerminate().Trigger(&core.TerminateEvent{App: w.App}))
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "gonets-*"))
		must(t, err)
		if len(left) > 0 {
			t.Errorf("files were left behind: %v", left)
		}
	})
	return w
}

func TestImportOverTheAPI(t *testing.T) {
	w := newImports(t)
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "List"}).Id
	file := "email;имя;город\nivan@example.com;Иван;Тверь\nbroken;x;y\nivan@example.com;again;\n"

	a := w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, file, map[string]string{"list": list, "dry_run": "true"}))
	dry := w.finished(t, anna, a.ID())
	if dry.Body["dry_run"] != true || dry.Body["added"] != 1.0 || dry.Body["status"] != "completed" {
		t.Errorf("%s", dry.Text)
	}
	if n := w.Count(t, "clients", dbx.HashExp{"owner": w.IDs[anna]}); n != 0 {
		t.Errorf("the dry run has added %d", n)
	}

	a = w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, file, map[string]string{
		"list": list, "on_conflict": "overwrite", "mapping": `{"город": "attributes.town"}`,
	}))
	if a.Body["owner"] != w.IDs[anna] || a.Body["file_name"] != "clients.csv" {
		t.Errorf("%s", a.Text)
	}
	done := w.finished(t, anna, a.ID())
	for field, want := range map[string]any{
		"status": "completed", "total": 3.0, "added": 1.0, "changed": 0.0, "unchanged": 1.0, "invalid": 1.0, "suppressed": 0.0, "list": list,
	} {
		if done.Body[field] != want {
			t.Errorf("%s is %v, want %v", field, done.Body[field], want)
		}
	}
	if problems := done.Body["problems"].([]any); len(problems) != 2 || problems[0].(map[string]any)["line"] != 3.0 {
		t.Errorf("%v", problems)
	}
	report := "/api/gonets/imports/" + a.ID() + "/report.csv"
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, anna: 200, marta: 200, superuser: 200} {
		r := w.Expect(t, status, who, http.MethodGet, report, nil)
		if lines := strings.Split(r.Text, "\n"); status == 200 && (len(lines) != 4 || !strings.HasPrefix(lines[1], "3,bad_email,broken,")) {
			t.Errorf("the report for %s is %q", who, r.Text)
		}
	}
	client, err := w.App.FindFirstRecordByData("clients", "email", "ivan@example.com")
	must(t, err)
	if client.GetString("owner") != w.IDs[anna] || !strings.Contains(client.GetString("attributes"), `"town":"Тверь"`) {
		t.Errorf("%v", client.PublicExport())
	}
	if n := w.Count(t, "subscriptions", dbx.HashExp{"list": list, "client": client.Id}); n != 1 {
		t.Error("the client is not on the list")
	}

	path := "/api/gonets/imports/" + a.ID()
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, marta: 200, superuser: 200} {
		w.Expect(t, status, who, http.MethodGet, path, nil)
	}
	for who, status := range map[string]int{anonymous: 401, boris: 404, marta: 403} {
		w.Expect(t, status, who, http.MethodPost, path+"/undo", nil)
	}
	w.Expect(t, 409, anna, http.MethodPost, "/api/gonets/imports/"+dry.ID()+"/undo", nil)
	for range 2 {
		undone := w.Expect(t, 200, anna, http.MethodPost, path+"/undo", nil)
		if undone.Body["status"] != "undone" {
			t.Errorf("%s", undone.Text)
		}
	}
	if n := w.Count(t, "clients", dbx.HashExp{"owner": w.IDs[anna]}); n != 0 {
		t.Errorf("%d clients are left", n)
	}
}

func TestImportReadsAFileAsItIsTold(t *testing.T) {
	w := newImports(t)
	file := "title\nemail^name^status\nivan@example.com^\x88\xa2\xa0\xad^blocked\n"
	a := w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, file, map[string]string{
		"encoding": "cp866", "delimiter": "^", "header": "2", "dry_run": "true",
	}))
	done := w.finished(t, anna, a.ID())
	options, _ := done.Body["options"].(map[string]any)
	for name, want := range map[string]string{
		"encoding": "ibm866", "delimiter": "^", "header": "2", "left": "map[manual:1]", "sample": "[[ivan@example.com Иван blocked]]",
		"asked": "map[delimiter:^ encoding:cp866 header:2]", "encoding_sure": "true",
	} {
		if got := fmt.Sprint(options[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestImportIsRefused(t *testing.T) {
	w := newImports(t)
	his := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "His"}).Id
	const good = "email\nivan@example.com\n"
	for _, c := range []struct {
		name, who, file string
		fields          map[string]string
		status          int
		field, code     string
	}{
		{name: "nobody is signed in", who: anonymous, file: good, status: 401},
		{name: "a blocked user", who: kirill, file: good, status: 401},
		{name: "no file", who: anna, status: 400, field: "file", code: "required"},
		{name: "an empty file", who: anna, file: "\n", status: 400, field: "file", code: "empty_file"},
		{name: "a workbook", who: anna, file: "PK\x03\x04x", status: 400, field: "file", code: "workbook"},
		{name: "no addresses", who: anna, file: "name\nIvan\n", status: 400, field: "file", code: "no_email_column"},
		{name: "no encoding", who: anna, file: good, fields: map[string]string{"encoding": "klingon"}, status: 400, field: "encoding", code: "unknown_encoding"},
		{name: "no delimiter", who: anna, file: good, fields: map[string]string{"delimiter": "two words"}, status: 400, field: "delimiter", code: "unknown_delimiter"},
		{name: "a header that is not there", who: anna, file: good, fields: map[string]string{"header": "9"}, status: 400, field: "header", code: "unknown_header"},
		{name: "another's list", who: anna, file: good, fields: map[string]string{"list": his}, status: 400, field: "list", code: "unknown_list"},
		{name: "another as the owner", who: anna, file: good, fields: map[string]string{"owner": w.IDs[boris]}, status: 403, field: "owner", code: "not_own"},
		{name: "a manager for an owner", who: marta, file: good, fields: map[string]string{"owner": w.IDs[anna]}, status: 403, field: "owner", code: "not_own"},
		{name: "a superuser for nobody", who: superuser, file: good, status: 400, field: "owner", code: "required"},
		{name: "an unknown way with conflicts", who: anna, file: good, fields: map[string]string{"on_conflict": "replace"}, status: 400, field: "on_conflict", code: "unknown_value"},
		{name: "a mapping that is no object", who: anna, file: good, fields: map[string]string{"mapping": "[]"}, status: 400, field: "mapping", code: "not_an_object"},
		{name: "a mapping to a field that is none", who: anna, file: good, fields: map[string]string{"mapping": `{"email":"owner"}`}, status: 400, field: "mapping", code: "unknown_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, c.status, c.who, http.MethodPost, importPath, upload(t, c.file, c.fields))
			if a.Code(c.field) != c.code {
				t.Errorf("%s", a.Text)
			}
		})
	}
	w.Expect(t, 400, anna, http.MethodPost, importPath, map[string]any{"file": "x"})
	if n := w.Count(t, "imports", nil); n != 0 {
		t.Errorf("%d imports were recorded", n)
	}
}

func TestNoFileAnswersWithAnErrorOfTheServer(t *testing.T) {
	w := newImports(t)
	for name, file := range map[string]string{
		"a quotation mark before a megabyte": `"` + strings.Repeat("a", 1<<20+1),
		"the same after a header":            "email,name\n\"" + strings.Repeat("a", 1<<21),
		"a quotation mark for a delimiter":   "sep=\"\nname\n",
		"a line end for a delimiter":         "sep=\r\nname\n",
		"half of UTF-16":                     "\xff\xfee",
		"an archive that breaks off":         "PK\x03\x04\x14\x00",
	} {
		if a := w.Expect(t, 400, anna, http.MethodPost, importPath, upload(t, file, nil)); a.Code("file") == "" {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
}

func TestAnOwnerHasThreeImportsAtOnce(t *testing.T) {
	w := newImports(t)
	const good = "email\nivan@example.com\n"
	importer := clients.ImporterOf(w.App)
	var held []*clientfile.Place
	for range 3 {
		place, err := importer.Reserve(w.IDs[anna])
		must(t, err)
		held = append(held, place)
	}
	for who, fields := range map[string]map[string]string{anna: nil, superuser: {"owner": w.IDs[anna]}} {
		f := upload(t, good, fields)
		if code := w.RefusedForNow(t, who, http.MethodPost, importPath, f).Code("file"); code != "too_many_imports" {
			t.Errorf("%s: %q", who, code)
		}
	}
	w.finished(t, boris, w.Expect(t, 202, boris, http.MethodPost, importPath, upload(t, good, nil)).ID())
	held[0].Release()
	for range 5 { // neither a refused file nor a finished one keeps its place
		w.Expect(t, 400, anna, http.MethodPost, importPath, upload(t, "\n", nil))
		w.finished(t, anna, w.Expect(t, 202, superuser, http.MethodPost, importPath, upload(t, good, map[string]string{"owner": w.IDs[anna]})).ID())
		w.finished(t, anna, w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, good, nil)).ID())
	}
}

func TestSuperuserImportsForAnOwner(t *testing.T) {
	w := newImports(t)
	a := w.Expect(t, 202, superuser, http.MethodPost, importPath, upload(t, "email\nivan@example.com\n", map[string]string{"owner": w.IDs[anna]}))
	w.finished(t, anna, a.ID())
	if r := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/imports/"+a.ID()+"/report.csv", nil); r.Text != "line,code,value,problem\n" {
		t.Errorf("the report of an import without problems is %q", r.Text)
	}
	if n := w.Count(t, "clients", dbx.HashExp{"owner": w.IDs[anna]}); n != 1 {
		t.Errorf("%d clients", n)
	}
}

func TestServerFailsImportsThatWereLeft(t *testing.T) {
	var left string
	w := newWorld(t, func(app core.App) {
		app.OnServe().BindFunc(func(e *core.ServeEvent) error { // what is in the database when the server starts
			owner, err := e.App.FindAuthRecordByEmail("users", emailOf(anna))
			must(t, err)
			c, err := e.App.FindCollectionByNameOrId("imports")
			must(t, err)
			r := core.NewRecord(c)
			r.Load(map[string]any{"owner": owner.Id, "status": "running"})
			must(t, e.App.Save(r))
			left = r.Id
			return e.Next()
		})
	}, clients.BindImports)
	if a := w.finished(t, anna, left); a.Body["status"] != "failed" || a.Body["error"] == "" {
		t.Errorf("%s", a.Text)
	}
}

func TestAnImportEndsWithoutRoomForItsReport(t *testing.T) {
	w := newImports(t)
	limit := func(megabytes int) {
		w.SQL(t, `UPDATE instance SET storage_limit_mb = {:mb}`, dbx.Params{"mb": megabytes})
	}
	limit(1)
	must(t, storage.Reserve(w.App.NonconcurrentDB(), storage.Of{Collection: "images", Record: "full", Owner: w.IDs[anna]}, []storage.File{{Name: "a", Bytes: 1 << 20}}, nil))
	a := w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, "email\nivan@example.com\nbroken\n", nil))
	done := w.finished(t, anna, a.ID())
	if done.Body["status"] != "completed" || done.Body["added"] != 1.0 || done.Body["report"] != "" {
		t.Errorf("%s", done.Text)
	}
	report := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/imports/"+a.ID()+"/report.csv", nil).Text
	if !strings.Contains(report, "3,bad_email,broken") || !strings.Contains(report, "report_left_out") {
		t.Errorf("%q", report)
	}
	limit(2)
	a = w.Expect(t, 202, anna, http.MethodPost, importPath, upload(t, "email\nbroken\n", nil))
	report = w.finished(t, anna, a.ID()).Field("report")
	if used, _ := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/storage", nil).Body["used"].(float64); report == "" || used <= 1<<20 {
		t.Error("the report is not kept, or not counted")
	}
}
