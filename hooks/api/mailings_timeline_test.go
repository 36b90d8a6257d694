package api_test

import (
	"net/http"
	"testing"

	"gonets/hooks/hookstest"

	"github.com/pocketbase/dbx"
)

// told reads the timeline of a mailing as somebody gets it.
func (w *world) told(t *testing.T, who, id string) []map[string]any {
	t.Helper()
	a := w.Expect(t, 200, who, http.MethodGet, route(id, "timeline"), nil)
	var items []map[string]any
	for _, item := range a.Body["items"].([]any) {
		items = append(items, item.(map[string]any))
	}
	return items
}

func TestATimelineIsForWhoeverMaySeeTheMailing(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Sendable(t, nil)
	for i, who := range everybody {
		w.Expect(t, verdicts{401, 401, 404, 200, 200, 200}[i], who, http.MethodGet, route(id, "timeline"), nil)
	}
	items := w.told(t, anna, id)
	if len(items) != 1 || items[0]["kind"] != "created" || items[0]["at"] == "" || items[0]["actor"] != nil {
		t.Errorf("a new mailing tells %v", items)
	}
}

func TestATimelineNamesWhoDidWhat(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
	id := w.Sendable(t, nil)
	w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil)
	w.Expect(t, 200, superuser, http.MethodPost, route(id, "pause"), nil)
	w.Expect(t, 200, anna, http.MethodPost, route(id, "resume"), nil)
	w.Expect(t, 200, marta, http.MethodPost, route(id, "block"), map[string]any{"reason": "spam"})
	for _, c := range []struct {
		who  string
		ids  []string // of the actors, after "created"
		name string
	}{
		{anna, []string{w.IDs[anna], "", w.IDs[anna], ""}, "an owner knows of others what they are"},
		{marta, []string{w.IDs[anna], w.superuserID(t), w.IDs[anna], w.IDs[marta]}, "a manager knows who"},
	} {
		t.Run(c.name, func(t *testing.T) {
			items := w.told(t, c.who, id)
			kinds := []string{"launched", "paused", "resumed", "blocked"}
			roles := []string{"owner", "superuser", "owner", "manager"}
			if len(items) != len(kinds)+1 {
				t.Fatalf("told %v", items)
			}
			for i, item := range items[1:] {
				actor := item["actor"].(map[string]any)
				if item["kind"] != kinds[i] || actor["kind"] != roles[i] || actor["id"] != c.ids[i] {
					t.Errorf("told %v, want %s by %s %s", item, kinds[i], roles[i], c.ids[i])
				}
			}
			last := items[len(items)-1]["detail"].(map[string]any)
			if last["reason"] != "spam" || last["paused"] != true {
				t.Errorf("blocked with %v", last)
			}
		})
	}
}

func TestATimelineTellsThatAStartWasMoved(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Sendable(t, nil)
	first, second := "2099-01-01 09:00:00.000Z", "2099-01-02 09:00:00.000Z"
	for _, at := range []string{first, first, second} {
		w.Expect(t, 200, anna, http.MethodPatch, recordsOf("mailings", id), map[string]any{"starts_at": at})
		w.Expect(t, 200, anna, http.MethodPost, route(id, "schedule"), map[string]any{"starts_at": at})
	}
	var starts []any
	for _, item := range w.told(t, anna, id) {
		if item["kind"] == "scheduled" {
			starts = append(starts, item["detail"].(map[string]any)["starts_at"])
		}
	}
	if len(starts) != 2 || starts[0] != first || starts[1] != second {
		t.Errorf("scheduled for %v", starts)
	}
}

func TestBlockingAnOwnerIsToldByTheirMailings(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Mailing(t, "running", map[string]any{"owner": w.IDs[boris]})
	w.Expect(t, 200, marta, http.MethodPost, "/api/gonets/users/"+w.IDs[boris]+"/block", map[string]any{"reason": "spam"})
	items := w.told(t, marta, id)
	last := items[len(items)-1]
	if last["kind"] != "paused" || last["detail"].(map[string]any)["code"] != "owner_blocked" {
		t.Errorf("told %v", items)
	}
}

func TestADeletedMailingTakesItsTimelineAlong(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Sendable(t, nil)
	w.Expect(t, 200, anna, http.MethodPost, route(id, "schedule"), map[string]any{"starts_at": "2099-01-01T09:00:00Z"})
	if n := w.Count(t, "mailing_events", dbx.HashExp{"mailing": id}); n != 1 {
		t.Fatalf("%d events", n)
	}
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("mailings", id), nil)
	w.Eventually(t, "its events are gone", func() bool { return w.Count(t, "mailing_events", dbx.HashExp{"mailing": id}) == 0 })
}

func (w *world) superuserID(t *testing.T) string {
	t.Helper()
	r, err := w.App.FindFirstRecordByFilter("_superusers", "id != ''")
	must(t, err)
	return r.Id
}
