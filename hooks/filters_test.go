package hooks

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/hooks/api"
	"gonets/internal/deadline"
)

// contains is a filter that looks for so many characters.
func contains(n int) string { return `email ~ "` + strings.Repeat("ж", n) + `"` }

func TestTextsToSearchForAreShort(t *testing.T) {
	w := newWorld(t, withRealtime(patient), api.BindAudience, api.BindClients, withMailingRoutes)
	base := w.listen(t)
	filter := w.add(t, "filters", map[string]any{"owner": w.ids[anna], "name": "Old", "filter": contains(1)}).Id
	mailing := w.sendable(t, nil)
	for _, who := range []string{anna, superuser} {
		s := openStream(t, base)
		for field, ask := range map[string]func(filter string) answer{
			"filter": func(f string) answer {
				return w.ask(t, who, http.MethodGet, "/api/collections/clients/records?filter="+url.QueryEscape(f), nil)
			},
			"filter of a saved filter": func(f string) answer {
				return w.ask(t, who, http.MethodPost, "/api/collections/filters/records", map[string]any{"owner": w.ids[anna], "name": f[len(f)-9:] + who, "filter": f})
			},
			"filter of a saved filter that is changed": func(f string) answer {
				return w.ask(t, who, http.MethodPatch, "/api/collections/filters/records/"+filter, map[string]any{"filter": f})
			},
			"filter of a mailing": func(f string) answer {
				return w.ask(t, who, http.MethodPatch, "/api/collections/mailings/records/"+mailing, map[string]any{"filter": f})
			},
			"filter of a count": func(f string) answer {
				return w.ask(t, who, http.MethodPost, "/api/gonets/audience/count", map[string]any{"owner": w.ids[anna], "filter": f})
			},
			"filter of clients": func(f string) answer {
				return w.ask(t, who, http.MethodGet, "/api/gonets/clients?filter="+url.QueryEscape(f), nil)
			},
			"subscriptions": func(f string) answer {
				return w.subscribe(t, base, who, s, filteredTopic(f))
			},
		} {
			name, _, _ := strings.Cut(field, " ")
			if a := ask(contains(256)); a.status/100 != 2 {
				t.Errorf("%s, %s, 256 characters: %d %v", who, field, a.status, a.body)
			}
			if a := ask(contains(257)); a.status != 400 || a.code(name) != "filter_pattern_too_long" {
				t.Errorf("%s, %s, 257 characters: %d %v", who, field, a.status, a.body)
			}
		}
	}
	long := strings.Repeat("x", 257)
	for _, path := range []string{"/api/gonets/clients?search=a+" + long, route(mailing, "recipients") + "?search=" + long} {
		if a := w.ask(t, anna, http.MethodGet, path, nil); a.status != 400 || a.code("search") != "filter_pattern_too_long" {
			t.Errorf("a search: %d %s", a.status, a.text)
		}
	}
	s := openStream(t, base)
	comments := contains(1) + "//" + strings.Repeat("x", 4000)
	if a := w.subscribe(t, base, anna, s, filteredTopic(comments)); a.status != 400 {
		t.Errorf("a subscription with a filter of 4000 characters: %d %v", a.status, a.body)
	}
}

func TestWhatAFilterDrivesEndsInTime(t *testing.T) {
	w := newWorld(t, api.BindAudience, api.BindClients, withMailingRoutes)
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ilya@example.com"})
	slow := w.sendable(t, map[string]any{"filter": contains(1)})
	quick := w.sendable(t, nil)
	deadline.Limit(w.app, time.Nanosecond)
	filter := url.QueryEscape(contains(1))
	for _, c := range []struct {
		method, path string
		body         any
		field        string
	}{
		{http.MethodGet, "/api/collections/clients/records?filter=" + filter, nil, "filter"},
		{http.MethodGet, "/api/collections/clients/records?skipTotal=1&filter=" + filter, nil, "filter"},
		{http.MethodGet, "/api/collections/clients/records?sort=attributes.a", nil, "filter"},
		{http.MethodGet, "/api/gonets/clients?filter=" + filter, nil, "filter"},
		{http.MethodPost, "/api/gonets/audience/count", map[string]any{"filter": contains(1)}, "filter"},
		{http.MethodPost, route(slow, "send"), nil, "filter"},
	} {
		a := w.ask(t, anna, c.method, c.path, c.body)
		if a.status != 400 || a.code(c.field) != "filter_too_slow" {
			t.Errorf("%s: %d %s", c.path, a.status, a.text)
		}
	}
	if status := w.column(t, "mailings", slow, "status"); status != "created" || w.count(t, "recipients", nil) != 0 || w.count(t, "contents", nil) != 0 {
		t.Errorf("the mailing is %s, and something is left of its launch", status)
	}
	for _, path := range []string{"/api/collections/clients/records", "/api/gonets/clients", "/api/gonets/clients?search=ilya"} {
		w.expect(t, 200, anna, http.MethodGet, path, nil)
	}
	w.expect(t, 200, anna, http.MethodPost, "/api/gonets/audience/count", map[string]any{})
	w.expect(t, 202, anna, http.MethodPost, route(quick, "send"), nil)
}

// filteredTopic is all clients that a filter lets through.
func filteredTopic(filter string) string {
	return "clients/*?options=" + url.QueryEscape(`{"query":{"filter":"`+strings.ReplaceAll(filter, `"`, `\"`)+`"}}`)
}

func TestFiltersOfSubscriptionsLetThroughWhatTheyDid(t *testing.T) {
	w := newWorld(t, withRealtime(patient))
	base := w.listen(t)
	s := openStream(t, base)
	want := map[string]int{
		filteredTopic(`email ~ "ilya" // a comment`):            3,
		filteredTopic(`email = "x" || email ~ "ilya"`):          3,
		filteredTopic(`email ~ "ilya" && email = "x"`):          0,
		filteredTopic(`email = "x") || (email ~ "ilya"`):        0, // cannot be read
		filteredTopic(`full_name = "Somebody"`):                 4,
		filteredTopic("email = \"gonets realtime connection\""): 0,
		"clients/*": 6,
	}
	if a := w.subscribe(t, base, anna, s, slices.Collect(maps.Keys(want))...); a.status != 204 {
		t.Fatal(a.status, a.body)
	}
	for _, email := range []string{"olga@example.com", "ilya@example.com"} {
		client := w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": email})
		w.set(t, "clients", client.Id, "full_name", "Somebody")
		client, err := w.app.FindRecordById("clients", client.Id)
		must(t, err)
		must(t, w.app.Delete(client))
	}
	w.add(t, "clients", map[string]any{"owner": w.ids[boris], "email": "ilya@example.com"})
	got := map[string]int{}
	for range 3 + 3 + 4 + 6 {
		name := <-s.events
		if name == "PB_CONNECT" {
			name = <-s.events
		}
		got[name]++
	}
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	if !maps.Equal(got, want) {
		t.Errorf("received %v", got)
	}
}

func TestSlowFiltersOfSubscriptionsEndTheConnection(t *testing.T) {
	w := newWorld(t, withRealtime(patient))
	base := w.listen(t)
	large := `{"a":"` + strings.Repeat("a", 15<<10) + `"}`
	for i := range 100 {
		w.sql(t, `INSERT INTO clients (id, owner, email, attributes) VALUES ({:id}, {:owner}, {:id} || '@example.com', {:large})`,
			map[string]any{"id": fmt.Sprintf("client%09d", i), "owner": w.ids[anna], "large": large})
	}
	// A check looks through each of a hundred long texts a hundred times for this, far longer than the limit, and not so
	// long that the test waits for ever if the limit strikes just before SQLite begins.
	slow := filteredTopic(`owner.clients_via_owner.owner.clients_via_owner.attributes ?~ "%` + strings.Repeat("a_", 100) + `b%"`)
	for name, change := range map[string]func(){
		"a client is added":   func() { w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ilya@example.com"}) },
		"a client is changed": func() { w.set(t, "clients", "client000000001", "full_name", "Ilya") },
		"a client is deleted": func() {
			r, err := w.app.FindRecordById("clients", "client000000002")
			must(t, err)
			must(t, w.app.Delete(r))
		},
	} {
		deadline.Limit(w.app, time.Hour)
		quick, other := openStream(t, base), openStream(t, base)
		for who, c := range map[string]struct {
			s     *eventStream
			topic string
		}{boris: {other, filteredTopic(`owner = "` + w.ids[boris] + `"`)}, marta: {quick, "clients/*"}} {
			if a := w.subscribe(t, base, who, c.s, c.topic); a.status != 204 {
				t.Fatal(name, who, a.status, a.body)
			}
		}
		s := openStream(t, base)
		if a := w.subscribe(t, base, anna, s, slow); a.status != 204 {
			t.Fatal(name, a.status, a.body)
		}
		deadline.Limit(w.app, 50*time.Millisecond) // enough for the others' checks on a busy machine
		change()
		if got := s.ends(t); len(got) > 1 { // PocketBase's greeting
			t.Errorf("%s: the connection has got %v", name, got)
		}
		waitForEvent(t, quick, "clients/*")
		if _, err := w.app.SubscriptionsBroker().ClientById(other.id); err != nil {
			t.Errorf("%s: somebody else's connection: %v", name, err)
		}
		again := openStream(t, base)
		if a := w.subscribe(t, base, anna, again, slow); a.status != 400 || a.code("subscriptions") != "filter_too_slow" {
			t.Errorf("%s: asked again, the answer is %d %v", name, a.status, a.body)
		}
		if a := w.subscribe(t, base, anna, again, "clients/*"); a.status != 204 {
			t.Errorf("%s: without a filter: %d %v", name, a.status, a.body)
		}
	}
}

func waitForEvent(t *testing.T, s *eventStream, name string) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case got, open := <-s.events:
			if got == name {
				return
			}
			if !open {
				t.Fatalf("the connection has ended before %s", name)
			}
		case <-timeout:
			t.Fatalf("%s does not come", name)
		}
	}
}
