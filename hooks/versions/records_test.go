package versions_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

func TestAChangeOfAnOlderVersionIsRefused(t *testing.T) {
	w := newWorld(t)
	message := map[string]any{"name": "Spring", "subject": "Hello"}
	for collection, c := range map[string]struct{ values, change map[string]any }{
		"messages":      {message, map[string]any{"subject": "Hello again"}},
		"clients":       {map[string]any{"email": "if-match@example.org"}, map[string]any{"full_name": "Ivan"}},
		"lists":         {map[string]any{"name": "Guests"}, map[string]any{"name": "Regulars"}},
		"filters":       {map[string]any{"name": "Tver", "filter": `email ~ "a"`}, map[string]any{"name": "Moscow"}},
		"mailings":      {map[string]any{"name": "Spring"}, map[string]any{"name": "Summer"}},
		"suppressions":  {map[string]any{"kind": "address", "value": "no@example.org", "reason": "manual"}, map[string]any{"note": "called"}},
		"subscriptions": {nil, map[string]any{"status": "pending"}},
	} {
		t.Run(collection, func(t *testing.T) {
			values := c.values
			if collection == "subscriptions" {
				values = map[string]any{
					"list":   w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "One"}).Id,
					"client": w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "sub@example.org"}).Id,
				}
			}
			first := w.Expect(t, 200, anna, http.MethodPost, recordsOf(collection), values)
			id, version := first.ID(), `"`+first.Body["updated"].(string)+`"`
			changed := w.Expect(t, 200, anna, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", version)
			if changed.Body["updated"] == first.Body["updated"] {
				t.Error("the change made no new version")
			}
			stale := w.Expect(t, 412, anna, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", version)
			if stale.Code("updated") != "changed_meanwhile" {
				t.Errorf("the refusal says %s", stale.Text)
			}
			w.Expect(t, 200, anna, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", changed.Body["updated"].(string))
			w.Expect(t, 200, anna, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", "*")
			w.Expect(t, 200, anna, http.MethodPatch, recordsOf(collection, id), c.change)
			w.Expect(t, 412, anna, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", `"yesterday"`)
			// Whose record it is, is looked at first.
			w.Expect(t, 404, boris, http.MethodPatch, recordsOf(collection, id), c.change, "If-Match", version)
		})
	}
}

// Of several changes of the same version one is made.
func TestOneOfManyChangesOfAVersionIsMade(t *testing.T) {
	w := newWorld(t)
	first := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), map[string]any{"name": "Spring", "subject": "Hello"})
	var made, refused atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			answer := w.Ask(t, anna, http.MethodPatch, recordsOf("messages", first.ID()), map[string]any{"subject": "Hello again"}, "If-Match", first.Body["updated"].(string))
			switch answer.Status {
			case 200:
				made.Add(1)
			case 412:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d changes were made and %d refused, want 1 and 7", made.Load(), refused.Load())
	}
}

// A change that is refused for another reason leaves nothing behind, and neither does one in a batch.
func TestARefusedChangeOfTheRightVersionChangesNothing(t *testing.T) {
	w := newWorld(t)
	first := w.Expect(t, 200, anna, http.MethodPost, recordsOf("mailings"), map[string]any{"name": "Spring"})
	version := first.Body["updated"].(string)
	w.Expect(t, 400, anna, http.MethodPatch, recordsOf("mailings", first.ID()), map[string]any{"name": "Summer", "filter": "nonsense"}, "If-Match", version)
	batch := map[string]any{"requests": []any{map[string]any{
		"method": http.MethodPatch, "url": recordsOf("mailings", first.ID()), "body": map[string]any{"name": "Summer"},
		"headers": map[string]string{"If-Match": "2020-01-01 00:00:00.000Z"},
	}}}
	if a := w.Ask(t, anna, http.MethodPost, "/api/batch", batch); a.Status < 400 {
		t.Errorf("a batch ignores the version: %s", a.Text)
	}
	if a := w.Expect(t, 200, anna, http.MethodGet, recordsOf("mailings", first.ID()), nil); a.Body["name"] != "Spring" || a.Body["updated"] != version {
		t.Errorf("the mailing is %s", a.Text)
	}
}
