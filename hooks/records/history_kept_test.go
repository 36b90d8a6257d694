package records_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/hooks/records"
	"gonets/internal/deletion"
)

func TestOldAttemptsAreForgotten(t *testing.T) {
	w := newWorld(t)
	done, running := w.Mailing(t, "completed", nil), w.Mailing(t, "running", nil)
	add := func(mailing string, days int) string {
		id := unique("attempt%08d")
		w.AddAttempt(t, id, w.IDs[anna], mailing)
		w.SQL(t, `UPDATE attempts SET created = {:at} WHERE id = {:id}`, dbx.Params{
			"id": id, "at": time.Now().UTC().AddDate(0, 0, -days).Format("2006-01-02 15:04:05.000Z"),
		})
		return id
	}
	old, young, busy, orphan := add(done, 31), add(done, 29), add(running, 31), add("nosuchmailing00", 31)
	left := func(id string) bool { return w.Count(t, "attempts", dbx.HashExp{"id": id}) == 1 }
	forget := func(days int) {
		t.Helper()
		w.SQL(t, `UPDATE instance SET attempts_kept_days = {:days}`, dbx.Params{"days": days})
		must(t, deletion.ForgetAttempts(t.Context(), w.App, time.Now()))
	}

	for _, days := range []int{29, 31} {
		w.AddBounce(t, unique("bounce%09d"), w.IDs[anna])
		w.SQL(t, `UPDATE bounces SET mailing = {:id}, created = {:at} WHERE mailing = ''`, dbx.Params{
			"id": done, "at": time.Now().UTC().AddDate(0, 0, -days).Format("2006-01-02 15:04:05.000Z"),
		})
	}

	forget(0)
	if !left(old) || !left(orphan) {
		t.Error("0 days should keep them for ever")
	}
	forget(30)
	if left(old) || left(orphan) {
		t.Error("attempts older than 30 days are still there")
	}
	if n := w.Count(t, "bounces", nil); n != 1 {
		t.Errorf("%d bounces, want the one of 29 days", n)
	}
	if !left(young) {
		t.Error("an attempt of 29 days is gone")
	}
	if !left(busy) {
		t.Error("an attempt of a mailing at work is gone")
	}

	t.Run("and the operator may start it in the admin UI", func(t *testing.T) {
		forget(0)
		again := add(done, 31)
		w.SQL(t, `UPDATE instance SET attempts_kept_days = 30`, nil)
		w.Expect(t, 204, superuser, http.MethodPost, "/api/crons/"+records.KeepAttempts, nil)
		w.Eventually(t, "the attempt is gone", func() bool { return !left(again) })
	})
}
