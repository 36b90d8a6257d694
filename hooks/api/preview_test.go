package api_test

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
	boris := p.AddClient(t, "boris@example.com", "Boris", map[string]any{"city": "York"})

	t.Run("for a client", func(t *testing.T) {
		a := p.Expect(t, 200, anna, "GET", p.Route("preview")+"?client="+p.Client.Id, nil)
		if a.Field("subject") != "News for Ольга" || !strings.Contains(a.Field("html"), "Hello Ольга of Тверь") ||
			!strings.Contains(a.Field("text"), "Hello Ольга of Тверь") || !strings.Contains(a.Field("source"), "<olga@example.com>") {
			t.Errorf("got %s", a.Text)
		}
	})
	t.Run("for the first of the audience when no client is named", func(t *testing.T) {
		a := p.Expect(t, 200, anna, "GET", p.Route("preview"), nil)
		if who, _ := a.Body["client"].(map[string]any); a.Field("subject") != "News for Boris" || who["id"] != boris.Id {
			t.Errorf("got %s", a.Text)
		}
	})
	t.Run("without a link that would opt the client out", func(t *testing.T) {
		a := p.Expect(t, 200, marta, "GET", p.Route("preview")+"?client="+p.Client.Id, nil)
		if strings.Contains(a.Text, p.Mailing.Id+p.Client.Id) || !strings.Contains(a.Field("source"), "<https://gonets.example/u/preview>") {
			t.Errorf("got %s", a.Field("source"))
		}
	})
	t.Run("without a mail server", func(t *testing.T) {
		p.MailServer(t, 0)
		defer p.MailServer(t, p.Outbox.Port())
		p.Expect(t, 200, anna, "GET", p.Route("preview"), nil)
	})
	t.Run("as it was when the mailing was launched", func(t *testing.T) {
		p.Launch(t)
		p.Set(t, "messages", p.Message.Id, "subject", "Something else")
		if a := p.Expect(t, 200, anna, "GET", p.Route("preview"), nil); a.Field("subject") != "News for Boris" {
			t.Errorf("got subject %q", a.Field("subject"))
		}
		must(t, p.App.Delete(p.Message))
		must(t, p.App.Delete(boris))
		if a := p.Expect(t, 200, anna, "GET", p.Route("preview")+"?client="+boris.Id, nil); !strings.Contains(a.Field("source"), "boris@example.com") {
			t.Errorf("the deleted client's mail is %s", a.Text)
		}
	})
}

func TestPreviewIsForThoseWhoMaySeeTheMailing(t *testing.T) {
	p := newPost(t, nil)
	others := p.Add(t, "clients", map[string]any{"owner": p.IDs[boris], "email": "someone@example.com"})
	for who, status := range map[string]int{
		anonymous: 401, boris: 404, unverified: 404, kirill: 401, anna: 200, marta: 200, superuser: 200,
	} {
		p.Expect(t, status, who, "GET", p.Route("preview"), nil)
		p.Expect(t, status, who, "GET", p.Route("preflight"), nil)
	}
	p.Expect(t, 404, anna, "GET", p.Route("preview")+"?client="+others.Id, nil)
	p.Expect(t, 404, marta, "GET", p.Route("preview")+"?client="+others.Id, nil)
	p.Expect(t, 404, anna, "GET", "/api/gonets/mailings/nonenonenonenon/preview", nil)
}

func TestPreviewSaysWhyThereIsNone(t *testing.T) {
	p := newPost(t, nil)
	p.Set(t, "messages", p.Message.Id, "body", "<p>Hello</p>\n<p>{{ client.full_name | nosuch }}</p>")
	a := p.Expect(t, 400, anna, "GET", p.Route("preview"), nil)
	if a.Code("body") != "broken_template" || !strings.Contains(a.Text, `"line":2`) || !strings.Contains(a.Text, "Line 2: ") {
		t.Errorf("a broken template: %s", a.Text)
	}
	p.Set(t, "mailings", p.Mailing.Id, "message", "")
	if a := p.Expect(t, 400, anna, "GET", p.Route("preview"), nil); a.Code("message") != "no_message" {
		t.Errorf("no message: %s", a.Text)
	}
}

func TestPreviewOfADraft(t *testing.T) {
	p := newPost(t, nil)
	others := p.Add(t, "clients", map[string]any{"owner": p.IDs[boris], "email": "someone@example.com"})
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
		{"for the asker's client", anna, hello(map[string]any{"client": p.Client.Id}), "Hi Ольга", "olga@example.com"},
		{"for somebody the asker invents", anna, hello(map[string]any{"example": map[string]any{"full_name": "Zoe", "email": "zoe@example.net"}}), "Hi Zoe", "zoe@example.net"},
		{"in Markdown", anna, hello(map[string]any{"format": "markdown", "body": "**bold**"}), "Hi Anna Smith", "<strong>bold</strong>"},
		{"that is still empty", anna, map[string]any{}, "", ""},
		{"of a superuser for anybody's client", superuser, hello(map[string]any{"client": p.Client.Id}), "Hi Ольга", "olga@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := p.Expect(t, 200, c.who, "POST", path, c.draft)
			if a.Field("subject") != c.subject || !strings.Contains(a.Field("html"), c.html) {
				t.Errorf("got %s", a.Text)
			}
		})
	}
	t.Run("with what preflight would say of the message", func(t *testing.T) {
		a := p.Expect(t, 200, anna, "POST", path, hello(map[string]any{"subject": "", "body": `<a href="">x</a>{{ client.attributes.nosuch }}`}))
		for _, want := range []string{
			`"code":"subject","level":"error"`, `"code":"links","level":"warning"`, `"code":"unknown_variables","level":"warning"`, `"code":"size","level":"ok"`,
		} {
			if !strings.Contains(a.Text, want) {
				t.Errorf("%s is not in %s", want, a.Text)
			}
		}
		if strings.Contains(a.Text, "mail_server") {
			t.Errorf("a draft is no mailing: %s", a.Text)
		}
	})
	t.Run("for an invented person in the asker's language", func(t *testing.T) {
		p.Set(t, "users", p.IDs[boris], "language", "ru")
		if a := p.Expect(t, 200, boris, "POST", path, hello(nil)); a.Field("subject") != "Hi Анна Смирнова" {
			t.Errorf("got %s", a.Text)
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
		{"a template that makes too much", "body", "template_limit", hello(map[string]any{"body": "{% for i in (1..100000) %}{% for k in (1..100000) %}word{% endfor %}{% endfor %}"})},
		{"an address for answers that is none", "reply_to", "reply_to_unusable", hello(map[string]any{"reply_to": "nobody"})},
		{"an invented person who cannot be mailed", "client", "client_unusable", hello(map[string]any{"example": map[string]any{"email": "no one"}})},
		{"an unknown sender", "sender", "invalid_reference", hello(map[string]any{"sender": "nonenonenonenon"})},
	} {
		t.Run("refuses "+c.name, func(t *testing.T) {
			if a := p.Expect(t, 400, anna, "POST", path, c.draft); a.Code(c.field) != c.code {
				t.Errorf("got %s", a.Text)
			}
		})
	}
	t.Run("names what of the instance cannot be used", func(t *testing.T) {
		settings := p.App.Settings()
		was := settings.Meta
		defer func() { settings.Meta = was }()
		settings.Meta.AppURL = "ftp://gonets.example"
		if a := p.Expect(t, 400, anna, "POST", path, hello(nil)); a.Code("body") != "public_address_unusable" {
			t.Errorf("its public address: %s", a.Text)
		}
		settings.Meta = was
		settings.Meta.SenderAddress = "nobody"
		if a := p.Expect(t, 400, anna, "POST", path, hello(nil)); a.Code("sender") != "from_unusable" {
			t.Errorf("its From address: %s", a.Text)
		}
	})
	p.Expect(t, 401, anonymous, "POST", path, hello(nil))
	p.Expect(t, 400, anna, "POST", path, []string{"no", "draft"})
}

func TestMarkdownIsRewrittenForAnAuthorWhoChangesTheFormat(t *testing.T) {
	w := newPost(t, nil)
	const path = "/api/gonets/messages/html"
	a := w.Expect(t, 200, anna, "POST", path, map[string]any{"body": `**Hi** {{ client.full_name | default: "friend" }}`})
	if want := "<p><strong>Hi</strong> {{ client.full_name | default: \"friend\" }}</p>\n"; a.Field("body") != want {
		t.Errorf("got %q, want %q", a.Field("body"), want)
	}
	if a := w.Expect(t, 400, anna, "POST", path, map[string]any{"body": strings.Repeat("> ", 40) + "x"}); a.Code("body") != "unusable" {
		t.Errorf("too deep: %s", a.Text)
	}
	w.Expect(t, 401, anonymous, "POST", path, map[string]any{"body": "x"})
}

func TestHTMLIsRewrittenAsTextForAnAuthorWhoChangesTheFormat(t *testing.T) {
	w := newPost(t, nil)
	const path = "/api/gonets/messages/text"
	body := `<p>Hi {% if client.attributes.age > 3 %}there{% endif %} {{ client.full_name|default: "dear  <friend>" }}, <a href="https://shop.example/onsale=1?a=1&amp;b=2">look</a></p><ul><li>one</li></ul>`
	a := w.Expect(t, 200, anna, "POST", path, map[string]any{"body": body})
	if want := "Hi {% if client.attributes.age > 3 %}there{% endif %} {{ client.full_name|default: \"dear  <friend>\" }}, look (https://shop.example/onsale=1?a=1&b=2)\n\n- one\n"; a.Field("body") != want {
		t.Errorf("got %q, want %q", a.Field("body"), want)
	}
	if a := w.Expect(t, 400, anna, "POST", path, map[string]any{"body": strings.Repeat("x", 500_001)}); a.Code("body") != "too_long" {
		t.Errorf("too long: %s", a.Text)
	}
	w.Expect(t, 401, anonymous, "POST", path, map[string]any{"body": "x"})
}

// signingSender adds a sender that signs, by the mail server of the outbox.
func (p *post) signingSender(t *testing.T) *core.Record {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return p.Add(t, "senders", map[string]any{
		"name": "Signing", "from_email": "news@gonets.example", "host": "127.0.0.1", "port": p.Outbox.Port(), "tls": "none",
		"access": "everyone", "dkim_domain": "gonets.example", "dkim_selector": "s1",
		"dkim_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
}

const signature = "dkim-signature"

func TestPreviewsAreNeverSigned(t *testing.T) {
	p := newPost(t, nil)
	sender := p.signingSender(t)
	p.Set(t, "mailings", p.Mailing.Id, "sender", sender.Id)
	draft := map[string]any{
		"subject": "Invoice", "body": "<p>Pay</p>", "sender": sender.Id, "from_name": "The boss",
		"example": map[string]any{"email": "victim@example.com"},
	}
	unsigned := func(t *testing.T) {
		t.Helper()
		for _, who := range []string{anna, marta, superuser} {
			a := p.Expect(t, 200, who, "GET", p.Route("preview"), nil)
			if strings.Contains(strings.ToLower(a.Text), signature) {
				t.Errorf("the preview of a mailing for %s is signed: %s", who, a.Field("source"))
			}
		}
		for _, who := range []string{anna, boris, marta, superuser} {
			a := p.Expect(t, 200, who, "POST", "/api/gonets/messages/preview", draft)
			if !strings.Contains(a.Field("source"), "victim@example.com") || strings.Contains(strings.ToLower(a.Text), signature) {
				t.Errorf("the preview of a draft for %s is signed: %s", who, a.Field("source"))
			}
		}
	}
	t.Run("before the launch", unsigned)
	p.Set(t, "users", p.IDs[anna], "awaiting_approval", true)
	t.Run("for who awaits approval", unsigned)
	p.Set(t, "users", p.IDs[anna], "awaiting_approval", false)
	p.Launch(t)
	t.Run("after the launch", unsigned)
	p.Set(t, "senders", sender.Id, "dkim_key", "unusable")
	t.Run("with a key that cannot be used", unsigned)
}
