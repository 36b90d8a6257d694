package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
	"gonets/internal/outbox"
)

// refusing is a mail server that knows nobody called nosuch.
func refusing(_, rcpt string, _ int) *outbox.Reply {
	if strings.HasPrefix(rcpt, "nosuch@") {
		return &outbox.Reply{Code: 550, Enhanced: "5.1.1", Text: "No such user here"}
	}
	return nil
}

// source is the only mail that the server has.
func (p *post) source(t *testing.T) string {
	t.Helper()
	page := p.Outbox.List(0, 1, "")
	if page.TotalItems != 1 {
		t.Fatalf("%d mails, want one", page.TotalItems)
	}
	mail, _ := p.Outbox.One(page.Items[0].ID)
	return mail.Source
}

func TestATestGoesOutAtOnceAsTheClientGetsIt(t *testing.T) {
	p := newPost(t, refusing)
	body := map[string]any{"to": []string{" Me@Gonets.example", "me@gonets.example", "nosuch@example.com"}, "client": p.Client.Id}
	a := p.Expect(t, 200, anna, "POST", p.Route("test"), body)

	results := a.By(t, "results", "email")
	if len(results) != 2 || a.Body["left"] != 18.0 {
		t.Errorf("got %s", a.Text)
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
	mail := p.Outbox.List(0, 1, "").Items[0]
	if mail.Subject != "News for Ольга" || !strings.HasPrefix(source, "X-Gonets-Test: yes\r\n") ||
		!strings.Contains(source, "To: <me@gonets.example>") || strings.Contains(source, "olga@example.com") {
		t.Errorf("the mail is %q: %s", mail.Subject, source)
	}
	if n := p.Count(t, "attempts", nil) + p.Count(t, "recipients", nil); n != 0 {
		t.Errorf("%d traces in the records", n)
	}
	if p.Column(t, "mailings", p.Mailing.Id, "sent") != "0" || p.Column(t, "mailings", p.Mailing.Id, "status") != "created" {
		t.Error("the mailing has changed")
	}
}

func TestTwoTestsOfOneMailAreTwoMails(t *testing.T) {
	p := newPost(t, nil)
	for range 2 {
		p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"me@gonets.example"}})
	}
	if ids := p.Outbox.MessageIDs(); len(ids) != 2 {
		t.Errorf("Message-IDs %v: mailboxes show one of them only", ids)
	}
}

func TestATestTakesTheAttachmentsAlong(t *testing.T) {
	p := newPost(t, nil)
	f := hookstest.FileForm(t, "attachments", "menu.txt", []byte("soup of the day"))
	p.Expect(t, 200, anna, "PATCH", recordsOf("messages", p.Message.Id), f)

	const encoded = "c291cCBvZiB0aGUgZGF5"
	for _, path := range []string{p.Route("test"), "/api/gonets/messages/test"} {
		p.Outbox.Clear()
		p.Expect(t, 200, anna, "POST", path, map[string]any{"id": p.Message.Id, "body": "x", "to": []string{"me@gonets.example"}})
		if source := p.source(t); !strings.Contains(source, "filename=menu.txt") || !strings.Contains(source, encoded) {
			t.Errorf("%s: the mail is %s", path, source)
		}
	}
	if a := p.Expect(t, 200, anna, "GET", p.Route("preview"), nil); !strings.Contains(a.Field("source"), "filename=menu.txt") || strings.Contains(a.Text, encoded) {
		t.Errorf("the preview is %s", a.Field("source"))
	}
	p.Launch(t)
	must(t, p.App.Delete(p.Message))
	p.Outbox.Clear()
	p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"me@gonets.example"}})
	if source := p.source(t); !strings.Contains(source, encoded) {
		t.Errorf("after the launch the mail is %s", source)
	}
}

func TestWhoMaySendTests(t *testing.T) {
	p := newPost(t, nil)
	body := map[string]any{"to": []string{"me@gonets.example"}, "subject": "Hi", "body": "Hi"}
	for who, status := range map[string]int{anonymous: 401, boris: 404, kirill: 401, marta: 403, anna: 200, superuser: 200} {
		p.Expect(t, status, who, "POST", p.Route("test"), body)
	}
	p.Expect(t, 401, anonymous, "POST", "/api/gonets/messages/test", body)
	for _, who := range []string{anna, boris, marta, superuser} {
		p.Expect(t, 200, who, "POST", "/api/gonets/messages/test", body)
	}

	p.Set(t, "users", p.IDs[anna], "awaiting_approval", true)
	p.Expect(t, 403, anna, "POST", p.Route("test"), body)
	p.Expect(t, 403, anna, "POST", "/api/gonets/messages/test", body)
	p.Set(t, "users", p.IDs[anna], "awaiting_approval", false)
	p.SQL(t, `UPDATE mailings SET blocked = TRUE WHERE id = {:id}`, dbx.Params{"id": p.Mailing.Id})
	p.Expect(t, 403, anna, "POST", p.Route("test"), body)
}

func TestATestIsRefusedWithAReason(t *testing.T) {
	p := newPost(t, nil)
	others := p.Add(t, "clients", map[string]any{"owner": p.IDs[boris], "email": "someone@example.com"})
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
			for _, path := range []string{p.Route("test"), "/api/gonets/messages/test"} {
				if a := p.Expect(t, 400, anna, "POST", path, c.body); a.Code(c.field) != c.code {
					t.Errorf("%s: got %s", path, a.Text)
				}
			}
		})
	}
	t.Run("without a mail server", func(t *testing.T) {
		p.MailServer(t, 0)
		defer p.MailServer(t, p.Outbox.Port())
		if a := p.Expect(t, 400, anna, "POST", p.Route("test"), map[string]any{"to": many[:1]}); a.Code("sender") != "no_mail_server" {
			t.Errorf("got %s", a.Text)
		}
	})
	t.Run("with a broken template", func(t *testing.T) {
		a := p.Expect(t, 400, anna, "POST", "/api/gonets/messages/test", map[string]any{"to": many[:1], "body": "{{ client.email"})
		if a.Code("body") != "broken_template" {
			t.Errorf("got %s", a.Text)
		}
	})
	if p.Outbox.Total() != 0 {
		t.Errorf("%d mails were sent", p.Outbox.Total())
	}
	// Nothing of all that has used up the hour.
	if a := p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": many[:10]}); a.Body["left"] != 10.0 {
		t.Errorf("got %s", a.Text)
	}
}

func TestAnAddressOnTheStopListGetsNoTest(t *testing.T) {
	p := newPost(t, nil)
	p.Add(t, "suppressions", map[string]any{"owner": p.IDs[anna], "kind": "address", "value": "left@example.com", "reason": "unsubscribed"})
	a := p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"left@example.com", "me@gonets.example"}})
	if r := a.By(t, "results", "email"); r["left@example.com"]["status"] != "skipped" || r["me@gonets.example"]["status"] != "success" || a.Body["left"] != 19.0 {
		t.Errorf("got %s", a.Text)
	}
	if p.Outbox.Count("left@example.com") != 0 {
		t.Error("it got one")
	}
}

func TestTestsGoToTwentyAddressesAnHour(t *testing.T) {
	p := newPost(t, nil)
	ten := make([]string, 10)
	for i := range ten {
		ten[i] = fmt.Sprintf("me%d@gonets.example", i)
	}
	p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": ten})
	p.Expect(t, 200, anna, "POST", "/api/gonets/messages/test", map[string]any{"to": ten[:9], "body": "Hi"})
	a := p.Expect(t, 429, anna, "POST", p.Route("test"), map[string]any{"to": ten[:2]})
	if a.Code("to") != "test_limit" || !strings.Contains(a.Text, "1 are left now") {
		t.Errorf("got %s", a.Text)
	}
	p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": ten[:1]})
	p.Expect(t, 429, anna, "POST", p.Route("test"), map[string]any{"to": ten[:1]})
	p.Expect(t, 200, boris, "POST", "/api/gonets/messages/test", map[string]any{"to": ten[:1], "body": "Hi"})
}

func TestATestWithAnUnreachableMailServer(t *testing.T) {
	p := newPost(t, nil)
	port := p.Outbox.Port()
	must(t, p.Outbox.Close())
	a := p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"me@gonets.example", "you@gonets.example"}})
	for email, r := range a.By(t, "results", "email") {
		if r["status"] != "failure" || r["code"] != 0.0 || r["response"] == "" {
			t.Errorf("%s: %v", email, r)
		}
	}
	if strings.Contains(a.Text, "127.0.0.1") || strings.Contains(a.Text, fmt.Sprint(port)) {
		t.Errorf("tells where the mail server is: %s", a.Text)
	}
	if a.Body["left"] != 20.0 {
		t.Errorf("mails that nobody got were counted: %s", a.Text)
	}
}

func TestATestWithTheSameIdempotencyKeyIsSentOnce(t *testing.T) {
	p := newPost(t, nil)
	body := map[string]any{"to": []string{"me@gonets.example"}}
	var answers sync.Map
	var group sync.WaitGroup
	for i := range 5 {
		group.Go(func() { answers.Store(i, p.Ask(t, anna, "POST", p.Route("test"), body, "Idempotency-Key", "k1").Text) })
	}
	group.Wait()
	first, _ := answers.Load(0)
	answers.Range(func(i, text any) bool {
		if text != first {
			t.Errorf("answer %d is %s, the first was %s", i, text, first)
		}
		return true
	})
	if n := p.Outbox.Total(); n != 1 {
		t.Errorf("%d mails, want one", n)
	}
	p.Expect(t, 200, anna, "POST", p.Route("test"), body, "Idempotency-Key", "k2")
	if n := p.Outbox.Total(); n != 2 {
		t.Errorf("another key: %d mails, want two", n)
	}
}

func TestRequestsForTestsAreLimited(t *testing.T) {
	p := newPost(t, nil)
	settings := p.App.Settings()
	settings.RateLimits.Enabled = true
	must(t, p.App.Save(settings))
	for _, path := range []string{p.Route("test"), "/api/gonets/messages/test"} {
		for range 30 {
			p.Expect(t, 400, anna, "POST", path, map[string]any{})
		}
		p.RefusedForNow(t, anna, "POST", path, map[string]any{})
	}
	// One limit for all mailings, and none on other routes.
	p.Expect(t, 429, anna, "POST", "/api/gonets/mailings/another00000000/test", map[string]any{})
	p.Expect(t, 200, anna, "GET", p.Route("preflight"), nil)
}

// TestATestIsSignedOnlyForWhoMaySendNow: what was true when the request began need not be when the mail is made.
func TestATestIsSignedOnlyForWhoMaySendNow(t *testing.T) {
	p := newPost(t, nil)
	sender := p.signingSender(t)
	p.Set(t, "mailings", p.Mailing.Id, "sender", sender.Id)
	bodies := map[string]map[string]any{
		p.Route("test"):             {"to": []string{"me@gonets.example"}},
		"/api/gonets/messages/test": {"to": []string{"me@gonets.example"}, "body": "x", "sender": sender.Id},
	}
	for path, body := range bodies {
		p.Outbox.Clear()
		p.Expect(t, 200, anna, "POST", path, body)
		if source := p.source(t); !strings.Contains(strings.ToLower(source), signature) {
			t.Errorf("%s: the mail is not signed: %s", path, source)
		}
	}
	for _, state := range []string{"awaiting_approval = TRUE", "blocked = TRUE", "verified = FALSE"} {
		for path, body := range bodies {
			p.Outbox.Clear()
			p.SQL(t, `UPDATE users SET awaiting_approval = FALSE, blocked = FALSE, verified = TRUE WHERE id = {:id}`, dbx.Params{"id": p.IDs[anna]})
			raw, err := json.Marshal(body)
			must(t, err)
			// By the time that the body is read it is known who asks.
			meanwhile := &reading{Reader: bytes.NewReader(raw), begin: sync.OnceFunc(func() {
				p.SQL(t, `UPDATE users SET `+state+` WHERE id = {:id}`, dbx.Params{"id": p.IDs[anna]})
			})}
			a := p.Ask(t, anna, "POST", path, meanwhile)
			if a.Status != 403 || p.Outbox.Total() != 0 {
				t.Errorf("%s, %s: %d %s, %d mails", path, state, a.Status, a.Text, p.Outbox.Total())
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
