package compose

import (
	"bytes"
	"errors"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonets/internal/dkim"
	"gonets/internal/template"
)

func TestMailIsReadAsItWasWritten(t *testing.T) {
	l := Message{
		Subject:   "Новости для {{ client.full_name }}: всё, что случилось в городе {{ client.attributes.city }} за март",
		Preheader: "Чай & книги",
		Format:    FormatHTML,
		Body:      `<p>Здравствуйте, {{ client.full_name }}!</p><p><a href="{{ view_url }}">В браузере</a></p>`,
		FromName:  "Магазин «Чай»", FromEmail: "news@пример.рф", ReplyTo: "Помощь <help@example.org>",
		ListID: "kq3.gonets.example.org", Language: "ru",
		Attachments: []Attachment{
			{Name: "Прайс-лист на март.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte{0, 1, 2, 255}, 999)},
			{Name: "hello.txt", ContentType: "text/plain; charset=windows-1251", Data: []byte("hi\r\n.\r\n")},
		},
	}
	a := anna()
	a.FullName = "Анна Петрова-Водкина"
	source, err := prepare(t, l).Mail(a, march)
	if err != nil {
		t.Fatal(err)
	}
	r := receive(t, source)

	for field, want := range map[string]string{
		"Subject":               "Новости для Анна Петрова-Водкина: всё, что случилось в городе Tver за март",
		"Date":                  "Sat, 14 Mar 2026 09:26:53 +0300",
		"List-Unsubscribe":      "<" + a.UnsubscribeURL + ">",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"List-Id":               "<kq3.gonets.example.org>",
		"Content-Language":      "ru",
		"Mime-Version":          "1.0",
		"Message-Id":            MessageID(a.Mailing, a.Client, "xn--e1afmkfd.xn--p1ai"),
	} {
		if got := decoded(t, r.header.Get(field)); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	for field, want := range map[string]mail.Address{
		"From":     {Name: "Магазин «Чай»", Address: "news@xn--e1afmkfd.xn--p1ai"},
		"To":       {Name: "Анна Петрова-Водкина", Address: "anna@example.com"},
		"Reply-To": {Name: "Помощь", Address: "help@example.org"},
	} {
		if got, err := r.header.AddressList(field); err != nil || len(got) != 1 || *got[0] != want {
			t.Errorf("%s: %v %v, want %v", field, got, err, want)
		}
	}
	if want := []string{"text/plain", "text/html", "application/pdf", "text/plain"}; !slices.Equal(r.types, want) {
		t.Errorf("parts %v, want %v", r.types, want)
	}
	for _, a := range l.Attachments {
		if r.attachments[a.Name] != string(a.Data) {
			t.Errorf("attachment %q was changed or lost; there are %v", a.Name, slices.Collect(maps.Keys(r.attachments)))
		}
	}
	if want := "Здравствуйте, Анна Петрова-Водкина!\n\nВ браузере (" + a.ViewURL + ")\n"; !strings.HasPrefix(r.text, want) {
		t.Errorf("text %q", r.text)
	}
	for _, want := range []string{`<html lang="ru">`, "<p>Здравствуйте, Анна Петрова-Водкина!</p>", "Чай &amp; книги&nbsp;", `<a href="` + a.ViewURL + `">`} {
		if !strings.Contains(r.html, want) {
			t.Errorf("%q is not in the HTML:\n%s", want, r.html)
		}
	}
}

func TestFormatsGiveTheirParts(t *testing.T) {
	attachment := []Attachment{{Name: "a.bin", Data: []byte("data")}}
	for name, c := range map[string]struct {
		message Message
		types   []string
	}{
		"text is shown as html too":      {draft(FormatText, "Hi"), []string{"text/plain", "text/html"}},
		"html has a text alternative":    {draft(FormatHTML, "<p>Hi"), []string{"text/plain", "text/html"}},
		"markdown becomes html and text": {draft(FormatMarkdown, "*Hi*"), []string{"text/plain", "text/html"}},
		"text with a file": {
			Message{Format: FormatText, Body: "Hi", FromEmail: "a@example.org", Attachments: attachment},
			[]string{"text/plain", "text/html", "application/octet-stream"},
		},
		"empty texts are texts": {Message{Format: FormatHTML, FromEmail: "a@example.org"}, []string{"text/plain", "text/html"}},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := prepare(t, c.message).Mail(anna(), march)
			if err != nil {
				t.Fatal(err)
			}
			if r := receive(t, source); !slices.Equal(r.types, c.types) {
				t.Errorf("parts %v, want %v", r.types, c.types)
			}
		})
	}
}

func TestFooterOffersToUnsubscribeWhereTheBodyDoesNot(t *testing.T) {
	own := `<a href="{{ unsubscribe_url }}">Leave</a>`
	without := anna()
	without.UnsubscribeURL = ""
	for name, c := range map[string]struct {
		message    Message
		addressee  Addressee
		html, text int // how many unsubscribe links
	}{
		"no link of its own":           {draft(FormatHTML, "<p>Hi</p>"), anna(), 1, 1},
		"a link of its own":            {draft(FormatHTML, own), anna(), 1, 1},
		"a link that is not shown":     {draft(FormatHTML, `{% if false %}`+own+`{% endif %}`), anna(), 1, 1},
		"in a whole document":          {draft(FormatHTML, `<html><body><p>Hi</p></body></html>`), anna(), 1, 1},
		"in Markdown":                  {draft(FormatMarkdown, "Hi"), anna(), 1, 1},
		"in text":                      {draft(FormatText, "Hi"), anna(), 1, 1},
		"in a text with its own":       {draft(FormatText, "Hi {{ unsubscribe_url }}"), anna(), 2, 1}, // the address and where it leads
		"in a text of its own without": {Message{Format: FormatHTML, Body: own, TextBody: "Hi", FromEmail: "a@example.org"}, anna(), 1, 1},
		"no URL, as in a test":         {draft(FormatHTML, "<p>Hi</p>"), without, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := preview(t, c.message, c.addressee)
			url := anna().UnsubscribeURL
			if n := strings.Count(p.HTML, url); n != c.html {
				t.Errorf("%d links in the HTML, want %d:\n%s", n, c.html, p.HTML)
			}
			if n := strings.Count(p.Text, url); n != c.text {
				t.Errorf("%d links in the text, want %d:\n%s", n, c.text, p.Text)
			}
			if has := strings.Contains(p.Source, "List-Unsubscribe:"); has != (c.addressee.UnsubscribeURL != "") {
				t.Errorf("List-Unsubscribe there: %v", has)
			}
		})
	}
}

func TestLinksToURLsThatAreNotThereLeaveOnlyTheirText(t *testing.T) {
	p := preview(t, draft(FormatMarkdown, "[Online]({{ view_url }}) [Leave]({{ unsubscribe_url }})"), Addressee{Email: "a@example.org"})
	if p.Text != "Online Leave\n" {
		t.Errorf("%q", p.Text)
	}
}

func TestPreheaderAndFooterStandInsideTheBody(t *testing.T) {
	for name, body := range map[string]string{
		"a fragment":              `<p>Hi</p>`,
		"a document":              `<!doctype html><HTML><head><style>p{}</style></head><BODY class="x"><p>Hi</p></BODY></HTML>`,
		"without a body tag":      `<html><head></head><p>Hi</p></html>`,
		"without an end":          `<html><body><p>Hi</p>`,
		"body in a comment":       `<!-- <body> --><p>Hi</p>`,
		"tags in capitals, spite": `<BODY><p>Hi</p></body ><!-- </body> -->`,
	} {
		t.Run(name, func(t *testing.T) {
			l := draft(FormatHTML, body)
			l.Preheader = "Look inside"
			html := strings.ReplaceAll(preview(t, l, anna()).HTML, "<!-- <body> -->", "")
			order := []string{"<p>Hi</p>", "/u/c0ffee", "</"}
			at := strings.Index(html, "Look inside<") + strings.Index(html, "Look inside&")
			if at < 0 || strings.Contains(html[at:], "<body") {
				t.Fatalf("the preheader is not inside the body:\n%s", html)
			}
			for _, piece := range order {
				next := strings.Index(html[at:], piece)
				if next < 0 {
					t.Fatalf("%s is missing or misplaced:\n%s", piece, html)
				}
				at += next
			}
			if strings.Count(strings.ToLower(html), "<html") > 1 {
				t.Errorf("two documents:\n%s", html)
			}
		})
	}
}

func TestPreparingSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Message)
		want   string
	}{
		"no From":              {func(l *Message) { l.FromEmail = "" }, "from address"},
		"From without domain":  {func(l *Message) { l.FromEmail = "news@" }, "from address"},
		"From with a line":     {func(l *Message) { l.FromEmail = "news@example.org\r\nBcc: x@example.org" }, "from address"},
		"From with two":        {func(l *Message) { l.FromEmail = "a@example.org, b@example.org" }, "from address"},
		"From in brackets":     {func(l *Message) { l.FromEmail = "News <a@example.org>" }, "from address"},
		"broken Reply-To":      {func(l *Message) { l.ReplyTo = "nobody" }, "reply-to"},
		"List-Id with a space": {func(l *Message) { l.ListID = "a b" }, "list id"},
		"unknown format":       {func(l *Message) { l.Format = "rtf" }, "format"},
		"unknown language":     {func(l *Message) { l.Language = "tlh" }, "language"},
		"broken subject":       {func(l *Message) { l.Subject = "{{ client." }, "subject, line 1"},
		"broken preheader":     {func(l *Message) { l.Preheader = "\n{% if %}" }, "preheader, line 2"},
		"broken text":          {func(l *Message) { l.TextBody = "\n\n{% endif %}" }, "text_body, line 3"},
		"DKIM key":             {func(l *Message) { l.DKIM = []dkim.Key{{Domain: "example.org", Selector: "s", PrivateKey: "secret"}} }, "DKIM key"},
	} {
		t.Run(name, func(t *testing.T) {
			l := draft(FormatHTML, "Hi")
			c.change(&l)
			if _, err := Prepare(l); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error about %s", err, c.want)
			}
		})
	}
}

func TestMailRefusesWhomItCannotAddress(t *testing.T) {
	c := prepare(t, draft(FormatHTML, "Hi"))
	for name, change := range map[string]func(*Addressee){
		"no address":              func(a *Addressee) { a.Email = "" },
		"a line in the address":   func(a *Addressee) { a.Email = "a@example.org\r\nBcc: b@example.org" },
		"a list of addresses":     func(a *Addressee) { a.Email = "a@example.org,b@example.org" },
		"a line after Cyrillic":   func(a *Addressee) { a.Email = "анна@example.org\r\nBcc: b@example.org" },
		"a bracket in Cyrillic":   func(a *Addressee) { a.Email = "анна>@example.org" },
		"a line in the URL":       func(a *Addressee) { a.UnsubscribeURL = "https://example.org/\r\nX: y" },
		"a bracket in the URL":    func(a *Addressee) { a.UnsubscribeURL = "https://example.org/>" },
		"a URL that is no URL":    func(a *Addressee) { a.UnsubscribeURL = "javascript:alert(1)" },
		"a URL beyond any header": func(a *Addressee) { a.UnsubscribeURL = "https://example.org/" + strings.Repeat("x", 1000) },
	} {
		t.Run(name, func(t *testing.T) {
			a := anna()
			change(&a)
			begun := []byte("before")
			if got, err := c.appendMail(begun, a, march, c.signer); err == nil || string(got) != "before" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestMailIsAddressedInAnyScript: RFC 6532 has such an address in the header as it is.
func TestMailIsAddressedInAnyScript(t *testing.T) {
	a := anna()
	a.Email = "анна@пример.рф"
	mail, err := prepare(t, draft(FormatHTML, "Hi")).Mail(a, march)
	if err != nil || !strings.Contains(string(mail), "To: \"Anna Petrova\" <анна@xn--e1afmkfd.xn--p1ai>\r\n") {
		t.Errorf("%.300q, %v", mail, err)
	}
}

func TestMessageIDIsAFunctionOfItsArguments(t *testing.T) {
	id := MessageID("mailing", "client", "example.org")
	if id != MessageID("mailing", "client", "example.org") {
		t.Error("two ids for the same mail")
	}
	for _, other := range []string{
		MessageID("mailin", "gclient", "example.org"), MessageID("mailing", "clienu", "example.org"), MessageID("mailing", "client", "example.com"),
	} {
		if other == id {
			t.Errorf("the same id %s for another mail", id)
		}
	}
	if _, err := mail.ParseAddress(id); err != nil {
		t.Errorf("%s: %v", id, err)
	}
}

func TestMailsMadeAtOnceDoNotMix(t *testing.T) {
	l := messageOf4600()
	l.TextBody = "{% for tag in client.attributes.tags %}{{ tag }} {% endfor %}{{ client.full_name }}"
	c := prepare(t, l)
	var wait sync.WaitGroup
	for _, name := range []string{"Anna", "Борис", "Chloé", "Дарья"} {
		wait.Go(func() {
			a := anna()
			a.FullName = name
			a.Attributes = map[string]any{"tags": []any{name, name}}
			for range 200 {
				source, err := c.Mail(a, march)
				if err != nil {
					t.Error(err)
					return
				}
				r := receive(t, source)
				if !strings.Contains(r.html, "Hello "+name+",") || !strings.Contains(r.text, name+" "+name+" "+name) || decoded(t, r.header.Get("Subject")) != "News for "+name {
					t.Errorf("the mail for %s is %s", name, source)
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestABufferIsUsedAgain(t *testing.T) {
	c := prepare(t, messageOf4600())
	buffer, err := c.appendMail(nil, anna(), march, c.signer)
	if err != nil {
		t.Fatal(err)
	}
	first := string(buffer)
	again, err := c.appendMail(buffer[:0], anna(), march, c.signer)
	if err != nil || string(again) != first || &again[0] != &buffer[0] {
		t.Errorf("another mail or another buffer: %v", err)
	}
}

func TestTemplateErrorsAreTyped(t *testing.T) {
	c := prepare(t, draft(FormatText, "line 1\n{{ client.attributes.n | default: 1 | divided_by: client.attributes.d }}"))
	_, err := c.Mail(Addressee{Email: "a@example.org", Attributes: map[string]any{"d": 0.0}}, march)
	var broken *template.Error
	if !errors.As(err, &broken) || broken.Field != "body" || broken.Line != 2 || !strings.Contains(broken.Detail, "divided_by") {
		t.Errorf("%#v", err)
	}
}

func TestMoreOutcomesThanAreKeptAreRightToo(t *testing.T) {
	c := prepare(t, draft(FormatMarkdown, "{% for i in (1..client.attributes.n) %}\n- {{ i }}\n{% endfor %}"))
	a := anna()
	for range 2 {
		for n := range maxOutcomes + 20 {
			a.Attributes = map[string]any{"n": n}
			source, err := c.Mail(a, march)
			if err != nil {
				t.Fatal(err)
			}
			if items := strings.Count(string(source), "<li>"); items != n {
				t.Fatalf("%d items, want %d", items, n)
			}
		}
	}
	if kept := len(*c.bodies.byKey.Load()); kept != maxOutcomes {
		t.Errorf("%d outcomes are kept", kept)
	}
}
