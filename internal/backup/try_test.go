package backup

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// backedUp is an instance with a mailing and a backup of it, in which statements were run before.
func backedUp(t *testing.T, statements ...string) (core.App, string) {
	t.Helper()
	app := apptest.New(t)
	t.Setenv("TMPDIR", t.TempDir())
	for _, sql := range append([]string{
		`INSERT INTO mailings (id, owner, name, status, audience, total, sent, started_at, created) VALUES ('mailing00000000', 'owner0000000000', 'First', 'completed', 'everyone', 1, 1, '2026-01-01 00:00:00.000Z', '2026-01-01 00:00:00.000Z')`,
		`INSERT INTO recipients (id, mailing, client, email, state, tries) VALUES ((1 << 32) + 1, 'mailing00000000', 'client000000000', 'a@example.org', 'sent', 1)`,
	}, statements...) {
		_, err := app.NonconcurrentDB().NewQuery(sql).Execute()
		must(t, err)
	}
	must(t, os.MkdirAll(filepath.Join(app.DataDir(), "storage", "c"), 0o700))
	must(t, os.WriteFile(filepath.Join(app.DataDir(), "storage", "c", "picture.png"), bytes.Repeat([]byte("picture "), 1000), 0o600))
	must(t, Make(t.Context(), app, "try.zip", []string{core.LocalBackupsDirName}))
	return app, filepath.Join(app.DataDir(), core.LocalBackupsDirName, "try.zip")
}

// tried tries the backup, and wants nothing to be left of that.
func tried(t *testing.T, app core.App) Trial {
	t.Helper()
	trial, err := Try(t.Context(), app, "try.zip")
	must(t, err)
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	return trial
}

func TestAGoodBackupCanBeRestored(t *testing.T) {
	app, path := backedUp(t)
	before, err := os.ReadFile(path)
	must(t, err)
	trial := tried(t, app)
	if !trial.OK || len(trial.Problems) > 0 || trial.Mailings != 1 || trial.Files < 2 || trial.Database == 0 || trial.Bytes != int64(len(before)) {
		t.Errorf("%+v", trial)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup was changed: %v", err)
	}
	if err := Restorable(t.Context(), app, "try.zip"); err != nil {
		t.Errorf("to be restored: %v", err)
	}
	last, ok, err := NewWatch(app).Last()
	if err != nil || !ok || last.Name != "try.zip" || last.Bytes != trial.Bytes {
		t.Errorf("%+v %t %v", last, ok, err)
	}
}

// TestABackupOfAnEarlierVersionIsBroughtUpToDate has a database without the last migration.
func TestABackupOfAnEarlierVersionIsBroughtUpToDate(t *testing.T) {
	app, _ := backedUp(t, `DROP TABLE health_problems`, `DROP TABLE health_sizes`, `DELETE FROM _migrations WHERE file = '1765000021_health.go'`)
	if trial := tried(t, app); !trial.OK {
		t.Errorf("%+v", trial)
	}
}

func TestABadBackupIsToldFromAGoodOne(t *testing.T) {
	for name, tc := range map[string]struct {
		sql    []string
		change func([]byte) []byte
		says   string
	}{
		"counters that lie": {sql: []string{`UPDATE mailings SET sent = 0, failed = 1`}, says: "mailing00000000 counts"},
		"no archive":        {change: func([]byte) []byte { return []byte("nothing") }, says: "no backup"},
		"half an archive":   {change: func(b []byte) []byte { return b[:len(b)/2] }, says: "no backup"},
		"damaged": {change: func(b []byte) []byte {
			for i := len(b) / 3; i < len(b)/3+2000; i++ {
				b[i] ^= 0x55
			}
			return b
		}, says: "cannot be"},
		"made by a newer version": {sql: []string{`INSERT INTO _migrations (file, applied) VALUES ('9999000000_later.go', 1)`}, says: "newer version"},
		"no table of clients":     {sql: []string{`DROP TABLE recipients`}, says: "cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			app, path := backedUp(t, tc.sql...)
			if tc.change != nil {
				raw, err := os.ReadFile(path)
				must(t, err)
				must(t, os.WriteFile(path, tc.change(raw), 0o600))
			}
			if trial := tried(t, app); trial.OK || !strings.Contains(strings.Join(trial.Problems, "\n"), tc.says) {
				t.Errorf("%+v", trial)
			}
			if err := Restorable(t.Context(), app, "try.zip"); codeOf(err) != "backup_broken" {
				t.Errorf("to be restored: %v", err)
			}
		})
	}
}

func TestWhatIsNoBackupIsNotTried(t *testing.T) {
	app, _ := backedUp(t)
	must(t, os.WriteFile(filepath.Join(app.DataDir(), "secret.zip"), nil, 0o600))
	for _, name := range []string{"", "other.zip", "../secret.zip", "try", ".zip", "a/try.zip"} {
		if _, err := Try(t.Context(), app, name); !errors.Is(err, ErrNoSuch) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := room(t.TempDir(), 1<<60); !errors.Is(err, errRoom) || !strings.Contains(err.Error(), "are free") {
		t.Errorf("room for an exabyte: %v", err)
	}
}

// hostile is an archive of files that say how long they are, and are not.
func hostile(t *testing.T, path string, files ...*zip.FileHeader) {
	t.Helper()
	var raw bytes.Buffer
	w := zip.NewWriter(&raw)
	for _, f := range files {
		to, err := w.CreateRaw(f)
		must(t, err)
		_, err = to.Write(deflated(t, 4<<20))
		must(t, err)
	}
	must(t, w.Close())
	must(t, os.WriteFile(path, raw.Bytes(), 0o600))
}

// deflated are so many zeros.
func deflated(t *testing.T, n int64) []byte {
	t.Helper()
	var raw bytes.Buffer
	w, err := flate.NewWriter(&raw, flate.BestCompression)
	must(t, err)
	_, err = io.CopyN(w, zeros{}, n)
	must(t, errors.Join(err, w.Close()))
	return raw.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestAHostileArchiveIsToldFromABackup has archives that somebody made to fill a disk, or to write elsewhere.
func TestAHostileArchiveIsToldFromABackup(t *testing.T) {
	app, path := backedUp(t)
	file := func(name string, size uint64) *zip.FileHeader {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(deflated(t, 4<<20))), UncompressedSize64: size}
		h.SetMode(0o600)
		return h
	}
	link := file("data.db", 4<<20)
	link.SetMode(os.ModeSymlink | 0o777)
	for name, tc := range map[string]struct {
		files []*zip.FileHeader
		says  string
	}{
		"longer than it says":         {[]*zip.FileHeader{file("data.db", 1000)}, "cannot be read"},
		"of no length that can be":    {[]*zip.FileHeader{file("data.db", 1<<63), file("data.db-wal", 1<<63)}, "says that it has"},
		"the database twice":          {[]*zip.FileHeader{file("data.db", 1000), file("data.db", 4<<20), file("data.db", 4<<20)}, "cannot be read"},
		"a link for the database":     {[]*zip.FileHeader{link}, "no whole database"},
		"the database somewhere else": {[]*zip.FileHeader{file("../data.db", 4<<20), file("/data.db", 4<<20), file("x/../../data.db", 4<<20)}, "no whole database"},
	} {
		t.Run(name, func(t *testing.T) {
			hostile(t, path, tc.files...)
			if trial := tried(t, app); trial.OK || !strings.Contains(strings.Join(trial.Problems, "\n"), tc.says) {
				t.Errorf("%+v", trial)
			}
			if above, err := filepath.Glob(filepath.Join(filepath.Dir(os.TempDir()), "data.db")); err != nil || len(above) > 0 {
				t.Errorf("it wrote %v, %v", above, err)
			}
		})
	}
}

func TestATrialEndsInTheMiddleOfAFile(t *testing.T) {
	app, path := backedUp(t)
	h := &zip.FileHeader{Name: "storage/much.bin", Method: zip.Deflate, CompressedSize64: uint64(len(deflated(t, 4<<20))), UncompressedSize64: 4 << 20}
	hostile(t, path, h)
	archive, err := zip.OpenReader(path)
	must(t, err)
	defer archive.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := readFile(ctx, archive.File[0], ""); !errors.Is(err, context.Canceled) {
		t.Errorf("it was read: %v", err)
	}
	if _, err := Try(ctx, app, "try.zip"); !errors.Is(err, context.Canceled) {
		t.Errorf("it was tried: %v", err)
	}
}
