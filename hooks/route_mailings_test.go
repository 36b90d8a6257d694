package hooks

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/internal/delivery"
	"gonets/internal/mailing"
)

// withMailingRoutes binds the routes of an engine that does not send: nobody starts it.
func withMailingRoutes(app core.App) { api.BindMailings(app, delivery.New(app)) }

func route(id, verb string) string { return "/api/gonets/mailings/" + id + "/" + verb }

// sendable adds a mailing of Anna's that could be sent.
func (w *world) sendable(t *testing.T, more map[string]any) string {
	t.Helper()
	message := w.add(t, "messages", map[string]any{"owner": w.ids[anna], "subject": "Hello", "format": "text", "body": "Hello"})
	data := map[string]any{"owner": w.ids[anna], "name": "Spring", "message": message.Id}
	maps.Copy(data, more)
	return w.add(t, "mailings", data).Id
}

func TestWhoMayDoWhatWithAMailing(t *testing.T) {
	w := newWorld(t, withMailingRoutes)
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ilya@example.com"})
	byOwner := func(status int) verdicts { return verdicts{401, 401, 404, 403, status, status} }
	toRead := verdicts{401, 401, 404, 200, 200, 200}
	byManager := verdicts{401, 401, 404, 200, 403, 200}
	for _, c := range []struct {
		method, verb string
		status       string // of the mailing
		body         any
		want         verdicts
	}{
		{http.MethodPost, "send", "created", nil, byOwner(202)},
		{http.MethodPost, "schedule", "created", map[string]any{"starts_at": "2099-01-01T09:00:00Z"}, byOwner(200)},
		{http.MethodPost, "pause", "running", nil, byOwner(200)},
		{http.MethodPost, "resume", "paused", nil, byOwner(200)},
		{http.MethodPost, "cancel", "scheduled", nil, byOwner(200)},
		{http.MethodPost, "retry", "completed", map[string]any{"states": []string{"failed"}}, byOwner(200)},
		{http.MethodPost, "accept", "completed", nil, byOwner(200)},
		{http.MethodPost, "duplicate", "completed", nil, byOwner(200)},
		{http.MethodGet, "recipients", "completed", nil, toRead},
		{http.MethodGet, "report.csv", "completed", nil, toRead},
		{http.MethodGet, "answers", "completed", nil, toRead},
		{http.MethodGet, "joined", "completed", nil, toRead},
		{http.MethodGet, "timeline", "completed", nil, toRead},
		{http.MethodPost, "block", "running", map[string]any{"reason": "spam"}, byManager},
		{http.MethodPost, "unblock", "paused", nil, byManager},
	} {
		t.Run(c.verb, func(t *testing.T) {
			for i, who := range everybody {
				id := w.sendable(t, nil)
				w.sql(t, `UPDATE mailings SET status = {:status} WHERE id = {:id}`, dbx.Params{"status": c.status, "id": id})
				w.expect(t, c.want[i], who, c.method, route(id, c.verb), c.body)
			}
		})
	}
	w.expect(t, 404, anna, http.MethodPost, route("nosuchmailing00", "send"), nil)
}

func TestSendAnswersOnceAndRefusesASecondTime(t *testing.T) {
	w := newWorld(t, withMailingRoutes)
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ilya@example.com"})
	id := w.sendable(t, nil)
	a := w.expect(t, 202, anna, http.MethodPost, route(id, "send"), nil, "Idempotency-Key", "one")
	if a.id() != id || a.body["status"] != "running" || a.body["total"] != 1.0 {
		t.Errorf("answered %s", a.text)
	}
	if again := w.expect(t, 202, anna, http.MethodPost, route(id, "send"), nil, "Idempotency-Key", "one"); again.text != a.text {
		t.Errorf("answered %s, then %s", a.text, again.text)
	}
	if other := w.expect(t, 409, anna, http.MethodPost, route(id, "send"), nil); other.code("mailing") != "wrong_state" {
		t.Errorf("answered %s", other.text)
	}
}

func TestARefusalSaysWhatToChange(t *testing.T) {
	w := newWorld(t, withMailingRoutes)
	id := w.sendable(t, nil)
	if a := w.expect(t, 400, anna, http.MethodPost, route(id, "send"), nil); a.code("audience") != "audience_empty" {
		t.Errorf("with nobody: %s", a.text)
	}
	if a := w.expect(t, 400, anna, http.MethodPost, route(id, "schedule"), map[string]any{"starts_at": "soon"}); a.code("starts_at") != "starts_at_invalid" {
		t.Errorf("with a strange time: %s", a.text)
	}
	if a := w.expect(t, 400, anna, http.MethodPost, route(id, "schedule"), nil); a.code("starts_at") != "starts_at_required" {
		t.Errorf("with no time: %s", a.text)
	}
	if a := w.expect(t, 400, marta, http.MethodPost, route(id, "block"), map[string]any{"reason": " "}); a.code("reason") != "required" {
		t.Errorf("without a reason: %s", a.text)
	}
	if a := w.expect(t, 400, anna, http.MethodGet, route(id, "recipients")+"?state=lost", nil); a.code("state") != "state_unknown" {
		t.Errorf("with a strange state: %s", a.text)
	}
}

func TestRecipientsAndReportTellWhatBecameOfEach(t *testing.T) {
	w := newWorld(t, withMailingRoutes)
	for _, email := range []string{"ilya@example.com", "olga@example.com", "-1+1@example.com"} {
		w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": email, "full_name": "=1+1"})
	}
	id := w.sendable(t, nil)
	w.expect(t, 202, anna, http.MethodPost, route(id, "send"), nil)
	var recipient int64
	must(t, w.app.DB().NewQuery(`SELECT id FROM recipients WHERE email = 'ilya@example.com'`).Row(&recipient))
	w.addAttempt(t, mailing.AttemptID(recipient, 1), w.ids[anna], id)
	w.sql(t, `UPDATE recipients SET state = 'sent', tries = 1 WHERE email = 'ilya@example.com'`, nil)
	w.sql(t, `UPDATE mailings SET sent = 1 WHERE id = {:id}`, dbx.Params{"id": id})

	all := w.expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?perPage=2", nil)
	if all.body["totalItems"] != 3.0 || all.body["totalPages"] != 2.0 || len(all.items()) != 2 {
		t.Errorf("all: %s", all.text)
	}
	sent := w.expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?state=sent", nil).items()
	if len(sent) != 1 || sent[0]["email"] != "ilya@example.com" || sent[0]["code"] != 250.0 || sent[0]["response"] != "Ok: queued" || sent[0]["at"] == "" {
		t.Errorf("sent: %v", sent)
	}
	if found := w.expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?search=OLGA", nil).items(); len(found) != 1 || found[0]["state"] != "pending" {
		t.Errorf("found: %v", found)
	}
	lines := strings.Split(strings.TrimSpace(w.expect(t, 200, anna, http.MethodGet, route(id, "report.csv"), nil).text), "\r\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "email,full_name,state,") {
		t.Errorf("report: %q", lines)
	}
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "-") || strings.Contains(line, ",=1") {
			t.Errorf("a spreadsheet would calculate %q", line)
		}
	}
}

func TestAVerbDoesNotEndWithTheTabThatAskedForIt(t *testing.T) {
	w := newWorld(t, withMailingRoutes)
	for _, email := range []string{"ilya@example.com", "olga@example.com"} {
		w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": email})
	}
	id := w.sendable(t, nil)
	later := w.sendable(t, nil)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, c := range []struct {
		verb   string
		before string // what has become of everybody and of the mailing
		body   any
		status int
	}{
		{"send", "", nil, 202},
		{"retry", "failed", map[string]any{"states": []string{"failed"}}, 200},
		{"accept", "uncertain", nil, 200},
		{"extend", "sent", nil, 200},
	} {
		t.Run(c.verb, func(t *testing.T) {
			if c.before != "" {
				w.sql(t, `UPDATE recipients SET state = {:state}, tries = 1`, dbx.Params{"state": c.before})
				w.sql(t, `UPDATE mailings SET status = 'completed', sent = 0, failed = 0, uncertain = 0 WHERE id = {:id}`, dbx.Params{"id": id})
				w.sql(t, `UPDATE mailings SET `+c.before+` = total WHERE id = {:id}`, dbx.Params{"id": id})
			}
			if c.verb == "extend" {
				w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "new@example.com"})
			}
			a := w.askWithin(t, gone, anna, http.MethodPost, route(id, c.verb), c.body)
			if a.status != c.status {
				t.Errorf("got %d: %s", a.status, a.text)
			}
		})
	}
	a := w.askWithin(t, gone, anna, http.MethodPost, route(later, "schedule"), map[string]any{"starts_at": "2099-01-01T09:00:00Z"})
	if a.status != 200 {
		t.Errorf("got %d: %s", a.status, a.text)
	}
}
