package doctor

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/disk"
)

func find(t *testing.T, r Report, code string) Finding {
	t.Helper()
	for _, f := range r.Checks {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no check %s in %+v", code, r.Checks)
	return Finding{}
}

func TestLastDue(t *testing.T) {
	at := time.Date(2026, 11, 27, 12, 34, 56, 0, time.UTC)
	for _, tc := range []struct{ schedule, want string }{
		{"0 0 * * *", "2026-11-27 00:00"},
		{"30 13 * * *", "2026-11-26 13:30"},
		{"34 12 * * *", "2026-11-27 12:34"},
		{"0 3 * * 0", "2026-11-22 03:00"},
		{"0 3 1 * *", "2026-11-01 03:00"},
		{"0 0 1 6 *", ""},
		{"", ""},
		{"nonsense", ""},
	} {
		due, ok := lastDue(tc.schedule, at)
		if got := due.Format("2006-01-02 15:04"); ok != (tc.want != "") || ok && got != tc.want {
			t.Errorf("%q: %s %t, want %q", tc.schedule, got, ok, tc.want)
		}
	}
}

func TestHealthSaysWhatIsWrong(t *testing.T) {
	app := apptest.NewTestApp(t)
	e := delivery.New(app)
	h := NewHealth(app, e)
	report := func() Report { h.at = time.Time{}; return h.Report(t.Context()) }
	sql := func(statement string, params dbx.Params) {
		t.Helper()
		_, err := app.NonconcurrentDB().NewQuery(statement).Bind(params).Execute()
		must(t, err)
	}

	if f := find(t, report(), "sending"); f.Level != levelWarning || f.Reason != delivery.StateStopped || f.Do == "" {
		t.Errorf("%+v", f)
	}
	epoch := filepath.Join(app.DataDir(), "gonets.epoch")
	must(t, os.Mkdir(epoch, 0o700))
	e.Start(t.Context())
	t.Cleanup(func() { e.Stop(t.Context()) })
	wait := func(level, reason string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			f := find(t, report(), "sending")
			if f.Level == level && f.Reason == reason {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("waited in vain for %s %s: %+v", level, reason, f)
			}
		}
	}
	wait(levelError, delivery.StateEpoch)
	must(t, os.Remove(epoch))
	wait(levelOK, "")

	r := report()
	for _, code := range []string{"oldest_waiting", "mail_server", "last_backup", "disk", "database_size", "clock", "version"} {
		if f := find(t, r, code); f.Level == levelError || f.Detail == "" || f.Level != levelOK && f.Do == "" {
			t.Errorf("%+v", f)
		}
	}

	// The database has grown by as much as the disk has room for in five days.
	free, err := disk.Free(app.DataDir())
	must(t, err)
	sql(`INSERT INTO health_sizes (day, bytes) VALUES ({:day}, {:bytes})`,
		dbx.Params{"day": day(time.Now()) - 2, "bytes": database.Bytes(app.DataDir()) - int64(free)/5*2})
	if f := find(t, report(), "database_size"); f.Level != levelWarning || f.Reason != "full_soon" {
		t.Errorf("%+v", f)
	}

	sql(`INSERT INTO `+core.DefaultMigrationsTable+` (file, applied) VALUES ('1999999999_future.go', 1)`, nil)
	if f := find(t, report(), "version"); f.Level != levelError || f.Reason != "database_newer" {
		t.Errorf("%+v", f)
	}
	sql(`INSERT INTO attempts (id, created) VALUES ('a00000000000000', '2099-01-01 00:00:00.000Z')`, nil)
	if f := find(t, report(), "clock"); f.Level != levelError || f.Reason != "went_back" {
		t.Errorf("%+v", f)
	}
	if report().OK {
		t.Error("it is called healthy")
	}
}

// TestHealthAnswersAlthoughTheDatabaseIsBroken: who is told of that must not need the database for it.
func TestHealthAnswersAlthoughTheDatabaseIsBroken(t *testing.T) {
	app := apptest.NewTestApp(t)
	h := NewHealth(app, delivery.New(app))
	_, err := app.NonconcurrentDB().NewQuery(`ALTER TABLE mailings RENAME TO nowhere`).Execute()
	must(t, err)
	if f := find(t, h.Report(t.Context()), "database"); f.Level != levelError || f.Do == "" {
		t.Errorf("%+v", f)
	}
}
