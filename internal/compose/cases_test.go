package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMessagesThatPeopleBring has messages of testdata/cases, which stand for kinds that other mailing tools get wrong.
func TestMessagesThatPeopleBring(t *testing.T) {
	const unsubscribe = "https://gonets.example/u/token"
	for name, c := range map[string]struct {
		file   string // of testdata/cases, or
		body   string
		format Format

		html, text []string // parts of the results
		not        []string // parts of neither
	}{
		"a button that only Outlook hides": {
			file: "b01-bulletproof-button.html",
			text: []string{"Hello\n\nBuy now (https://shop.example.org/sale)\n\nBye"},
		},
		"a URL in a style": {
			file: "b02-style-url.html",
			html: []string{`background-image:url('https://cdn.example.org/a.png?x=1&amp;y=2')`},
		},
		"a URL in JSON": {
			body: `<script type="application/ld+json">{"image":"{{ client.attributes.photo }}"}</script>x`,
			html: []string{`{"image":"https://cdn.example.org/a.png?x=1\u0026y=2"}`},
		},
		"an unsubscribe link in a comment": {
			file: "b04-unsubscribe-in-comment.html",
			html: []string{`<a href="` + unsubscribe + `" style="color:#767676">Unsubscribe</a>`},
			text: []string{"Unsubscribe (" + unsubscribe + ")"},
		},
		"an unsubscribe link that is not displayed": {
			body: `<div style="display: none"><a href="{{ unsubscribe_url }}">Leave</a></div>`,
			html: []string{">Unsubscribe</a>"}, text: []string{"Unsubscribe (" + unsubscribe + ")"},
		},
		"an unsubscribe link that a class hides": {
			body: `<style>.x, p.gone { display:none !important }</style><p class="gone"><a href="{{ unsubscribe_url }}">Leave</a></p>`,
			html: []string{">Unsubscribe</a>"}, text: []string{"Unsubscribe (" + unsubscribe + ")"},
		},
		"an unsubscribe link around nothing": {
			body: `<a href="{{ unsubscribe_url }}"><img src="https://x.example/1.gif" width="1" height="1" alt=""></a>`,
			html: []string{">Unsubscribe</a>"},
		},
		"an unsubscribe link without size": {
			body: `<a href="{{ unsubscribe_url }}" style="font-size: 0">Leave</a>`,
			html: []string{">Unsubscribe</a>"},
		},
		"an unsubscribe URL that is no link": {
			body: `<p title="{{ unsubscribe_url }}">x</p>`,
			html: []string{">Unsubscribe</a>"}, text: []string{"Unsubscribe (" + unsubscribe + ")"},
		},
		"an unsubscribe link that is seen": {
			body: `<p style="font-size:0"><a href="{{ unsubscribe_url }}" style="font-size:14px">Leave</a></p>`,
			html: []string{`<a href="` + unsubscribe + `" style="font-size:14px">Leave</a>`}, text: []string{"Leave (" + unsubscribe + ")"}, not: []string{"Unsubscribe"},
		},
		"a picture that leads to unsubscribing": {
			body: `<a href="{{ unsubscribe_url }}"><img src="https://x.example/out.png" alt="Out"></a>`,
			html: []string{unsubscribe}, not: []string{"Unsubscribe"},
		},
		"a URL in angle brackets": {
			file: "b08-markdown-angle.md", format: FormatMarkdown,
			html: []string{`<a href="` + unsubscribe + `">` + unsubscribe + `</a>`}, text: []string{unsubscribe}, not: []string{"Unsubscribe", "&lt;"},
		},
		"a URL alone in Markdown": {
			body: "Leave: {{ unsubscribe_url }}, `{{ view_url }}`, [see]({{ view_url }})", format: FormatMarkdown,
			html: []string{
				`Leave: <a href="` + unsubscribe + `">` + unsubscribe + `</a>,`,
				`<code>https://gonets.example/v/token</code>`, `<a href="https://gonets.example/v/token">see</a>`,
			},
			not: []string{"Unsubscribe"},
		},
		"a hidden paragraph that is not closed": {
			file: "b09-hidden-p-not-closed.html",
			text: []string{"Visible text\n\nMore"}, not: []string{"Preview\n"},
		},
		"the current year": {
			file: "b12-current-year.html",
			html: []string{"© 2026"}, text: []string{"© 2026"},
		},
		"the day of the mail": {
			body: `{% assign day = "today" | date: "%d.%m.%Y" %}{{ day }}`, format: FormatText,
			text: []string{"05.03.2026"},
		},
		"Hebrew in Markdown": {
			body: "שלום **{{ client.full_name }}**, ברוכים הבאים", format: FormatMarkdown,
			html: []string{`<html lang="en" dir="rtl">`, `<div class="letter" dir="rtl"`, "text-align:right"},
		},
		"Arabic in HTML": {body: "<p>مرحبا بكم</p>", html: []string{`dir="rtl"`}},
		"a Hebrew word":  {body: "<p>The word for peace is שלום</p>", html: []string{"text-align:left"}, not: []string{"rtl"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := draft(c.format, c.body)
			if c.format == "" {
				l.Format = FormatHTML
			}
			if c.file != "" {
				body, err := os.ReadFile(filepath.Join("testdata", "cases", c.file))
				if err != nil {
					t.Fatal(err)
				}
				l.Body = string(body)
			}
			p, err := prepare(t, l).Preview(Addressee{
				Email: "anna@example.org", FullName: "Anna", UnsubscribeURL: unsubscribe, ViewURL: "https://gonets.example/v/token",
				Attributes: map[string]any{"photo": "https://cdn.example.org/a.png?x=1&y=2"},
			}, time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range c.html {
				if !strings.Contains(p.HTML, part) {
					t.Errorf("the HTML has no %q:\n%s", part, p.HTML)
				}
			}
			for _, part := range c.text {
				if !strings.Contains(p.Text, part) {
					t.Errorf("the text has no %q:\n%s", part, p.Text)
				}
			}
			for _, part := range c.not {
				if strings.Contains(p.Text, part) || strings.Contains(p.HTML, part) && part != "Preview\n" {
					t.Errorf("%q is in\n%s\n%s", part, p.HTML, p.Text)
				}
			}
		})
	}
}

func TestImagesByTheirContentID(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "cases", "b13-cid-image.html"))
	if err != nil {
		t.Fatal(err)
	}
	l := draft(FormatHTML, string(body))
	logo, prices := Attachment{Name: "logo.png", ContentType: "image/png", Data: []byte("logo")}, Attachment{Name: "prices.pdf", Data: []byte("prices")}
	for name, c := range map[string]struct {
		attachments []Attachment
		types       string
	}{
		"the image alone":           {[]Attachment{logo}, "text/plain text/html image/png"},
		"behind another attachment": {[]Attachment{prices, logo}, "text/plain text/html image/png application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			l.Attachments = c.attachments
			p := preview(t, l, Addressee{Email: "anna@example.org"})
			r := receive(t, []byte(p.Source))
			if got := strings.Join(r.types, " "); got != c.types {
				t.Errorf("the parts are %s", got)
			}
			if !strings.Contains(p.Source, "Content-Id: <logo.png>\r\n") || !strings.Contains(p.Source, "multipart/related") || !strings.Contains(p.Source, "inline; filename=logo.png") {
				t.Error(p.Source)
			}
			if len(c.attachments) > 1 && r.attachments["prices.pdf"] != "prices" {
				t.Errorf("the attachments are %v", r.attachments)
			}
		})
	}
	l.Attachments, l.Body = []Attachment{logo}, `<img src="https://x.example/logo.png">`
	if p := preview(t, l, Addressee{Email: "anna@example.org"}); strings.Contains(p.Source, "Content-Id") {
		t.Error("an attachment that nothing shows is inside the text")
	}
}
