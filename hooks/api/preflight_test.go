package api_test

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
)

func TestPreflightLooksAtTheMailingAsItIs(t *testing.T) {
	p := newPost(t, nil)
	p.Set(t, "users", p.IDs[anna], "daily_quota", 10)
	if a := p.Expect(t, 200, anna, "GET", p.Route("preflight"), nil); a.Body["ok"] != true {
		t.Errorf("a mailing that can be sent: %s", a.Text)
	}

	for _, c := range []struct {
		name   string
		fault  func()
		code   string
		level  string
		reason string
	}{
		{"today's quota is used up", func() {
			p.SQL(t, `INSERT INTO usage (kind, id, day, mails) VALUES ('owner', {:id}, {:day}, 10)`,
				dbx.Params{"id": p.IDs[anna], "day": time.Now().UTC().Format(time.DateOnly)})
		}, "quota", "warning", "owner_quota"},
		{"the template is broken", func() { p.Set(t, "messages", p.Message.Id, "body", "{% if %}") }, "template", "error", "broken_template"},
		{"the message was deleted", func() { must(t, p.App.Delete(p.Message)) }, "message", "error", "missing"},
		{"the client was deleted", func() { must(t, p.App.Delete(p.Client)) }, "audience_size", "error", "empty"},
		{"mail is switched off", func() { p.MailServer(t, 0) }, "mail_server", "error", "not_set"},
		{"the owner waits for approval", func() { p.Set(t, "users", p.IDs[anna], "awaiting_approval", true) }, "permission", "error", "awaiting_approval"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.fault()
			a := p.Expect(t, 200, marta, "GET", p.Route("preflight"), nil)
			check := a.By(t, "checks", "code")[c.code]
			if detail, _ := check["detail"].(map[string]any); check["level"] != c.level || detail["reason"] != c.reason {
				t.Errorf("got %v", check)
			}
			if a.Body["ok"] != (c.level != "error") {
				t.Errorf("ok is %v", a.Body["ok"])
			}
		})
	}
}
