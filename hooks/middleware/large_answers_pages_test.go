package middleware_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/clients"
	"gonets/hooks/middleware"
	"gonets/internal/realtime"
)

// subscribed has a list of anna's with so many subscribed clients.
func (w *world) subscribed(t *testing.T, clients int) string {
	t.Helper()
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "many"}).Id
	for i := range clients {
		client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": fmt.Sprintf("many%d@example.net", i)}).Id
		w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": list, "client": client, "status": "confirmed"})
	}
	return list
}

// TestExpansionsThereAndBack: sixty subscriptions, expanded to their list and back twice, were 150 MB of JSON, a
// thousand of them more memory than there is.
func TestExpansionsThereAndBack(t *testing.T) {
	w := newWorld(t, clients.BindClients)
	list := w.subscribed(t, 60)
	const (
		once = "subscriptions_via_list.client"
		back = "subscriptions_via_list.list.subscriptions_via_list.list.subscriptions_via_list.list"
		old  = "subscriptions(list).list.subscriptions(list).list.subscriptions(list).list"
	)
	for _, who := range []string{anna, marta} {
		a := w.Expect(t, 200, who, http.MethodGet, recordsOf("lists", list)+"?expand="+once, nil)
		if n := strings.Count(a.Text, "@example.net"); n < 60 {
			t.Errorf("%s: %d clients are expanded", who, n)
		}
		for _, path := range []string{recordsOf("lists", list) + "?", recordsOf("lists") + "?filter=name='many'&", recordsOf("lists") + "?"} {
			for _, expand := range []string{back, old, once + "," + back} {
				a := w.Expect(t, 400, who, http.MethodGet, path+"expand="+expand, nil)
				if a.Code("expand") != "expand_too_large" {
					t.Errorf("%s %s: %s", who, path, a.Text)
				}
			}
		}
	}
	across := "subscriptions_via_client.list.subscriptions_via_list.list.subscriptions_via_list.list"
	if a := w.Expect(t, 400, anna, http.MethodGet, "/api/gonets/clients?perPage=100&expand="+across, nil); a.Code("expand") != "expand_too_large" {
		t.Error(a.Text)
	}

	// Where nothing can be counted, the schema tells.
	for _, expand := range []string{back, old} {
		if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("lists", list)+"?expand="+expand, map[string]any{}); a.Code("expand") != "expand_too_large" {
			t.Error(a.Text)
		}
	}
	w.Expect(t, 400, anna, http.MethodPost, "/api/collections/users/auth-refresh?expand=clients_via_owner", nil)
	settings := w.App.Settings()
	settings.Batch.Enabled = true
	if err := w.App.Save(settings); err != nil {
		t.Fatal(err)
	}
	batch := func(expand string) map[string]any {
		return map[string]any{"requests": []map[string]any{{"method": "PATCH", "url": recordsOf("lists", list) + "?expand=" + expand, "body": map[string]any{"name": "many"}}}}
	}
	w.Expect(t, 400, anna, http.MethodPost, "/api/batch", batch(back))
	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", batch("owner"))
}

func TestSubscriptionsExpandLittle(t *testing.T) {
	w := newWorld(t, withRealtime(realtime.DefaultLimits))
	base := w.listen(t)
	s := openStream(t, base)
	topic := func(expand string) string { return `lists/*?options={"query":{"expand":"` + expand + `"}}` }
	for _, expand := range []string{"subscriptions_via_list", "subscriptions(list)", "owner.clients_via_owner"} {
		if a := w.subscribe(t, base, anna, s, topic(expand)); a.Status != 400 || a.Code("expand") != "expand_too_large" {
			t.Errorf("%s: %d %v", expand, a.Status, a.Body)
		}
	}
	if a := w.subscribe(t, base, anna, s, topic("owner"), `mailings/*?options={"query":{"expand":"message,lists,sender,owner"}}`); a.Status != http.StatusNoContent {
		t.Errorf("%d %v", a.Status, a.Body)
	}
}

// TestAPageOfLongMessages: a page of a thousand messages of 2 MB took ten gigabytes.
func TestAPageOfLongMessages(t *testing.T) {
	const (
		long = 100_000
		fits = 5
	)
	w := newWorld(t, func(app core.App) { middleware.BindLargeAnswersWithin(app, (fits+1)*2*long) })
	for i := range fits + 1 {
		w.Add(t, "messages", map[string]any{
			"owner": w.IDs[anna], "name": fmt.Sprint(i), "format": "html",
			"body": strings.Repeat("ы", long/2), "text_body": strings.Repeat("ы", long/2),
		})
	}
	for _, who := range []string{anna, marta} {
		for page := 1; page <= 2; page++ {
			a := w.Expect(t, 200, who, http.MethodGet, recordsOf("messages")+fmt.Sprintf("?perPage=1000&page=%d", page), nil)
			if items := a.Body["items"].([]any); a.Body["perPage"] != float64(fits) || page == 1 && len(items) != fits || page == 2 && len(items) == 0 {
				t.Errorf("%s: page %d has %d of %v", who, page, len(items), a.Body["perPage"])
			}
		}
	}
	if a := w.Expect(t, 200, boris, http.MethodGet, recordsOf("messages")+"?perPage=1000", nil); a.Body["perPage"] != 1000.0 {
		t.Errorf("short messages: %v", a.Body["perPage"])
	}
}

// TestABatchOfLongMessages: a hundred changes that change nothing, of the longest messages, answered 200 MB.
func TestABatchOfLongMessages(t *testing.T) {
	w := newWorld(t, middleware.BindBatchAnswers)
	settings := w.App.Settings()
	settings.Batch.Enabled = true
	if err := w.App.Save(settings); err != nil {
		t.Fatal(err)
	}
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "long", "format": "html", "body": strings.Repeat("ы", 500_000), "text_body": strings.Repeat("ы", 500_000)}).Id
	batch := func(requests int) map[string]any {
		list := make([]map[string]any, requests)
		for i := range list {
			list[i] = map[string]any{"method": "PATCH", "url": recordsOf("messages", message), "body": map[string]any{"name": fmt.Sprint("changed ", i)}}
		}
		return map[string]any{"requests": list}
	}
	a := w.Expect(t, 400, anna, http.MethodPost, "/api/batch", batch(9))
	if !strings.Contains(a.Text, "answers_too_large") {
		t.Error(a.Text)
	}
	if a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("messages", message), nil); a.Body["name"] != "long" {
		t.Errorf("the batch was refused and yet did something: %v", a.Body["name"])
	}
	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", batch(3))
	expanded := batch(3)
	for i := range 3 {
		mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": fmt.Sprint(i), "message": message, "audience": "everyone"}).Id
		expanded["requests"].([]map[string]any)[i]["url"] = recordsOf("mailings", mailing) + "?expand=message"
	}
	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", expanded)
	requests := expanded["requests"].([]map[string]any)
	if a := w.Expect(t, 400, anna, http.MethodPost, "/api/batch", map[string]any{"requests": append(append(requests, requests...), requests...)}); !strings.Contains(a.Text, "answers_too_large") {
		t.Error(a.Text)
	}
}
