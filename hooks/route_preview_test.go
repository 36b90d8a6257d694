package hooks

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
)

func TestPreviewShowsTheMailAsAClientGetsIt(t *testing.T) {
	p := newPost(t, nil)
	boris := p.addClient(t, "boris@example.com", "Boris", map[string]any{"city": "York"})

	t.Run("for a client", func(t *testing.T) {
		a := p.expect(t, 200, anna, "GET", p.route("preview")+"?client="+p.client.Id, nil)
		if a.string("subject") != "News for Ольга" || !strings.Contains(a.string("html"), "Hello Ольга of Тверь") ||
			!strings.Contains(a.string("text"), "Hello Ольга of Тверь") || !strings.Contains(a.string("source"), "<olga@example.com>") {
			t.Errorf("got %s", a.text)
		}
	})
	t.Run("for the first of the audience when no client is named", func(t *testing.T) {
		a := p.expect(t, 200, anna, "GET", p.route("preview"), nil)
		if who, _ := a.body["client"].(map[string]any); a.string("subject") != "News for Boris" || who["id"] != boris.Id {
			t.Errorf("got %s", a.text)
		}
	})
	t.Run("without a link that would opt the client out", func(t *testing.T) {
		a := p.expect(t, 200, marta, "GET", p.route("preview")+"?client="+p.client.Id, nil)
		if strings.Contains(a.text, p.mailing.Id+p.client.Id) || !strings.Contains(a.string("source"), "<https://gonets.example/u/preview>") {
			t.Errorf("got %s", a.string("source"))
		}
	})
	t.Run("without a mail server", func(t *testing.T) {
		p.mailServer(t, 0)
		defer p.mailServer(t, p.outbox.Port())
		p.expect(t, 200, anna, "GET", p.route("preview"), nil)
	})
	t.Run("as it was when the mailing was launched", func(t *testing.T) {
		p.launch(t)
		p.set(t, "messages", p.message.Id, "subject", "Something else")
		if a := p.expect(t, 200, anna, "GET", p.route("preview"), nil); a.string("subject") != "News for Boris" {
			t.Errorf("got subject %q", a.string("subject"))
		}
		must(t, p.app.Delete(p.message))
		must(t, p.app.Delete(boris))
		if a := p.expect(t, 200, anna, "GET", p.route("preview")+"?client="+boris.Id, nil); !strings.Contains(a.string("source"), "boris@example.com") {
			t.Errorf("the deleted client's mail is %s", a.text)
		}
	})
}

func TestPreviewIsForThoseWhoMaySeeTheMailing(t *testing.T) {
	p := newPost(t, nil)
	others := p.add(t, "clients", map[string]any{"owner": p.ids[boris], "email": "someone@example.com"})
	for who, status := range map[string]int{
		anonymous: 401, boris: 404, unverified: 404, kirill: 401, anna: 200, marta: 200, superuser: 200,
	} {
		p.expect(t, status, who, "GET", p.route("preview"), nil)
		p.expect(t, status, who, "GET", p.route("preflight"), nil)
	}
	p.expect(t, 404, anna, "GET", p.route("preview")+"?client="+others.Id, nil)
	p.expect(t, 404, marta, "GET", p.route("preview")+"?client="+others.Id, nil)
	p.expect(t, 404, anna, "GET", "/api/gonets/mailings/nonenonenonenon/preview", nil)
}

func TestPreviewSaysWhyThereIsNone(t *testing.T) {
	p := newPost(t, nil)
	p.set(t, "messages", p.message.Id, "body", "<p>Hello</p>\n<p>{{ client.full_name | nosuch }}</p>")
	a := p.expect(t, 400, anna, "GET", p.route("preview"), nil)
	if a.code("body") != "broken_template" || !strings.Contains(a.text, `"line":2`) || !strings.Contains(a.text, "Line 2: ") {
		t.Errorf("a broken template: %s", a.text)
	}
	p.set(t, "mailings", p.mailing.Id, "message", "")
	if a := p.expect(t, 400, anna, "GET", p.route("preview"), nil); a.code("message") != "no_message" {
		t.Errorf("no message: %s", a.text)
	}
}

func TestPreviewOfADraft(t *testing.T) {
	p := newPost(t, nil)
	others := p.add(t, "clients", map[string]any{"owner": p.ids[boris], "email": "someone@example.com"})
	const path = "/api/gonets/messages/preview"
	hello := func(more map[string]any) map[string]any {
		d := map[string]any{"subject": "Hi {{ client.full_name }}", "body": "<p>{{ client.email }}</p>"}
		for k, v := range more {
			d[k] = v
		}
		return d
	}

	for _, c := range []struct {
		name    string
		who     string
		draft   map[string]any
		subject string
		html    string
	}{
		{"for an invented person", anna, hello(nil), "Hi Anna Smith", "anna@example.com"},
		{"for the asker's client", anna, hello(map[string]any{"client": p.client.Id}), "Hi Ольга", "olga@example.com"},
		{"for somebody the asker invents", anna, hello(map[string]any{"example": map[string]any{"full_name": "Zoe", "email": "zoe@example.net"}}), "Hi Zoe", "zoe@example.net"},
		{"in Markdown", anna, hello(map[string]any{"format": "markdown", "body": "**bold**"}), "Hi Anna Smith", "<strong>bold</strong>"},
		{"that is still empty", anna, map[string]any{}, "", ""},
		{"of a superuser for anybody's client", superuser, hello(map[string]any{"client": p.client.Id}), "Hi Ольга", "olga@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := p.expect(t, 200, c.who, "POST", path, c.draft)
			if a.string("subject") != c.subject || !strings.Contains(a.string("html"), c.html) {
				t.Errorf("got %s", a.text)
			}
		})
	}
	t.Run("with what preflight would say of the letter", func(t *testing.T) {
		a := p.expect(t, 200, anna, "POST", path, hello(map[string]any{"subject": "", "body": `<a href="">x</a>{{ client.attributes.nosuch }}`}))
		for _, want := range []string{
			`"code":"subject","level":"error"`, `"code":"links","level":"warning"`, `"code":"unknown_variables","level":"warning"`, `"code":"size","level":"ok"`,
		} {
			if !strings.Contains(a.text, want) {
				t.Errorf("%s is not in %s", want, a.text)
			}
		}
		if strings.Contains(a.text, "mail_server") {
			t.Errorf("a draft is no mailing: %s", a.text)
		}
	})
	t.Run("for an invented person in the asker's language", func(t *testing.T) {
		p.set(t, "users", p.ids[boris], "language", "ru")
		if a := p.expect(t, 200, boris, "POST", path, hello(nil)); a.string("subject") != "Hi Анна Смирнова" {
			t.Errorf("got %s", a.text)
		}
	})

	for _, c := range []struct {
		name, field, code string
		draft             map[string]any
	}{
		{"a broken subject", "subject", "broken_template", hello(map[string]any{"subject": "{{ client.full_name"})},
		{"a broken preheader", "preheader", "broken_template", hello(map[string]any{"preheader": "{% if %}"})},
		{"a broken body", "body", "broken_template", hello(map[string]any{"body": "{% if client.email %}"})},
		{"a broken text", "text_body", "broken_template", hello(map[string]any{"text_body": "{% nosuch %}"})},
		{"an unknown format", "format", "unknown_format", hello(map[string]any{"format": "rtf"})},
		{"a subject that could not be saved", "subject", "too_long", hello(map[string]any{"subject": strings.Repeat("я", 256)})},
		{"another's client", "client", "invalid_reference", hello(map[string]any{"client": others.Id})},
		{"another's message", "id", "invalid_reference", hello(map[string]any{"id": "nonenonenonenon"})},
		{"an unknown sender", "sender", "invalid_reference", hello(map[string]any{"sender": "nonenonenonenon"})},
	} {
		t.Run("refuses "+c.name, func(t *testing.T) {
			if a := p.expect(t, 400, anna, "POST", path, c.draft); a.code(c.field) != c.code {
				t.Errorf("got %s", a.text)
			}
		})
	}
	p.expect(t, 401, anonymous, "POST", path, hello(nil))
	p.expect(t, 400, anna, "POST", path, []string{"no", "draft"})
}

func TestMarkdownIsRewrittenForAnAuthorWhoChangesTheFormat(t *testing.T) {
	w := newPost(t, nil)
	const path = "/api/gonets/messages/html"
	a := w.expect(t, 200, anna, "POST", path, map[string]any{"body": `**Hi** {{ client.full_name | default: "friend" }}`})
	if want := "<p><strong>Hi</strong> {{ client.full_name | default: \"friend\" }}</p>\n"; a.string("body") != want {
		t.Errorf("got %q, want %q", a.string("body"), want)
	}
	if a := w.expect(t, 400, anna, "POST", path, map[string]any{"body": strings.Repeat("> ", 40) + "x"}); a.code("body") != "unusable" {
		t.Errorf("too deep: %s", a.text)
	}
	w.expect(t, 401, anonymous, "POST", path, map[string]any{"body": "x"})
}

// signingSender adds a sender that signs, by the mail server of the outbox.
func (p *post) signingSender(t *testing.T) *core.Record {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return p.add(t, "senders", map[string]any{
		"name": "Signing", "from_email": "news@gonets.example", "host": "127.0.0.1", "port": p.outbox.Port(), "tls": "none",
		"access": "everyone", "dkim_domain": "gonets.example", "dkim_selector": "s1",
		"dkim_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
}

const signature = "dkim-signature"

func TestPreviewsAreNeverSigned(t *testing.T) {
	p := newPost(t, nil)
	sender := p.signingSender(t)
	p.set(t, "mailings", p.mailing.Id, "sender", sender.Id)
	draft := map[string]any{
		"subject": "Invoice", "body": "<p>Pay</p>", "sender": sender.Id, "from_name": "The boss",
		"example": map[string]any{"email": "victim@example.com"},
	}
	unsigned := func(t *testing.T) {
		t.Helper()
		for _, who := range []string{anna, marta, superuser} {
			a := p.expect(t, 200, who, "GET", p.route("preview"), nil)
			if strings.Contains(strings.ToLower(a.text), signature) {
				t.Errorf("the preview of a mailing for %s is signed: %s", who, a.string("source"))
			}
		}
		for _, who := range []string{anna, boris, marta, superuser} {
			a := p.expect(t, 200, who, "POST", "/api/gonets/messages/preview", draft)
			if !strings.Contains(a.string("source"), "victim@example.com") || strings.Contains(strings.ToLower(a.text), signature) {
				t.Errorf("the preview of a draft for %s is signed: %s", who, a.string("source"))
			}
		}
	}
	t.Run("before the launch", unsigned)
	p.set(t, "users", p.ids[anna], "awaiting_approval", true)
	t.Run("for who awaits approval", unsigned)
	p.set(t, "users", p.ids[anna], "awaiting_approval", false)
	p.launch(t)
	t.Run("after the launch", unsigned)
	p.set(t, "senders", sender.Id, "dkim_key", "unusable")
	t.Run("with a key that cannot be used", unsigned)
}
