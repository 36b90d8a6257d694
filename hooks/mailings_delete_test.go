package hooks

import (
	"context"
	"net/http"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

func TestDeletingAMailing(t *testing.T) {
	w := newWorld(t)
	for _, status := range []string{"created", "scheduled", "paused", "completed", "cancelled"} {
		w.expect(t, 204, anna, http.MethodDelete, records("mailings", w.mailing(t, status, nil)), nil)
	}

	running := w.mailing(t, "running", nil)
	launching := w.mailing(t, "created", nil)
	w.sql(t, `UPDATE mailings SET launching_at = {:now} WHERE id = {:id}`, dbx.Params{"id": launching, "now": types.NowDateTime().String()})
	for _, id := range []string{running, launching} {
		for _, who := range []string{anna, superuser} {
			w.expect(t, 409, who, http.MethodDelete, records("mailings", id), nil)
		}
	}
	w.expect(t, 409, superuser, http.MethodDelete, records("users", w.ids[anna]), nil)
	if n := w.count(t, "mailings", dbx.HashExp{"id": []any{running, launching}}); n != 2 {
		t.Errorf("%d of 2 are left", n)
	}
}

func TestADeletedMailingTakesItsAttemptsAlong(t *testing.T) {
	w := newWorld(t)
	id, other := w.mailing(t, "completed", nil), w.mailing(t, "completed", nil)
	for range 3 {
		w.addAttempt(t, unique("attempt%08d"), w.ids[anna], id)
	}
	w.addAttempt(t, unique("attempt%08d"), w.ids[anna], other)
	w.expect(t, 204, anna, http.MethodDelete, records("mailings", id), nil)
	for _, table := range leftovers {
		w.eventually(t, "its "+table+" are gone", func() bool { return w.count(t, table, dbx.HashExp{"mailing": id}) == 0 })
	}
	if n := w.count(t, "attempts", dbx.HashExp{"mailing": other}); n != 1 {
		t.Errorf("another mailing has %d attempts, want 1", n)
	}

	t.Run("also when the process ended in between, and a late result", func(t *testing.T) {
		w.app.OnTerminate().Trigger(&core.TerminateEvent{App: w.app}) // stops the one that serves
		c := &clearing{app: w.app}
		clear := func(wantAgain bool) {
			t.Helper()
			if again, err := c.clear(context.Background()); err != nil || again != wantAgain {
				t.Errorf("look again: %v, want %v (%v)", again, wantAgain, err)
			}
		}
		clear(false)
		w.sql(t, `INSERT INTO deleted_mailings (mailing) VALUES ({:id})`, dbx.Params{"id": other})
		clear(true)
		w.addAttempt(t, unique("attempt%08d"), w.ids[anna], other)
		clear(true)
		clear(false)
		if a, d := w.count(t, "attempts", nil), w.count(t, "deleted_mailings", nil); a != 0 || d != 0 {
			t.Errorf("%d attempts and %d notes are left", a, d)
		}
	})
}
