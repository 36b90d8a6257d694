package hooks

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/storage"
)

// png is a picture of one pixel, with so many bytes after it.
func png(spare int) string {
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82" + strings.Repeat("\x00", spare)
}

func (w *world) used(t *testing.T, who string) int {
	t.Helper()
	a := w.expect(t, 200, who, http.MethodGet, "/api/gonets/storage", nil)
	used, _ := a.body["used"].(float64)
	return int(used)
}

func (w *world) limitStorage(t *testing.T, megabytes int) {
	t.Helper()
	w.sql(t, `UPDATE instance SET storage_limit_mb = {:mb}`, dbx.Params{"mb": megabytes})
}

func TestStorageOfAnOwnerIsBounded(t *testing.T) {
	w := newWorld(t)
	limit := func() any {
		return w.expect(t, 200, anna, http.MethodGet, "/api/gonets/storage", nil).body["limit"]
	}
	if got := limit(); got != float64(2048<<20) {
		t.Errorf("the limit of a new instance is %v", got)
	}
	w.limitStorage(t, 0)
	if got := limit(); got != float64(storage.DefaultMB<<20) {
		t.Errorf("no limit means %v", got)
	}
	for who, status := range map[string]int{anonymous: 401, kirill: 401, superuser: 403} {
		w.expect(t, status, who, http.MethodGet, "/api/gonets/storage", nil)
	}
	w.limitStorage(t, 1)
	picture := png(400 << 10)
	add := func(status int) string {
		t.Helper()
		return w.expect(t, status, anna, http.MethodPost, recordsOf("images"), fileForm(t, "file", "a.png", []byte(picture))).id()
	}
	first := add(200)
	second := add(200)
	if w.used(t, anna) != 2*len(picture) {
		t.Errorf("%d bytes are used", w.used(t, anna))
	}
	full := w.expect(t, 400, anna, http.MethodPost, recordsOf("images"), fileForm(t, "file", "a.png", []byte(picture)))
	if full.code("file") != "storage_full" {
		t.Errorf("%s", full.text)
	}
	if n := w.count(t, "images", nil); n != 2 || w.used(t, anna) != 2*len(picture) {
		t.Errorf("%d pictures, %d bytes", n, w.used(t, anna))
	}
	// Attachments count too, what others keep does not.
	big := strings.Repeat("x", 300<<10)
	attached := func(who string) *form { return fileForm(t, "attachments", "a.txt", []byte(big)) }
	if a := w.expect(t, 400, anna, http.MethodPost, recordsOf("messages"), attached(anna)); a.code("attachments") != "storage_full" {
		t.Errorf("%s", a.text)
	}
	w.expect(t, 200, boris, http.MethodPost, recordsOf("messages"), attached(boris))
	// What is replaced or deleted makes room.
	w.expect(t, 200, anna, http.MethodPatch, recordsOf("images", second), fileForm(t, "file", "b.png", []byte(png(100))))
	message := w.expect(t, 200, anna, http.MethodPost, recordsOf("messages"), attached(anna)).id()
	if want := len(picture) + len(png(100)) + len(big); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	if a := w.expect(t, 400, anna, http.MethodPatch, recordsOf("messages", message), fileForm(t, "attachments+", "b.txt", []byte(big+big))); a.code("attachments") != "storage_full" {
		t.Errorf("%s", a.text)
	}
	w.expect(t, 204, anna, http.MethodDelete, recordsOf("images", first), nil)
	w.expect(t, 200, anna, http.MethodPatch, recordsOf("messages", message), fileForm(t, "attachments+", "b.txt", []byte(big+"x")))
	w.expect(t, 200, anna, http.MethodPatch, recordsOf("messages", message), map[string]any{"attachments": []string{}})
	if want := len(png(100)); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	// A record that is refused for another reason takes nothing.
	w.expect(t, 400, anna, http.MethodPost, recordsOf("messages"), fieldsForm(t, [][2]string{{"format", "none"}}, [3]string{"attachments", "a.txt", big}))
	if want := len(png(100)); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	w.sql(t, `DELETE FROM images WHERE owner = {:o}`, dbx.Params{"o": w.ids[anna]})
	if w.used(t, anna) != 0 {
		t.Errorf("%d bytes are used by what SQL has deleted", w.used(t, anna))
	}
}

func TestUploadsAtTheSameTimeDoNotShareWhatIsLeft(t *testing.T) {
	w := newWorld(t)
	w.limitStorage(t, 1)
	var all sync.WaitGroup
	statuses := make([]int, 12)
	for i := range statuses {
		f := fileForm(t, "attachments", fmt.Sprintf("%d.txt", i), []byte(strings.Repeat("x", 300<<10)))
		all.Go(func() { statuses[i] = w.ask(t, anna, http.MethodPost, recordsOf("messages"), f).status })
	}
	all.Wait()
	stored := 0
	for _, status := range statuses {
		if status == 200 {
			stored++
		}
	}
	if stored != 3 || w.used(t, anna) != 3*300<<10 {
		t.Errorf("%v, %d bytes", statuses, w.used(t, anna))
	}
}

func TestAnImportEndsWithoutRoomForItsReport(t *testing.T) {
	w := newImports(t)
	w.limitStorage(t, 1)
	must(t, storage.Reserve(w.app.NonconcurrentDB(), storage.Of{Collection: "images", Record: "full", Owner: w.ids[anna]}, []storage.File{{Name: "a", Bytes: 1 << 20}}, nil))
	a := w.expect(t, 202, anna, http.MethodPost, importPath, upload(t, "email\nivan@example.com\nbroken\n", nil))
	done := w.finished(t, anna, a.id())
	if done.body["status"] != "completed" || done.body["added"] != 1.0 || done.body["report"] != "" {
		t.Errorf("%s", done.text)
	}
	report := w.expect(t, 200, anna, http.MethodGet, "/api/gonets/imports/"+a.id()+"/report.csv", nil).text
	if !strings.Contains(report, "3,bad_email,broken") || !strings.Contains(report, "report_left_out") {
		t.Errorf("%q", report)
	}
	w.limitStorage(t, 2)
	a = w.expect(t, 202, anna, http.MethodPost, importPath, upload(t, "email\nbroken\n", nil))
	if w.finished(t, anna, a.id()).body["report"] == "" || w.used(t, anna) <= 1<<20 {
		t.Error("the report is not kept, or not counted")
	}
}

func TestFilesOfRecordsThatWereNeverSavedAreForgotten(t *testing.T) {
	w := newWorld(t)
	must(t, storage.Reserve(w.app.NonconcurrentDB(), storage.Of{Collection: "messages", Record: "killed000000000", Owner: w.ids[anna]}, []storage.File{{Name: "a", Bytes: 5}}, nil))
	must(t, storage.Repair(w.app))
	if w.used(t, anna) != 0 {
		t.Errorf("%d bytes", w.used(t, anna))
	}
}
