package middleware_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/api"
	"gonets/hooks/middleware"
	"gonets/internal/realtime"
	"gonets/internal/results"
)

// patient are limits of realtime that no test runs into by chance.
var patient = func() realtime.Limits {
	l := realtime.DefaultLimits
	l.SubscribeWithin, l.GuestLifetime, l.WriteWithin = time.Hour, time.Hour, time.Hour
	return l
}()

func withRealtime(limits realtime.Limits) func(core.App) {
	return func(app core.App) { middleware.BindRealtimeWithin(app, limits) }
}

// eventStream is a realtime connection over the network.
type eventStream struct {
	id     string
	events chan string // names; closed when the connection ends
}

func (w *world) listen(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(w.HTTP)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server.URL
}

func openStream(t *testing.T, base string) *eventStream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/realtime", nil)
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	s := &eventStream{events: make(chan string, 1000)}
	ids := make(chan string, 1)
	go func() {
		defer close(s.events)
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			switch name, value, _ := strings.Cut(lines.Text(), ":"); name {
			case "id":
				select {
				case ids <- value:
				default:
				}
			case "event":
				s.events <- value
			}
		}
	}()
	s.id = <-ids
	return s
}

// subscribe asks for topics as somebody, from the address that the test server sees.
func (w *world) subscribe(t *testing.T, base, who string, s *eventStream, topics ...string) answer {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": topics})
	must(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/realtime", bytes.NewReader(raw))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", w.Tokens[who])
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	a := answer{Status: response.StatusCode}
	_ = json.NewDecoder(response.Body).Decode(&a.Body)
	return a
}

// ends waits for the end of the connection and returns what came before it.
func (s *eventStream) ends(t *testing.T) []string {
	t.Helper()
	var got []string
	timeout := time.After(20 * time.Second)
	for {
		select {
		case name, open := <-s.events:
			if !open {
				return got
			}
			got = append(got, name)
		case <-timeout:
			t.Fatalf("the connection is still open, after %v", got)
		}
	}
}

func TestGuestsHearNothingOfOwners(t *testing.T) {
	w := newWorld(t, withRealtime(patient))
	public := core.NewBaseCollection("news")
	public.ListRule, public.ViewRule = types.Pointer(""), types.Pointer(`id != "" && @request.auth.id != ""`)
	must(t, w.App.Save(public))
	base := w.listen(t)
	s := openStream(t, base)
	for _, topic := range []string{
		"clients/*", "clients", "clients/abcdefghijklmno", `clients/*?options={"query":{"filter":"email~'a'"}}`, "users/*", "users/" + w.IDs[anna],
		"mailings/*", "senders/*", "attempts/*", "images/*", "instance/*", "_superusers/*", "news/abcdefghijklmno",
		results.ProgressTopic, results.ProgressTopic + "?options={}", "nothing", "nothing/*",
	} {
		for who := range map[string]bool{anonymous: true, kirill: true} { // Kirill's session has ended
			if a := w.subscribe(t, base, who, s, topic); a.Status != http.StatusNoContent {
				t.Errorf("%s, %s: %d %v", who, topic, a.Status, a.Body)
			}
		}
		if client, err := w.App.SubscriptionsBroker().ClientById(s.id); err != nil || len(client.Subscriptions()) != 0 {
			t.Fatalf("%s: subscribed after all", topic)
		}
	}
	for _, topics := range [][]string{{"@oauth2"}, {"news/*", "news"}, {"@oauth2", "clients/*"}} {
		if a := w.subscribe(t, base, anonymous, s, topics...); a.Status != http.StatusNoContent {
			t.Errorf("%v: %d %v", topics, a.Status, a.Body)
		}
		client, err := w.App.SubscriptionsBroker().ClientById(s.id)
		must(t, err)
		for _, topic := range topics {
			if client.HasSubscription(topic) == (topic == "clients/*") {
				t.Errorf("%v: %v", topics, client.Subscriptions())
			}
		}
	}
	if a := w.subscribe(t, base, anna, s, "clients/*", results.ProgressTopic); a.Status != http.StatusNoContent {
		t.Errorf("who is signed in: %d %v", a.Status, a.Body)
	}
}

func TestAConnectionHasFewSubscriptions(t *testing.T) {
	w := newWorld(t, withRealtime(patient))
	base := w.listen(t)
	s := openStream(t, base)
	var topics []string
	for range 50 {
		topics = append(topics, unique("clients/%015d"))
	}
	if a := w.subscribe(t, base, anna, s, topics...); a.Status != http.StatusNoContent {
		t.Errorf("50: %d %v", a.Status, a.Body)
	}
	if a := w.subscribe(t, base, anna, s, append(topics, "lists/*")...); a.Status != http.StatusBadRequest || a.Code("subscriptions") != "too_many" {
		t.Errorf("51: %d %v", a.Status, a.Body)
	}
}

func TestConnectionsAreFew(t *testing.T) {
	limits := patient
	limits.Guests, limits.PerUser = 2, 2
	w := newWorld(t, withRealtime(limits))
	base := w.listen(t)
	first, second := openStream(t, base), openStream(t, base)
	openStream(t, base)
	first.ends(t)
	if a := w.subscribe(t, base, anna, second, "clients/*"); a.Status != http.StatusNoContent {
		t.Errorf("the second guest, who signs in: %d %v", a.Status, a.Body)
	}
	for range 2 {
		if a := w.subscribe(t, base, anna, openStream(t, base), "clients/*"); a.Status != http.StatusNoContent {
			t.Errorf("%d %v", a.Status, a.Body)
		}
	}
	second.ends(t)
	w.Eventually(t, "only three are left", func() bool { return w.App.SubscriptionsBroker().TotalClients() == 3 })
}

func TestAConnectionWithoutSubscriptionsEnds(t *testing.T) {
	limits := patient
	limits.SubscribeWithin = 50 * time.Millisecond
	w := newWorld(t, withRealtime(limits))
	openStream(t, w.listen(t)).ends(t)
}

func TestAReaderThatStallsIsDropped(t *testing.T) {
	limits := patient
	limits.WriteWithin = 200 * time.Millisecond
	w := newWorld(t, withRealtime(limits))
	base := w.listen(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = conn.Write([]byte("GET /api/realtime HTTP/1.1\r\nHost: gonets\r\n\r\n"))
	must(t, err)
	broker := w.App.SubscriptionsBroker()
	w.Eventually(t, "it is connected", func() bool { return broker.TotalClients() == 1 })
	var id string
	for id = range broker.Clients() {
	}
	if a := w.subscribe(t, base, anna, &eventStream{id: id}, "messages/*"); a.Status != http.StatusNoContent {
		t.Fatalf("%d %v", a.Status, a.Body)
	}
	client, err := broker.ClientById(id)
	must(t, err)
	// As PocketBase tells of each edit, until the buffers of the network are full.
	data := bytes.Repeat([]byte("x"), 1<<20)
	w.Eventually(t, "the connection is dropped", func() bool {
		client.Send(subscriptions.Message{Name: "messages/*", Data: data})
		return client.IsDiscarded()
	})
	w.Eventually(t, "the broker knows it no more", func() bool { return broker.TotalClients() == 0 })
}

func TestNobodyHearsAnythingAfterTheSession(t *testing.T) {
	for name, end := range map[string]string{
		"demoted by another process": `UPDATE users SET role = 'owner' WHERE id = {:id}`,
		"blocked by another process": `UPDATE users SET blocked = TRUE WHERE id = {:id}`,
		"signed out by another one":  `UPDATE users SET tokenKey = 'anotheranotheranotheranotheranother' WHERE id = {:id}`,
		"deleted by another process": `DELETE FROM users WHERE id = {:id}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withRealtime(patient))
			base := w.listen(t)
			s := openStream(t, base)
			if a := w.subscribe(t, base, marta, s, "clients/*", "own"); a.Status != http.StatusNoContent {
				t.Fatalf("%d %v", a.Status, a.Body)
			}
			client, err := w.App.SubscriptionsBroker().ClientById(s.id)
			must(t, err)
			client.Send(subscriptions.Message{Name: "own", Data: []byte("{}")})
			w.Eventually(t, "the first message", func() bool { return len(s.events) == 2 }) // after PB_CONNECT
			w.SQL(t, end, dbx.Params{"id": w.IDs[marta]})
			client.Send(subscriptions.Message{Name: "own", Data: []byte("{}")})
			if got := s.ends(t); !slices.Equal(got, []string{"PB_CONNECT", "own"}) {
				t.Errorf("heard %v", got)
			}
		})
	}
	t.Run("signed out everywhere", func(t *testing.T) {
		w := newWorld(t, withRealtime(patient), api.BindSignOut)
		base := w.listen(t)
		s := openStream(t, base)
		w.subscribe(t, base, anna, s, "clients/*")
		w.Expect(t, 204, anna, http.MethodPost, "/api/gonets/sign-out-everywhere", nil)
		s.ends(t)
	})
	t.Run("demoted in this process", func(t *testing.T) {
		w := newWorld(t, withRealtime(patient))
		base := w.listen(t)
		s := openStream(t, base)
		w.subscribe(t, base, marta, s, "clients/*")
		w.Set(t, "users", w.IDs[marta], "role", "owner")
		s.ends(t)
	})
	t.Run("deleted in this process", func(t *testing.T) {
		w := newWorld(t, withRealtime(patient))
		base := w.listen(t)
		s := openStream(t, base)
		w.subscribe(t, base, boris, s, "clients/*")
		w.Expect(t, 204, superuser, http.MethodDelete, recordsOf("users", w.IDs[boris]), nil)
		s.ends(t)
	})
}
