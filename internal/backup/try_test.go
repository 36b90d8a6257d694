package backup

import (
	"bytes"
	"errors"
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
		"no table of clients": {sql: []string{`DROP TABLE recipients`}, says: "cannot be opened"},
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
