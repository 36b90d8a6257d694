package webhooks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
	"gonets/hooks/webhooks"
	"gonets/internal/notification"
	"gonets/internal/secret"
)

// Who asks, in the tests.
const (
	anonymous = hookstest.Anonymous
	anna      = hookstest.Anna
	boris     = hookstest.Boris
	marta     = hookstest.Marta
	superuser = hookstest.Superuser
)

var (
	must      = hookstest.Must
	recordsOf = hookstest.RecordsOf
)

// webhookRoute is the path of a route of a webhook.
func webhookRoute(id, verb string) string { return "/api/gonets/webhooks/" + id + "/" + verb }

func webhookBody(more map[string]any) map[string]any {
	body := map[string]any{"url": "https://example.org/hooks", "events": []string{"mailing.completed", "client.unsubscribed", "client.subscribed"}}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestASecretOfAWebhookIsShownOnce(t *testing.T) {
	w := hookstest.New(t, webhooks.BindRoutes)
	listener := w.Connect(t, anna)
	listener.Subscribe("webhooks/*")
	made := w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{"url": "https://ann:p4ss@example.org/hooks?token=t0ken"}))
	shown := made.Field("secret")
	if !strings.HasPrefix(shown, "whsec_") || made.Body["active"] != true || made.Field("url") != "https://…@example.org/hooks?token=…" {
		t.Fatalf("made: %s", made.Text)
	}
	id := made.ID()
	stored, err := secret.Of(w.App, "webhooks", id)
	if err != nil || stored[secret.Shared] != shown || stored[secret.Address] != "https://ann:p4ss@example.org/hooks?token=t0ken" {
		t.Errorf("stored: %v, %v", stored, err)
	}
	select {
	case m := <-listener.Channel():
		if text := string(m.Data); strings.Contains(text, shown) || strings.Contains(text, "t0ken") {
			t.Errorf("realtime has %s", text)
		}
	default:
	}
	texts := []string{w.Column(t, "webhooks", id, "secret"), w.Column(t, "webhooks", id, "url")}
	for _, who := range []string{anna, marta, superuser} {
		texts = append(texts, w.Expect(t, 200, who, http.MethodGet, recordsOf("webhooks", id), nil).Text, w.Ask(t, who, http.MethodGet, recordsOf("webhooks"), nil).Text)
	}
	texts = append(texts, w.Expect(t, 200, anna, http.MethodPatch, recordsOf("webhooks", id), map[string]any{"active": false}).Text)
	for _, text := range texts {
		if strings.Contains(text, "whsec_") || strings.Contains(text, "t0ken") || strings.Contains(text, "p4ss") {
			t.Errorf("a secret is shown: %s", text)
		}
	}

	// What is shown of the address, sent back, keeps it; another one replaces it.
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("webhooks", id), map[string]any{"url": made.Field("url"), "active": true})
	if stored, _ := secret.Of(w.App, "webhooks", id); stored[secret.Address] != "https://ann:p4ss@example.org/hooks?token=t0ken" || stored[secret.Shared] != shown {
		t.Errorf("stored: %v", stored)
	}
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("webhooks", id), map[string]any{"url": "https://example.org/other"})
	if stored, _ := secret.Of(w.App, "webhooks", id); stored[secret.Address] != "https://example.org/other" {
		t.Errorf("stored: %v", stored)
	}

	// Rotation, by the owner only.
	for who, status := range map[string]int{anonymous: 401, boris: 404, marta: 403} {
		w.Expect(t, status, who, http.MethodPost, webhookRoute(id, "secret"), nil)
	}
	second := w.Expect(t, 200, anna, http.MethodPost, webhookRoute(id, "secret"), nil)
	stored, err = secret.Of(w.App, "webhooks", id)
	if err != nil || stored[secret.Shared] != second.Field("secret") || stored[secret.Former] != shown || second.Field("secret") == shown || second.Field("former_until") == "" {
		t.Errorf("stored: %v, %v; %s", stored, err, second.Text)
	}

	// A secret that is given is kept and not shown.
	const given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	own := w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{"secret": given}))
	if stored, _ := secret.Of(w.App, "webhooks", own.ID()); stored[secret.Shared] != given || own.Field("secret") != "" {
		t.Errorf("stored %v, shown %s", stored, own.Text)
	}
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("webhooks", own.ID()), nil)
	if stored, err := secret.Of(w.App, "webhooks", own.ID()); err != nil || len(stored) > 0 {
		t.Errorf("left of a deleted one: %v, %v", stored, err)
	}
}

func TestWhatAWebhookMustHave(t *testing.T) {
	w := hookstest.New(t, webhooks.BindRoutes)
	for _, c := range []struct {
		field, code string
		value       any
	}{
		{"url", "validation_required", ""},
		{"url", "invalid_webhook_url", "example.org/hooks"},
		{"url", "invalid_webhook_url", "ftp://example.org/"},
		{"url", "invalid_webhook_url", "https://example.org/#x"},
		{"url", "address_not_allowed", "http://127.0.0.1:8090/"},
		{"url", "address_not_allowed", "http://LocalHost/"},
		{"url", "address_not_allowed", "http://[::ffff:10.0.0.1]/"},
		{"url", "address_not_allowed", "http://169.254.169.254/latest/meta-data"},
		{"events", "validation_required", []string{}},
		{"events", "validation_invalid_value", []string{"mailing.deleted"}},
		{"secret", "invalid_webhook_secret", "s3cret"},
		{"secret", "invalid_webhook_secret", "whsec_c2hvcnQ="},
	} {
		a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{c.field: c.value}))
		if a.Code(c.field) != c.code {
			t.Errorf("%s %v: %s", c.field, c.value, a.Text)
		}
	}
	if a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{"url": "https://example.org/" + strings.Repeat("a", 2000)})); a.Code("url") == "" {
		t.Errorf("a long address: %s", a.Text)
	}
	for range notification.MaxOfOwner {
		w.Expect(t, 200, boris, http.MethodPost, recordsOf("webhooks"), webhookBody(nil))
	}
	if a := w.Expect(t, 400, boris, http.MethodPost, recordsOf("webhooks"), webhookBody(nil)); a.Code("url") != "too_many_webhooks" {
		t.Errorf("one too many: %s", a.Text)
	}
	var instance string
	must(t, w.App.DB().Select("id").From("instance").Row(&instance))
	if a := w.Expect(t, 400, superuser, http.MethodPatch, recordsOf("instance", instance), map[string]any{"webhook_networks": "10.0.0.0/99"}); a.Code("webhook_networks") != "invalid_networks" {
		t.Errorf("networks: %s", a.Text)
	}
	w.Expect(t, 200, superuser, http.MethodPatch, recordsOf("instance", instance), map[string]any{"webhook_networks": "127.0.0.1, 10.0.0.0/8"})
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{"url": "http://127.0.0.1:8090/"}))
}

func TestTestAndLogOfAWebhook(t *testing.T) {
	w := hookstest.New(t, webhooks.BindRoutes)
	w.SQL(t, `UPDATE instance SET webhook_networks = '127.0.0.1'`, nil)
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "thanks") }))
	defer s.Close()
	id := w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{"url": s.URL})).ID()
	if a := w.Expect(t, 200, anna, http.MethodPost, webhookRoute(id, "test"), nil); a.Body["ok"] != true || a.Field("text") != "thanks" {
		t.Errorf("test: %s", a.Text)
	}
	s.Close()
	if a := w.Expect(t, 200, anna, http.MethodPost, webhookRoute(id, "test"), nil); a.Body["ok"] != false || !strings.Contains(a.Field("error"), "refuses the connection") {
		t.Errorf("test: %s", a.Text)
	}
	for verb, who := range map[string]map[string]int{"test": {anonymous: 401, boris: 404, marta: 403}, "events/1/resend": {anonymous: 401, boris: 404, marta: 403}} {
		for who, status := range who {
			w.Expect(t, status, who, http.MethodPost, webhookRoute(id, verb), nil)
		}
	}
	for who, status := range map[string]int{anonymous: 401, boris: 404, marta: 200, superuser: 200, anna: 200} {
		w.Expect(t, status, who, http.MethodGet, webhookRoute(id, "events"), nil)
	}
	a := w.Expect(t, 200, anna, http.MethodGet, webhookRoute(id, "events?limit=1"), nil)
	if len(a.Items()) != 1 || a.Items()[0]["state"] != "failed" || a.Body["next"] == float64(0) {
		t.Fatalf("log: %s", a.Text)
	}
	rest := w.Expect(t, 200, anna, http.MethodGet, webhookRoute(id, fmt.Sprintf("events?before=%v", a.Body["next"])), nil)
	if len(rest.Items()) != 1 || rest.Items()[0]["state"] != "delivered" || rest.Body["next"] != float64(0) {
		t.Errorf("log: %s", rest.Text)
	}
	for query, code := range map[string]string{"state=lost": "state", "before=x": "before", "before=0": "before"} {
		if a := w.Expect(t, 400, anna, http.MethodGet, webhookRoute(id, "events?"+query), nil); a.Code(code) == "" {
			t.Errorf("%s: %s", query, a.Text)
		}
	}
	event := fmt.Sprint(a.Items()[0]["id"])
	w.Expect(t, 202, anna, http.MethodPost, webhookRoute(id, "events/"+event+"/resend"), nil)
	if n := w.Count(t, "webhook_events", dbx.HashExp{"webhook": id, "state": "waiting"}); n != 1 {
		t.Errorf("%d wait", n)
	}
	w.Expect(t, 404, anna, http.MethodPost, webhookRoute(id, "events/999/resend"), nil)
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("webhooks", id), map[string]any{"active": false})
	if a := w.Expect(t, 409, anna, http.MethodPost, webhookRoute(id, "events/"+event+"/resend"), nil); a.Code("active") != "webhook_inactive" {
		t.Errorf("inactive: %s", a.Text)
	}
}

// TestWhatHappensToClientsIsWritten has the owner's own changes; what recipients do is in hooks/pages.
func TestWhatHappensToClientsIsWritten(t *testing.T) {
	w := hookstest.New(t, webhooks.BindRoutes)
	id := w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(nil)).ID()
	told := func() []string {
		t.Helper()
		var all []string
		must(t, w.App.DB().NewQuery(`SELECT type || ' ' || (data ->> 'email') || ' ' || (data -> 'lists') || ' ' || (data ->> 'by') FROM webhook_events WHERE webhook = {:id} ORDER BY id`).
			Bind(dbx.Params{"id": id}).Column(&all))
		w.SQL(t, `DELETE FROM webhook_events`, nil)
		return all
	}
	want := func(what string, want ...string) {
		t.Helper()
		if got := told(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	list := w.Expect(t, 200, anna, http.MethodPost, recordsOf("lists"), map[string]any{"name": "News"}).ID()
	client := w.Expect(t, 200, anna, http.MethodPost, recordsOf("clients"), map[string]any{"email": "ann@example.com"}).ID()
	want("a client")
	on := fmt.Sprintf(`["%s"] owner`, list)
	subscription := w.Expect(t, 200, anna, http.MethodPost, recordsOf("subscriptions"), map[string]any{"list": list, "client": client}).ID()
	want("on a list", "client.subscribed ann@example.com "+on)
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("subscriptions", subscription), map[string]any{"status": "unsubscribed"})
	want("off a list", "client.unsubscribed ann@example.com "+on)
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("subscriptions", subscription), map[string]any{"status": "pending"})
	want("not confirmed")
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("subscriptions", subscription), map[string]any{"status": "confirmed"})
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("subscriptions", subscription), nil)
	want("taken off", "client.subscribed ann@example.com "+on, "client.unsubscribed ann@example.com "+on)
	stopped := w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"value": "ann@example.com", "reason": "unsubscribed"}).ID()
	want("opted out", "client.unsubscribed ann@example.com [] owner")
	w.Expect(t, 204, anna, http.MethodDelete, recordsOf("suppressions", stopped), nil)
	want("opted in", "client.subscribed ann@example.com [] owner")
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("suppressions"), map[string]any{"value": "ben@example.com"})
	want("stopped by the owner")

	// Another owner's webhook, and one that is switched off, are told nothing.
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("webhooks", id), map[string]any{"active": false})
	w.Expect(t, 200, boris, http.MethodPost, recordsOf("webhooks"), webhookBody(nil))
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("subscriptions"), map[string]any{"list": list, "client": client})
	if n := w.Count(t, "webhook_events", nil); n != 0 {
		t.Errorf("%d events for who does not listen", n)
	}
}

func TestWhatTriggersWrite(t *testing.T) {
	w := hookstest.New(t, webhooks.BindRoutes)
	w.Expect(t, 200, anna, http.MethodPost, recordsOf("webhooks"), webhookBody(map[string]any{
		"events": []string{"mailing.launched", "mailing.paused", "mailing.completed", "recipient.bounced", "recipient.complained", "import.completed"},
	}))
	mailing := w.Mailing(t, "running", nil)
	w.SQL(t, `UPDATE mailings SET status = 'completed', finished_at = '2026-01-01 00:00:00.000Z' WHERE id = {:id}`, dbx.Params{"id": mailing})
	w.AddBounce(t, "bounce000000001", w.IDs[anna])
	w.AddBounce(t, "bounce000000002", w.IDs[boris])
	for _, dry := range []bool{true, false} {
		r := w.Add(t, "imports", map[string]any{"owner": w.IDs[anna], "file_name": "people.csv", "status": "running", "dry_run": dry, "added": 3})
		r.Set("status", "completed")
		must(t, w.App.Save(r))
	}
	var all []string
	must(t, w.App.DB().NewQuery(`SELECT type || ' ' || COALESCE(data ->> 'status', data ->> 'kind', data ->> 'added') FROM webhook_events ORDER BY id`).Column(&all))
	if got, want := strings.Join(all, "; "), "mailing.completed completed; recipient.bounced hard; import.completed 3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
