package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// told is what a receiver of webhooks was told.
type told struct {
	mu     sync.Mutex
	calls  int
	types  map[string]int            // events by type, each webhook-id once
	emails map[string]map[string]int // by type, how often each address was told under ids of its own
	seen   map[string]bool
	order  []string // types as they came, each webhook-id once
}

// receiver starts a receiver that takes a moment for each answer.
func receiver(t *testing.T, takes time.Duration) (*told, string) {
	t.Helper()
	r := &told{types: map[string]int{}, emails: map[string]map[string]int{}, seen: map[string]bool{}}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body)
		var event struct {
			Type string
			Data struct{ Email string }
		}
		if err := json.Unmarshal(raw, &event); err != nil || event.Type == "" {
			t.Errorf("%s: %v", raw, err)
		}
		time.Sleep(takes)
		id := req.Header.Get("webhook-id")
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls++
		if r.seen[id] {
			return
		}
		r.seen[id] = true
		r.types[event.Type]++
		r.order = append(r.order, event.Type)
		if r.emails[event.Type] == nil {
			r.emails[event.Type] = map[string]int{}
		}
		r.emails[event.Type][event.Data.Email]++
	}))
	t.Cleanup(s.Close)
	return r, s.URL
}

func (r *told) count(kind string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.types[kind]
}

// allowLoopback lets webhooks call this machine.
func (w *world) allowLoopback() {
	w.t.Helper()
	var instances struct{ Items []struct{ ID string } }
	w.root.get("/api/collections/instance/records").want(200).into(&instances)
	w.root.patch("/api/collections/instance/records/"+instances.Items[0].ID, object{"webhook_networks": "127.0.0.1/32"}).want(200)
}

// Test19WebhooksAreToldAcrossAKill kills the server while it tells of hundreds of failed recipients.
func Test19WebhooksAreToldAcrossAKill(t *testing.T) {
	t.Parallel()
	const total = 600
	refused := map[string]bool{} // a third: a mailing pauses when most are
	for i := 0; i < total; i += 3 {
		refused[numbered(i)] = true
	}
	w := newWorld(t, 4*time.Minute, outbox.Options{Keep: 1, Rules: func(_, rcpt string, _ int) *outbox.Reply {
		if !refused[rcpt] {
			return nil
		}
		return &outbox.Reply{Code: 552, Enhanced: "5.2.2", Text: "Mailbox full"}
	}})
	w.allowLoopback()
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	r, address := receiver(t, 5*time.Millisecond)
	made := owner.post("/api/collections/webhooks/records", object{
		"url": address, "events": []string{"mailing.launched", "mailing.completed", "recipient.failed", "client.unsubscribed"},
	}).want(200)
	if !strings.Contains(string(made.body), `"secret":"whsec_`) {
		t.Errorf("made %s", made.body)
	}
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	for _, until := range []int{20, 80, 140} {
		eventually(w.ctx, t, "some are told", func() bool { return r.count("recipient.failed") >= until })
		w.restart()
	}
	owner.reaches(id, "completed")

	// Somebody opts out by the link in an email.
	mail, _ := w.outbox.One(w.outbox.List(0, 1, "").Items[0].ID)
	link := regexp.MustCompile(`http://[^ <>"]+/u/[A-Za-z0-9_-]+`).FindString(mail.Text)
	if link == "" {
		t.Fatalf("no link in %q", mail.Text)
	}
	for range 2 { // mail providers may do it twice
		w.nobody.post(link[strings.Index(link, "/u/"):], nil).want(200)
	}
	failed := owner.read(id).Failed
	eventually(w.ctx, t, "all are told", func() bool {
		return r.count("recipient.failed") >= failed && r.count("mailing.completed") == 1 && r.count("client.unsubscribed") == 1
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.types["recipient.failed"] != failed || r.types["mailing.launched"] != 1 || failed < len(refused)-3*connections || failed > len(refused) {
		t.Errorf("%d failed; told were %v", failed, r.types)
	}
	for email, n := range r.emails["recipient.failed"] {
		if n != 1 {
			t.Errorf("the failure of %s has %d events", email, n)
		}
	}
	if r.order[0] != "mailing.launched" || slices.Index(r.order, "mailing.completed") != len(r.order)-2 || r.order[len(r.order)-1] != "client.unsubscribed" {
		t.Errorf("the order is %v … %v", r.order[0], r.order[len(r.order)-3:])
	}
	t.Logf("%d calls for %d events", r.calls, len(r.seen))
}
