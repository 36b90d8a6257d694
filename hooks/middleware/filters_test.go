package middleware_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/internal/deadline"
)

// contains is a filter that looks for so many characters.
func contains(n int) string { return `email ~ "` + strings.Repeat("ж", n) + `"` }

func TestTextsToSearchForAreShort(t *testing.T) {
	w := newWorld(t, withRealtime(patient), clients.BindAudience, clients.BindClients, hookstest.MailingRoutes)
	base := w.listen(t)
	filter := w.Add(t, "filters", map[string]any{"owner": w.IDs[anna], "name": "Old", "filter": contains(1)}).Id
	mailing := w.Sendable(t, nil)
	for _, who := range []string{anna, superuser} {
		s := openStream(t, base)
		for field, ask := range map[string]func(filter string) answer{
			"filter": func(f string) answer {
				return w.Ask(t, who, http.MethodGet, "/api/collections/clients/records?filter="+url.QueryEscape(f), nil)
			},
			"filter of a saved filter": func(f string) answer {
				return w.Ask(t, who, http.MethodPost, "/api/collections/filters/records", map[string]any{"owner": w.IDs[anna], "name": f[len(f)-9:] + who, "filter": f})
			},
			"filter of a saved filter that is changed": func(f string) answer {
				return w.Ask(t, who, http.MethodPatch, "/api/collections/filters/records/"+filter, map[string]any{"filter": f})
			},
			"filter of a mailing": func(f string) answer {
				return w.Ask(t, who, http.MethodPatch, "/api/collections/mailings/records/"+mailing, map[string]any{"filter": f})
			},
			"filter of a count": func(f string) answer {
				return w.Ask(t, who, http.MethodPost, "/api/gonets/audience/count", map[string]any{"owner": w.IDs[anna], "filter": f})
			},
			"filter of clients": func(f string) answer {
				return w.Ask(t, who, http.MethodGet, "/api/gonets/clients?filter="+url.QueryEscape(f), nil)
			},
			"subscriptions": func(f string) answer {
				return w.subscribe(t, base, who, s, filteredTopic(f))
			},
		} {
			name, _, _ := strings.Cut(field, " ")
			if a := ask(contains(256)); a.Status/100 != 2 {
				t.Errorf("%s, %s, 256 characters: %d %v", who, field, a.Status, a.Body)
			}
			if a := ask(contains(257)); a.Status != 400 || a.Code(name) != "filter_pattern_too_long" {
				t.Errorf("%s, %s, 257 characters: %d %v", who, field, a.Status, a.Body)
			}
		}
	}
	long := strings.Repeat("x", 257)
	for _, path := range []string{"/api/gonets/clients?search=a+" + long, route(mailing, "recipients") + "?search=" + long} {
		if a := w.Ask(t, anna, http.MethodGet, path, nil); a.Status != 400 || a.Code("search") != "filter_pattern_too_long" {
			t.Errorf("a search: %d %s", a.Status, a.Text)
		}
	}
	s := openStream(t, base)
	comments := contains(1) + "//" + strings.Repeat("x", 4000)
	if a := w.subscribe(t, base, anna, s, filteredTopic(comments)); a.Status != 400 {
		t.Errorf("a subscription with a filter of 4000 characters: %d %v", a.Status, a.Body)
	}
}

func TestWhatAFilterDrivesEndsInTime(t *testing.T) {
	w := newWorld(t, clients.BindAudience, clients.BindClients, hookstest.MailingRoutes)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
	slow := w.Sendable(t, map[string]any{"filter": contains(1)})
	quick := w.Sendable(t, nil)
	deadline.Limit(w.App, time.Nanosecond)
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
		a := w.Ask(t, anna, c.method, c.path, c.body)
		if a.Status != 400 || a.Code(c.field) != "filter_too_slow" {
			t.Errorf("%s: %d %s", c.path, a.Status, a.Text)
		}
	}
	if status := w.Column(t, "mailings", slow, "status"); status != "created" || w.Count(t, "recipients", nil) != 0 || w.Count(t, "contents", nil) != 0 {
		t.Errorf("the mailing is %s, and something is left of its launch", status)
	}
	for _, path := range []string{"/api/collections/clients/records", "/api/gonets/clients", "/api/gonets/clients?search=ilya"} {
		w.Expect(t, 200, anna, http.MethodGet, path, nil)
	}
	w.Expect(t, 200, anna, http.MethodPost, "/api/gonets/audience/count", map[string]any{})
	w.Expect(t, 202, anna, http.MethodPost, route(quick, "send"), nil)
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
	if a := w.subscribe(t, base, anna, s, slices.Collect(maps.Keys(want))...); a.Status != 204 {
		t.Fatal(a.Status, a.Body)
	}
	for _, email := range []string{"olga@example.com", "ilya@example.com"} {
		client := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": email})
		w.Set(t, "clients", client.Id, "full_name", "Somebody")
		client, err := w.App.FindRecordById("clients", client.Id)
		must(t, err)
		must(t, w.App.Delete(client))
	}
	w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "ilya@example.com"})
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
		w.SQL(t, `INSERT INTO clients (id, owner, email, attributes) VALUES ({:id}, {:owner}, {:id} || '@example.com', {:large})`,
			map[string]any{"id": fmt.Sprintf("client%09d", i), "owner": w.IDs[anna], "large": large})
	}
	// A check looks through each of a hundred long texts a hundred times for this, far longer than the limit, and not so
	// long that the test waits for ever if the limit strikes just before SQLite begins.
	slow := filteredTopic(`owner.clients_via_owner.owner.clients_via_owner.attributes ?~ "%` + strings.Repeat("a_", 100) + `b%"`)
	for name, change := range map[string]func(){
		"a client is added":   func() { w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"}) },
		"a client is changed": func() { w.Set(t, "clients", "client000000001", "full_name", "Ilya") },
		"a client is deleted": func() {
			r, err := w.App.FindRecordById("clients", "client000000002")
			must(t, err)
			must(t, w.App.Delete(r))
		},
	} {
		deadline.Limit(w.App, time.Hour)
		quick, other := openStream(t, base), openStream(t, base)
		for who, c := range map[string]struct {
			s     *eventStream
			topic string
		}{boris: {other, filteredTopic(`owner = "` + w.IDs[boris] + `"`)}, marta: {quick, "clients/*"}} {
			if a := w.subscribe(t, base, who, c.s, c.topic); a.Status != 204 {
				t.Fatal(name, who, a.Status, a.Body)
			}
		}
		s := openStream(t, base)
		if a := w.subscribe(t, base, anna, s, slow); a.Status != 204 {
			t.Fatal(name, a.Status, a.Body)
		}
		deadline.Limit(w.App, 50*time.Millisecond) // enough for the others' checks on a busy machine
		change()
		if got := s.ends(t); len(got) > 1 { // PocketBase's greeting
			t.Errorf("%s: the connection has got %v", name, got)
		}
		waitForEvent(t, quick, "clients/*")
		if _, err := w.App.SubscriptionsBroker().ClientById(other.id); err != nil {
			t.Errorf("%s: somebody else's connection: %v", name, err)
		}
		again := openStream(t, base)
		if a := w.subscribe(t, base, anna, again, slow); a.Status != 400 || a.Code("subscriptions") != "filter_too_slow" {
			t.Errorf("%s: asked again, the answer is %d %v", name, a.Status, a.Body)
		}
		if a := w.subscribe(t, base, anna, again, "clients/*"); a.Status != 204 {
			t.Errorf("%s: without a filter: %d %v", name, a.Status, a.Body)
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
