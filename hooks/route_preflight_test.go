package hooks

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
)

// checks are the checks of a preflight, by code.
func (a answer) checks(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	list, ok := a.body["checks"].([]any)
	if !ok {
		t.Fatalf("no checks: %s", a.text)
	}
	for _, item := range list {
		check := item.(map[string]any)
		all[check["code"].(string)] = check
	}
	return all
}

func TestPreflightLooksAtTheMailingAsItIs(t *testing.T) {
	p := newPost(t, nil)
	p.set(t, "users", p.ids[anna], "daily_quota", 10)
	if a := p.expect(t, 200, anna, "GET", p.route("preflight"), nil); a.body["ok"] != true {
		t.Errorf("a mailing that can be sent: %s", a.text)
	}

	for _, c := range []struct {
		name   string
		fault  func()
		code   string
		level  string
		reason string
	}{
		{"today's quota is used up", func() {
			p.sql(t, `INSERT INTO usage (kind, id, day, mails) VALUES ('owner', {:id}, {:day}, 10)`,
				dbx.Params{"id": p.ids[anna], "day": time.Now().UTC().Format(time.DateOnly)})
		}, "quota", "warning", "owner_quota"},
		{"the template is broken", func() { p.set(t, "messages", p.message.Id, "body", "{% if %}") }, "template", "error", "broken_template"},
		{"the message was deleted", func() { must(t, p.app.Delete(p.message)) }, "message", "error", "missing"},
		{"the client was deleted", func() { must(t, p.app.Delete(p.client)) }, "audience_size", "error", "empty"},
		{"mail is switched off", func() { p.mailServer(t, 0) }, "mail_server", "error", "not_set"},
		{"the owner waits for approval", func() { p.set(t, "users", p.ids[anna], "awaiting_approval", true) }, "permission", "error", "awaiting_approval"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.fault()
			a := p.expect(t, 200, marta, "GET", p.route("preflight"), nil)
			check := a.checks(t)[c.code]
			if detail, _ := check["detail"].(map[string]any); check["level"] != c.level || detail["reason"] != c.reason {
				t.Errorf("got %v", check)
			}
			if a.body["ok"] != (c.level != "error") {
				t.Errorf("ok is %v", a.body["ok"])
			}
		})
	}
}
