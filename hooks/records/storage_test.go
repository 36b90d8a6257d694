package records_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
	"gonets/internal/storage"
)

// png is a picture of one pixel, with so many bytes after it.
func png(spare int) string {
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82" + strings.Repeat("\x00", spare)
}

func (w *world) used(t *testing.T, who string) int {
	t.Helper()
	a := w.Expect(t, 200, who, http.MethodGet, "/api/gonets/storage", nil)
	used, _ := a.Body["used"].(float64)
	return int(used)
}

func (w *world) limitStorage(t *testing.T, megabytes int) {
	t.Helper()
	w.SQL(t, `UPDATE instance SET storage_limit_mb = {:mb}`, dbx.Params{"mb": megabytes})
}

func TestStorageOfAnOwnerIsBounded(t *testing.T) {
	w := newWorld(t)
	limit := func() any {
		return w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/storage", nil).Body["limit"]
	}
	if got := limit(); got != float64(2048<<20) {
		t.Errorf("the limit of a new instance is %v", got)
	}
	w.limitStorage(t, 0)
	if got := limit(); got != float64(storage.DefaultMB<<20) {
		t.Errorf("no limit means %v", got)
	}
	for who, status := range map[string]int{anonymous: 401, kirill: 401, superuser: 403} {
		w.Expect(t, status, who, http.MethodGet, "/api/gonets/storage", nil)
	}
	w.limitStorage(t, 1)
	picture := png(400 << 10)
	add := func(status int) string {
		t.Helper()
		return w.Expect(t, status, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "a.png", []byte(picture))).ID()
	}
	first := add(200)
	second := add(200)
	if w.used(t, anna) != 2*len(picture) {
		t.Errorf("%d bytes are used", w.used(t, anna))
	}
	full := w.Expect(t, 400, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", "a.png", []byte(picture)))
	if full.Code("file") != "storage_full" {
		t.Errorf("%s", full.Text)
	}
	if n := w.Count(t, "images", nil); n != 2 || w.used(t, anna) != 2*len(picture) {
		t.Errorf("%d pictures, %d bytes", n, w.used(t, anna))
	}
	// Attachments count too, what others keep does not.
	big := strings.Repeat("x", 300<<10)
	attached := func(who string) *hookstest.Form { return hookstest.FileForm(t, "attachments", "a.txt", []byte(big)) }
	if a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("messages"), attached(anna)); a.Code("attachments") != "storage_full" {
		t.Errorf("%s", a.Text)
	}
	w.Expect(t, 200, boris, http.MethodPost, recordsOf("messages"), attached(boris))
	// What is replaced or deleted makes room.
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("images", second), hookstest.FileForm(t, "file", "b.png", []byte(png(100))))
	message := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), attached(anna)).ID()
	if want := len(picture) + len(png(100)) + len(big); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("messages", message), hookstest.FileForm(t, "attachments+", "b.txt", []byte(big+big))); a.Code("attachments") != "storage_full" {
		t.Errorf("%s", a.Text)
	}
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("images", first), nil)
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("messages", message), hookstest.FileForm(t, "attachments+", "b.txt", []byte(big+"x")))
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("messages", message), map[string]any{"attachments": []string{}})
	if want := len(png(100)); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	// A record that is refused for another reason takes nothing.
	w.Expect(t, 400, anna, http.MethodPost, recordsOf("messages"), hookstest.FieldsForm(t, [][2]string{{"format", "none"}}, [3]string{"attachments", "a.txt", big}))
	if want := len(png(100)); w.used(t, anna) != want {
		t.Errorf("%d bytes are used, want %d", w.used(t, anna), want)
	}
	w.SQL(t, `DELETE FROM images WHERE owner = {:o}`, dbx.Params{"o": w.IDs[anna]})
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
		f := hookstest.FileForm(t, "attachments", fmt.Sprintf("%d.txt", i), []byte(strings.Repeat("x", 300<<10)))
		all.Go(func() { statuses[i] = w.Ask(t, anna, http.MethodPost, recordsOf("messages"), f).Status })
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

func TestFilesOfRecordsThatWereNeverSavedAreForgotten(t *testing.T) {
	w := newWorld(t)
	must(t, storage.Reserve(w.App.NonconcurrentDB(), storage.Of{Collection: "messages", Record: "killed000000000", Owner: w.IDs[anna]}, []storage.File{{Name: "a", Bytes: 5}}, nil))
	must(t, storage.Repair(w.App))
	if w.used(t, anna) != 0 {
		t.Errorf("%d bytes", w.used(t, anna))
	}
}
