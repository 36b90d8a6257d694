package api_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
	"gonets/internal/mailing"
)

func TestWhoMayDoWhatWithAMailing(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
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
				id := w.Sendable(t, nil)
				w.SQL(t, `UPDATE mailings SET status = {:status} WHERE id = {:id}`, dbx.Params{"status": c.status, "id": id})
				w.Expect(t, c.want[i], who, c.method, route(id, c.verb), c.body)
			}
		})
	}
	w.Expect(t, 404, anna, http.MethodPost, route("nosuchmailing00", "send"), nil)
}

func TestSendAnswersOnceAndRefusesASecondTime(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "ilya@example.com"})
	id := w.Sendable(t, nil)
	a := w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil, "Idempotency-Key", "one")
	if a.ID() != id || a.Body["status"] != "running" || a.Body["total"] != 1.0 {
		t.Errorf("answered %s", a.Text)
	}
	if again := w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil, "Idempotency-Key", "one"); again.Text != a.Text {
		t.Errorf("answered %s, then %s", a.Text, again.Text)
	}
	if other := w.Expect(t, 409, anna, http.MethodPost, route(id, "send"), nil); other.Code("mailing") != "wrong_state" {
		t.Errorf("answered %s", other.Text)
	}
}

func TestARefusalSaysWhatToChange(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	id := w.Sendable(t, nil)
	if a := w.Expect(t, 400, anna, http.MethodPost, route(id, "send"), nil); a.Code("audience") != "audience_empty" {
		t.Errorf("with nobody: %s", a.Text)
	}
	if a := w.Expect(t, 400, anna, http.MethodPost, route(id, "schedule"), map[string]any{"starts_at": "soon"}); a.Code("starts_at") != "starts_at_invalid" {
		t.Errorf("with a strange time: %s", a.Text)
	}
	if a := w.Expect(t, 400, anna, http.MethodPost, route(id, "schedule"), nil); a.Code("starts_at") != "starts_at_required" {
		t.Errorf("with no time: %s", a.Text)
	}
	if a := w.Expect(t, 400, marta, http.MethodPost, route(id, "block"), map[string]any{"reason": " "}); a.Code("reason") != "required" {
		t.Errorf("without a reason: %s", a.Text)
	}
	if a := w.Expect(t, 400, anna, http.MethodGet, route(id, "recipients")+"?state=lost", nil); a.Code("state") != "state_unknown" {
		t.Errorf("with a strange state: %s", a.Text)
	}
}

func TestRecipientsAndReportTellWhatBecameOfEach(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	for _, email := range []string{"ilya@example.com", "olga@example.com", "-1+1@example.com"} {
		w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": email, "full_name": "=1+1"})
	}
	id := w.Sendable(t, nil)
	w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil)
	var recipient int64
	must(t, w.App.DB().NewQuery(`SELECT id FROM recipients WHERE email = 'ilya@example.com'`).Row(&recipient))
	w.AddAttempt(t, mailing.AttemptID(recipient, 1), w.IDs[anna], id)
	w.SQL(t, `UPDATE recipients SET state = 'sent', tries = 1 WHERE email = 'ilya@example.com'`, nil)
	w.SQL(t, `UPDATE mailings SET sent = 1 WHERE id = {:id}`, dbx.Params{"id": id})

	all := w.Expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?perPage=2", nil)
	if all.Body["totalItems"] != 3.0 || all.Body["totalPages"] != 2.0 || len(all.Items()) != 2 {
		t.Errorf("all: %s", all.Text)
	}
	if next := all.Field("next"); next == "" {
		t.Errorf("the first page has no cursor: %s", all.Text)
	}
	seen, next := "", ""
	for range 3 {
		page := w.Expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?perPage=1&search=example&cursor="+next, nil)
		if items := page.Items(); len(items) != 1 || page.Body["totalItems"] != -1.0 {
			t.Fatalf("by cursor: %s", page.Text)
		}
		seen, next = seen+page.Items()[0]["email"].(string)+" ", page.Field("next")
		w.SQL(t, `UPDATE recipients SET tries = tries + 1 WHERE email = 'olga@example.com'`, nil) // what changes moves nobody
	}
	if strings.Count(seen, "@") != 3 || strings.Count(seen, "ilya") != 1 || strings.Count(seen, "olga") != 1 || next != "" {
		t.Errorf("read by cursor: %q, then %q", seen, next)
	}
	for _, cursor := range []string{"-1", "0", "a b", "zzzzzzzzzzzzzz"} {
		a := w.Expect(t, 400, anna, http.MethodGet, route(id, "recipients")+"?cursor="+url.QueryEscape(cursor), nil)
		if a.Code("cursor") != "invalid_cursor" {
			t.Errorf("cursor %q: %s", cursor, a.Text)
		}
	}
	sent := w.Expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?state=sent", nil).Items()
	if len(sent) != 1 || sent[0]["email"] != "ilya@example.com" || sent[0]["code"] != 250.0 || sent[0]["response"] != "Ok: queued" || sent[0]["at"] == "" {
		t.Errorf("sent: %v", sent)
	}
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "ilya@example.com", "reason": "unsubscribed", "mailing": id})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "olga@example.com", "reason": "unsubscribed", "mailing": "another00000000"})
	gone := w.Expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?state=unsubscribed", nil)
	if items := gone.Items(); len(items) != 1 || gone.Body["totalItems"] != 1.0 || items[0]["email"] != "ilya@example.com" {
		t.Errorf("unsubscribed: %s", gone.Text)
	}
	if found := w.Expect(t, 200, anna, http.MethodGet, route(id, "recipients")+"?search=OLGA", nil).Items(); len(found) != 1 || found[0]["state"] != "pending" {
		t.Errorf("found: %v", found)
	}
	lines := strings.Split(strings.TrimSpace(w.Expect(t, 200, anna, http.MethodGet, route(id, "report.csv"), nil).Text), "\r\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "email,full_name,state,") {
		t.Errorf("report: %q", lines)
	}
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		if left := cells[len(cells)-2] != ""; left != strings.HasPrefix(line, "ilya") {
			t.Errorf("the report says of who unsubscribed %q", line)
		}
		if strings.HasPrefix(line, "-") || strings.Contains(line, ",=1") {
			t.Errorf("a spreadsheet would calculate %q", line)
		}
	}
}

func TestOneRecipientOrOneAnswerIsRetried(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	clients := map[string]string{}
	for _, email := range []string{"full1@example.com", "full2@example.com", "gone@example.com"} {
		clients[email] = w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": email}).Id
	}
	id := w.Sendable(t, nil)
	w.Expect(t, 202, anna, http.MethodPost, route(id, "send"), nil)
	var rows []struct {
		ID    int64
		Email string
	}
	must(t, w.App.DB().NewQuery(`SELECT id, email FROM recipients`).All(&rows))
	for _, r := range rows {
		attempt := mailing.AttemptID(r.ID, 1)
		w.AddAttempt(t, attempt, w.IDs[anna], id)
		code, said := 552, "552 5.2.2 <"+r.Email+">: Mailbox full"
		if r.Email == "gone@example.com" {
			code, said = 550, "550 5.7.1 No"
		}
		w.SQL(t, `UPDATE attempts SET code = {:code}, enhanced_code = '5.2.2', response = {:said} WHERE id = {:id}`, dbx.Params{"code": code, "said": said, "id": attempt})
	}
	again := func() {
		w.SQL(t, `UPDATE recipients SET state = 'failed', tries = 1`, nil)
		w.SQL(t, `UPDATE mailings SET status = 'completed', sent = 0, failed = 3 WHERE id = {:id}`, dbx.Params{"id": id})
	}
	failed := []string{"failed"}
	for _, c := range []struct {
		name   string
		body   map[string]any
		status int
		queued string
	}{
		{"one recipient", map[string]any{"states": failed, "recipients": []string{clients["full1@example.com"]}}, 200, "full1@example.com"},
		{"a code", map[string]any{"states": failed, "answer": map[string]any{"code": 552}}, 200, "full1@example.com full2@example.com"},
		{"an answer as it is grouped", map[string]any{"states": failed, "answer": map[string]any{"code": 552, "enhanced_code": "5.2.2", "text": "Mailbox full", "reason": ""}}, 200, "full1@example.com full2@example.com"},
		{"an answer that nobody got", map[string]any{"states": failed, "answer": map[string]any{"code": 421}}, 200, ""},
		{"a recipient in another state", map[string]any{"states": []string{"uncertain"}, "recipients": []string{clients["full1@example.com"]}}, 200, ""},
		{"one of those with an answer", map[string]any{"states": failed, "recipients": []string{clients["gone@example.com"]}, "answer": map[string]any{"code": 552}}, 200, ""},
		{"nobody named", map[string]any{"states": failed, "recipients": []string{}}, 400, ""},
		{"no state", map[string]any{"recipients": []string{clients["full1@example.com"]}}, 400, ""},
		{"too many named", map[string]any{"states": failed, "recipients": make([]string, 1001)}, 400, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			again()
			a := w.Expect(t, c.status, anna, http.MethodPost, route(id, "retry"), c.body)
			var queued []string
			must(t, w.App.DB().NewQuery(`SELECT email FROM recipients WHERE state = 'pending' ORDER BY email`).Column(&queued))
			if got := strings.Join(queued, " "); got != c.queued || c.status == 200 && a.Body["recipients"] != float64(len(queued)) {
				t.Errorf("queued %q: %s", got, a.Text)
			}
		})
	}
}

func TestAVerbDoesNotEndWithTheTabThatAskedForIt(t *testing.T) {
	w := newWorld(t, hookstest.MailingRoutes)
	for _, email := range []string{"ilya@example.com", "olga@example.com"} {
		w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": email})
	}
	id := w.Sendable(t, nil)
	later := w.Sendable(t, nil)
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
				w.SQL(t, `UPDATE recipients SET state = {:state}, tries = 1`, dbx.Params{"state": c.before})
				w.SQL(t, `UPDATE mailings SET status = 'completed', sent = 0, failed = 0, uncertain = 0 WHERE id = {:id}`, dbx.Params{"id": id})
				w.SQL(t, `UPDATE mailings SET `+c.before+` = total WHERE id = {:id}`, dbx.Params{"id": id})
			}
			if c.verb == "extend" {
				w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "new@example.com"})
			}
			a := w.AskWithin(t, gone, anna, http.MethodPost, route(id, c.verb), c.body)
			if a.Status != c.status {
				t.Errorf("got %d: %s", a.Status, a.Text)
			}
		})
	}
	a := w.AskWithin(t, gone, anna, http.MethodPost, route(later, "schedule"), map[string]any{"starts_at": "2099-01-01T09:00:00Z"})
	if a.Status != 200 {
		t.Errorf("got %d: %s", a.Status, a.Text)
	}
}
