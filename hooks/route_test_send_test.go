package hooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/outbox"
)

// refusing is a mail server that knows nobody called nosuch.
func refusing(_, rcpt string, _ int) *outbox.Reply {
	if strings.HasPrefix(rcpt, "nosuch@") {
		return &outbox.Reply{Code: 550, Enhanced: "5.1.1", Text: "No such user here"}
	}
	return nil
}

// results are what became of a test, by address.
func (a answer) results(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	list, ok := a.body["results"].([]any)
	if !ok {
		t.Fatalf("no results: %s", a.text)
	}
	for _, item := range list {
		result := item.(map[string]any)
		all[result["email"].(string)] = result
	}
	return all
}

// source is the only mail that the server has.
func (p *post) source(t *testing.T) string {
	t.Helper()
	page := p.outbox.List(0, 1, "")
	if page.TotalItems != 1 {
		t.Fatalf("%d mails, want one", page.TotalItems)
	}
	mail, _ := p.outbox.One(page.Items[0].ID)
	return mail.Source
}

func TestATestGoesOutAtOnceAsTheClientGetsIt(t *testing.T) {
	p := newPost(t, refusing)
	body := map[string]any{"to": []string{" Me@Gonets.example", "me@gonets.example", "nosuch@example.com"}, "client": p.client.Id}
	a := p.expect(t, 200, anna, "POST", p.route("test"), body)

	results := a.results(t)
	if len(results) != 2 || a.body["left"] != 18.0 {
		t.Errorf("got %s", a.text)
	}
	if r := results["me@gonets.example"]; r["status"] != "success" || r["code"] != 250.0 || r["enhanced_code"] != "2.0.0" ||
		!strings.HasPrefix(r["response"].(string), "250 2.0.0 ") {
		t.Errorf("accepted: %v", r)
	}
	if r := results["nosuch@example.com"]; r["status"] != "failure" || r["code"] != 550.0 || r["enhanced_code"] != "5.1.1" ||
		r["response"] != "550 5.1.1 No such user here" {
		t.Errorf("refused: %v", r)
	}

	source := p.source(t)
	mail := p.outbox.List(0, 1, "").Items[0]
	if mail.Subject != "News for Ольга" || !strings.HasPrefix(source, "X-Gonets-Test: yes\r\n") ||
		!strings.Contains(source, "To: <me@gonets.example>") || strings.Contains(source, "olga@example.com") {
		t.Errorf("the mail is %q: %s", mail.Subject, source)
	}
	if n := p.count(t, "attempts", nil) + p.count(t, "recipients", nil); n != 0 {
		t.Errorf("%d traces in the books", n)
	}
	if p.column(t, "mailings", p.mailing.Id, "sent") != "0" || p.column(t, "mailings", p.mailing.Id, "status") != "created" {
		t.Error("the mailing has changed")
	}
}

func TestTwoTestsOfOneMailAreTwoMails(t *testing.T) {
	p := newPost(t, nil)
	for range 2 {
		p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": []string{"me@gonets.example"}})
	}
	if ids := p.outbox.MessageIDs(); len(ids) != 2 {
		t.Errorf("Message-IDs %v: mailboxes show one of them only", ids)
	}
}

func TestATestTakesTheAttachmentsAlong(t *testing.T) {
	p := newPost(t, nil)
	f := fileForm(t, "attachments", "menu.txt", []byte("soup of the day"))
	p.expect(t, 200, anna, "PATCH", recordsOf("messages", p.message.Id), f)

	const encoded = "c291cCBvZiB0aGUgZGF5"
	for _, path := range []string{p.route("test"), "/api/gonets/messages/test"} {
		p.outbox.Clear()
		p.expect(t, 200, anna, "POST", path, map[string]any{"id": p.message.Id, "body": "x", "to": []string{"me@gonets.example"}})
		if source := p.source(t); !strings.Contains(source, "filename=menu.txt") || !strings.Contains(source, encoded) {
			t.Errorf("%s: the mail is %s", path, source)
		}
	}
	if a := p.expect(t, 200, anna, "GET", p.route("preview"), nil); !strings.Contains(a.string("source"), "filename=menu.txt") || strings.Contains(a.text, encoded) {
		t.Errorf("the preview is %s", a.string("source"))
	}
	p.launch(t)
	must(t, p.app.Delete(p.message))
	p.outbox.Clear()
	p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": []string{"me@gonets.example"}})
	if source := p.source(t); !strings.Contains(source, encoded) {
		t.Errorf("after the launch the mail is %s", source)
	}
}

func TestWhoMaySendTests(t *testing.T) {
	p := newPost(t, nil)
	body := map[string]any{"to": []string{"me@gonets.example"}, "subject": "Hi", "body": "Hi"}
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, marta: 403, anna: 200, superuser: 200} {
		p.expect(t, status, who, "POST", p.route("test"), body)
	}
	p.expect(t, 401, anonymous, "POST", "/api/gonets/messages/test", body)
	for _, who := range []string{anna, boris, marta, superuser} {
		p.expect(t, 200, who, "POST", "/api/gonets/messages/test", body)
	}

	p.set(t, "users", p.ids[anna], "awaiting_approval", true)
	p.expect(t, 403, anna, "POST", p.route("test"), body)
	p.expect(t, 403, anna, "POST", "/api/gonets/messages/test", body)
	p.set(t, "users", p.ids[anna], "awaiting_approval", false)
	p.sql(t, `UPDATE mailings SET blocked = TRUE WHERE id = {:id}`, dbx.Params{"id": p.mailing.Id})
	p.expect(t, 403, anna, "POST", p.route("test"), body)
}

func TestATestIsRefusedWithAReason(t *testing.T) {
	p := newPost(t, nil)
	others := p.add(t, "clients", map[string]any{"owner": p.ids[boris], "email": "someone@example.com"})
	many := make([]string, 11)
	for i := range many {
		many[i] = fmt.Sprintf("me%d@gonets.example", i)
	}
	for _, c := range []struct {
		name, field, code string
		body              map[string]any
	}{
		{"without addresses", "to", "required", map[string]any{}},
		{"with too many addresses", "to", "too_many", map[string]any{"to": many}},
		{"with a malformed address", "to", "invalid_email", map[string]any{"to": []string{"me@gonets.example\r\nBcc: all@example.com"}}},
		{"as another's client", "client", "invalid_reference", map[string]any{"to": many[:1], "client": others.Id}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{p.route("test"), "/api/gonets/messages/test"} {
				if a := p.expect(t, 400, anna, "POST", path, c.body); a.code(c.field) != c.code {
					t.Errorf("%s: got %s", path, a.text)
				}
			}
		})
	}
	t.Run("without a mail server", func(t *testing.T) {
		p.mailServer(t, 0)
		defer p.mailServer(t, p.outbox.Port())
		if a := p.expect(t, 400, anna, "POST", p.route("test"), map[string]any{"to": many[:1]}); a.code("sender") != "no_mail_server" {
			t.Errorf("got %s", a.text)
		}
	})
	t.Run("with a broken template", func(t *testing.T) {
		a := p.expect(t, 400, anna, "POST", "/api/gonets/messages/test", map[string]any{"to": many[:1], "body": "{{ client.email"})
		if a.code("body") != "broken_template" {
			t.Errorf("got %s", a.text)
		}
	})
	if p.outbox.Total() != 0 {
		t.Errorf("%d mails were sent", p.outbox.Total())
	}
	// Nothing of all that has used up the hour.
	if a := p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": many[:10]}); a.body["left"] != 10.0 {
		t.Errorf("got %s", a.text)
	}
}

func TestAnAddressOnTheStopListGetsNoTest(t *testing.T) {
	p := newPost(t, nil)
	p.add(t, "suppressions", map[string]any{"owner": p.ids[anna], "kind": "address", "value": "left@example.com", "reason": "unsubscribed"})
	a := p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": []string{"left@example.com", "me@gonets.example"}})
	if r := a.results(t); r["left@example.com"]["status"] != "skipped" || r["me@gonets.example"]["status"] != "success" || a.body["left"] != 19.0 {
		t.Errorf("got %s", a.text)
	}
	if p.outbox.Count("left@example.com") != 0 {
		t.Error("it got one")
	}
}

func TestTestsGoToTwentyAddressesAnHour(t *testing.T) {
	p := newPost(t, nil)
	ten := make([]string, 10)
	for i := range ten {
		ten[i] = fmt.Sprintf("me%d@gonets.example", i)
	}
	p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": ten})
	p.expect(t, 200, anna, "POST", "/api/gonets/messages/test", map[string]any{"to": ten[:9], "body": "Hi"})
	a := p.expect(t, 429, anna, "POST", p.route("test"), map[string]any{"to": ten[:2]})
	if a.code("to") != "test_limit" || !strings.Contains(a.text, "1 are left now") {
		t.Errorf("got %s", a.text)
	}
	p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": ten[:1]})
	p.expect(t, 429, anna, "POST", p.route("test"), map[string]any{"to": ten[:1]})
	p.expect(t, 200, boris, "POST", "/api/gonets/messages/test", map[string]any{"to": ten[:1], "body": "Hi"})
}

func TestATestWithAnUnreachableMailServer(t *testing.T) {
	p := newPost(t, nil)
	port := p.outbox.Port()
	must(t, p.outbox.Close())
	a := p.expect(t, 200, anna, "POST", p.route("test"), map[string]any{"to": []string{"me@gonets.example", "you@gonets.example"}})
	for email, r := range a.results(t) {
		if r["status"] != "failure" || r["code"] != 0.0 || r["response"] == "" {
			t.Errorf("%s: %v", email, r)
		}
	}
	if strings.Contains(a.text, "127.0.0.1") || strings.Contains(a.text, fmt.Sprint(port)) {
		t.Errorf("tells where the mail server is: %s", a.text)
	}
	if a.body["left"] != 20.0 {
		t.Errorf("mails that nobody got were counted: %s", a.text)
	}
}

func TestATestWithTheSameIdempotencyKeyIsSentOnce(t *testing.T) {
	p := newPost(t, nil)
	body := map[string]any{"to": []string{"me@gonets.example"}}
	var answers sync.Map
	var group sync.WaitGroup
	for i := range 5 {
		group.Go(func() { answers.Store(i, p.ask(t, anna, "POST", p.route("test"), body, "Idempotency-Key", "k1").text) })
	}
	group.Wait()
	first, _ := answers.Load(0)
	answers.Range(func(i, text any) bool {
		if text != first {
			t.Errorf("answer %d is %s, the first was %s", i, text, first)
		}
		return true
	})
	if n := p.outbox.Total(); n != 1 {
		t.Errorf("%d mails, want one", n)
	}
	p.expect(t, 200, anna, "POST", p.route("test"), body, "Idempotency-Key", "k2")
	if n := p.outbox.Total(); n != 2 {
		t.Errorf("another key: %d mails, want two", n)
	}
}

func TestRequestsForTestsAreLimited(t *testing.T) {
	p := newPost(t, nil)
	settings := p.app.Settings()
	settings.RateLimits.Enabled = true
	must(t, p.app.Save(settings))
	for _, path := range []string{p.route("test"), "/api/gonets/messages/test"} {
		for range 30 {
			p.expect(t, 400, anna, "POST", path, map[string]any{})
		}
		p.expect(t, 429, anna, "POST", path, map[string]any{})
	}
	// One limit for all mailings, and none on other routes.
	p.expect(t, 429, anna, "POST", "/api/gonets/mailings/another00000000/test", map[string]any{})
	p.expect(t, 200, anna, "GET", p.route("preflight"), nil)
}

// TestATestIsSignedOnlyForWhoMaySendNow: what was true when the request began need not be when the mail is made.
func TestATestIsSignedOnlyForWhoMaySendNow(t *testing.T) {
	p := newPost(t, nil)
	sender := p.signingSender(t)
	p.set(t, "mailings", p.mailing.Id, "sender", sender.Id)
	bodies := map[string]map[string]any{
		p.route("test"):             {"to": []string{"me@gonets.example"}},
		"/api/gonets/messages/test": {"to": []string{"me@gonets.example"}, "body": "x", "sender": sender.Id},
	}
	for path, body := range bodies {
		p.outbox.Clear()
		p.expect(t, 200, anna, "POST", path, body)
		if source := p.source(t); !strings.Contains(strings.ToLower(source), signature) {
			t.Errorf("%s: the mail is not signed: %s", path, source)
		}
	}
	for _, state := range []string{"awaiting_approval = TRUE", "blocked = TRUE", "verified = FALSE"} {
		for path, body := range bodies {
			p.outbox.Clear()
			p.sql(t, `UPDATE users SET awaiting_approval = FALSE, blocked = FALSE, verified = TRUE WHERE id = {:id}`, dbx.Params{"id": p.ids[anna]})
			raw, err := json.Marshal(body)
			must(t, err)
			// By the time that the body is read it is known who asks.
			meanwhile := &reading{Reader: bytes.NewReader(raw), begin: sync.OnceFunc(func() {
				p.sql(t, `UPDATE users SET `+state+` WHERE id = {:id}`, dbx.Params{"id": p.ids[anna]})
			})}
			a := p.ask(t, anna, "POST", path, meanwhile)
			if a.status != 403 || p.outbox.Total() != 0 {
				t.Errorf("%s, %s: %d %s, %d mails", path, state, a.status, a.text, p.outbox.Total())
			}
		}
	}
}

// reading is a body that does something when it is read for the first time.
type reading struct {
	io.Reader
	begin func()
}

func (r *reading) Read(p []byte) (int, error) {
	r.begin()
	return r.Reader.Read(p)
}
