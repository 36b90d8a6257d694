package records_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

func moderation(id, verb string) string { return "/api/gonets/users/" + id + "/" + verb }

func TestWhoMayModerateWhom(t *testing.T) {
	w := newWorld(t)
	colleague := w.Add(t, "users", map[string]any{"email": "colleague@gonets.example", "password": password, "role": "manager", "verified": true}).Id
	reason := map[string]any{"reason": "bought lists"}
	for _, verb := range []string{"block", "unblock", "approve"} {
		for _, c := range []struct {
			who, whom string
			status    int
		}{
			{anonymous, w.IDs[boris], 401},
			{kirill, w.IDs[boris], 401},
			{anna, w.IDs[boris], 404},
			{anna, w.IDs[anna], 403},
			{anna, "nosuchuser00000", 404},
			{marta, w.IDs[boris], 200},
			{marta, w.IDs[boris], 200}, // again
			{marta, w.IDs[marta], 403},
			{marta, colleague, 403},
			{marta, "nosuchuser00000", 404},
			{superuser, w.IDs[boris], 200},
			{superuser, colleague, 200},
			{superuser, "nosuchuser00000", 404},
		} {
			w.Expect(t, c.status, c.who, http.MethodPost, moderation(c.whom, verb), reason)
		}
	}
}

func TestABlockNeedsAReason(t *testing.T) {
	w := newWorld(t)
	for reason, code := range map[string]string{"": "required", "  \n": "required", strings.Repeat("щ", 501): "too_long"} {
		a := w.Expect(t, 400, marta, http.MethodPost, moderation(w.IDs[boris], "block"), map[string]any{"reason": reason})
		if a.Code("reason") != code {
			t.Error(a.Text)
		}
	}
	w.Expect(t, 200, marta, http.MethodPost, moderation(w.IDs[boris], "block"), map[string]any{"reason": "bought lists"})
	w.Expect(t, 200, marta, http.MethodPost, moderation(w.IDs[boris], "block"), map[string]any{"reason": "another"})
	if got := w.Column(t, "users", w.IDs[boris], "block_reason"); got != "bought lists" {
		t.Errorf("the recorded reason is %q", got)
	}
	a := w.Expect(t, 200, marta, http.MethodPost, moderation(w.IDs[boris], "unblock"), nil)
	if a.Body["blocked"] != false || a.Body["block_reason"] != "" {
		t.Error(a.Text)
	}
}

func TestABlockTakesEffectAtOnce(t *testing.T) {
	for name, block := range map[string]func(*testing.T, *world){
		"by the route": func(t *testing.T, w *world) {
			w.Expect(t, 200, marta, http.MethodPost, moderation(w.IDs[anna], "block"), map[string]any{"reason": "spam"})
		},
		"by a superuser in the admin UI": func(t *testing.T, w *world) {
			w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("users", w.IDs[anna]), map[string]any{"blocked": true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			running, scheduled := w.Mailing(t, "running", nil), w.Mailing(t, "scheduled", nil)
			anothers := w.Add(t, "mailings", map[string]any{"owner": w.IDs[boris]}).Id
			w.SQL(t, `UPDATE mailings SET status = 'running' WHERE id = {:id}`, dbx.Params{"id": anothers})
			hers, his := w.Connect(t, anna), w.Connect(t, boris)

			block(t, w)

			w.Expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
			w.Expect(t, 404, anna, http.MethodGet, recordsOf("mailings", running), nil)
			if !hers.IsDiscarded() || his.IsDiscarded() {
				t.Errorf("dropped connections: hers %v, his %v", hers.IsDiscarded(), his.IsDiscarded())
			}
			for id, want := range map[string]string{running: "paused", scheduled: "scheduled", anothers: "running"} {
				if got := w.Column(t, "mailings", id, "status"); got != want {
					t.Errorf("a mailing is %s, want %s", got, want)
				}
			}
			if got := w.Column(t, "mailings", running, "waiting_reason"); got != `{"code":"owner_blocked","until":"","detail":""}` {
				t.Errorf("the reason is %s", got)
			}

			w.Expect(t, 200, marta, http.MethodPost, moderation(w.IDs[anna], "unblock"), nil)
			if got := w.Column(t, "mailings", running, "status"); got != "paused" {
				t.Errorf("unblocking made it %s", got)
			}
		})
	}
}
