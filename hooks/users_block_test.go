package hooks

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

func moderation(id, verb string) string { return "/api/gonets/users/" + id + "/" + verb }

func TestWhoMayModerateWhom(t *testing.T) {
	w := newWorld(t)
	colleague := w.add(t, "users", map[string]any{"email": "colleague@gonets.example", "password": password, "role": "manager", "verified": true}).Id
	reason := map[string]any{"reason": "bought lists"}
	for _, verb := range []string{"block", "unblock", "approve"} {
		for _, c := range []struct {
			who, whom string
			status    int
		}{
			{anonymous, w.ids[boris], 401},
			{kirill, w.ids[boris], 401},
			{anna, w.ids[boris], 404},
			{anna, w.ids[anna], 403},
			{anna, "nosuchuser00000", 404},
			{marta, w.ids[boris], 200},
			{marta, w.ids[boris], 200}, // again
			{marta, w.ids[marta], 403},
			{marta, colleague, 403},
			{marta, "nosuchuser00000", 404},
			{superuser, w.ids[boris], 200},
			{superuser, colleague, 200},
			{superuser, "nosuchuser00000", 404},
		} {
			w.expect(t, c.status, c.who, http.MethodPost, moderation(c.whom, verb), reason)
		}
	}
}

func TestABlockNeedsAReason(t *testing.T) {
	w := newWorld(t)
	for reason, code := range map[string]string{"": "required", "  \n": "required", strings.Repeat("щ", 501): "too_long"} {
		a := w.expect(t, 400, marta, http.MethodPost, moderation(w.ids[boris], "block"), map[string]any{"reason": reason})
		if a.code("reason") != code {
			t.Error(a.text)
		}
	}
	w.expect(t, 200, marta, http.MethodPost, moderation(w.ids[boris], "block"), map[string]any{"reason": "bought lists"})
	w.expect(t, 200, marta, http.MethodPost, moderation(w.ids[boris], "block"), map[string]any{"reason": "another"})
	if got := w.column(t, "users", w.ids[boris], "block_reason"); got != "bought lists" {
		t.Errorf("the recorded reason is %q", got)
	}
	a := w.expect(t, 200, marta, http.MethodPost, moderation(w.ids[boris], "unblock"), nil)
	if a.body["blocked"] != false || a.body["block_reason"] != "" {
		t.Error(a.text)
	}
}

func TestABlockTakesEffectAtOnce(t *testing.T) {
	for name, block := range map[string]func(*testing.T, *world){
		"by the route": func(t *testing.T, w *world) {
			w.expect(t, 200, marta, http.MethodPost, moderation(w.ids[anna], "block"), map[string]any{"reason": "spam"})
		},
		"by a superuser in the admin UI": func(t *testing.T, w *world) {
			w.expect(t, 200, superuser, http.MethodPatch, recordsOf("users", w.ids[anna]), map[string]any{"blocked": true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			running, scheduled := w.mailing(t, "running", nil), w.mailing(t, "scheduled", nil)
			anothers := w.add(t, "mailings", map[string]any{"owner": w.ids[boris]}).Id
			w.sql(t, `UPDATE mailings SET status = 'running' WHERE id = {:id}`, dbx.Params{"id": anothers})
			hers, his := w.connect(t, anna), w.connect(t, boris)

			block(t, w)

			w.expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
			w.expect(t, 404, anna, http.MethodGet, recordsOf("mailings", running), nil)
			if !hers.IsDiscarded() || his.IsDiscarded() {
				t.Errorf("dropped connections: hers %v, his %v", hers.IsDiscarded(), his.IsDiscarded())
			}
			for id, want := range map[string]string{running: "paused", scheduled: "scheduled", anothers: "running"} {
				if got := w.column(t, "mailings", id, "status"); got != want {
					t.Errorf("a mailing is %s, want %s", got, want)
				}
			}
			if got := w.column(t, "mailings", running, "waiting_reason"); got != `{"code":"owner_blocked","until":"","detail":""}` {
				t.Errorf("the reason is %s", got)
			}

			w.expect(t, 200, marta, http.MethodPost, moderation(w.ids[anna], "unblock"), nil)
			if got := w.column(t, "mailings", running, "status"); got != "paused" {
				t.Errorf("unblocking made it %s", got)
			}
		})
	}
}

// connect makes a realtime connection of somebody.
func (w *world) connect(t *testing.T, who string) *subscriptions.DefaultClient {
	t.Helper()
	r, err := w.app.FindRecordById("users", w.ids[who])
	must(t, err)
	client := subscriptions.NewDefaultClient()
	client.Set(apis.RealtimeClientAuthKey, r)
	w.app.SubscriptionsBroker().Register(client)
	return client
}
