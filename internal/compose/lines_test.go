package compose

import (
	"strings"
	"testing"
)

func TestPlainTextBecomesHTMLThatLooksTheSame(t *testing.T) {
	a := anna()
	a.FullName = "A <b> & C"
	a.Attributes = map[string]any{"address": "Tver\nMain street 1", "id": "x y&z", "site": "https://site.example/"}
	for name, c := range map[string]struct{ body, want string }{
		"lines keep their ends":               {"Hello\nworld\n\nBye", "Hello<br>\nworld<br>\n<br>\nBye\n</div>"},
		"lines end as Windows ends them":      {"Hello\r\nworld", "Hello<br>\nworld"},
		"columns keep their spaces":           {"tea    2\n  cake 3", "tea&nbsp; &nbsp; 2<br>\n&nbsp; cake 3"},
		"what looks like HTML is text":        {"1 < 2 & <script>alert(1)</script>", "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"},
		"values are text":                     {"Dear {{ client.full_name }}", "Dear A &lt;b&gt; &amp; C"},
		"a value of two lines has two":        {"At {{ client.attributes.address }}.", "At Tver<br>\nMain street 1."},
		"an address is a link":                {"See https://example.org/a?b=1&c=2 now", `See <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a> now`},
		"the sentence around it is not":       {"(See https://example.org/a_(b).) So", `<a href="https://example.org/a_(b)">https://example.org/a_(b)</a>.) So`},
		"nor are brackets":                    {"<https://example.org>", `&lt;<a href="https://example.org">https://example.org</a>&gt;`},
		"a value is a part of an address":     {"https://example.org/?id={{ client.attributes.id }}!", `<a href="https://example.org/?id=x%20y&amp;z">https://example.org/?id=x y&amp;z</a>!`},
		"an address of the mail is a link":    {"Leave: {{ unsubscribe_url }}.", `Leave: <a href="` + anna().UnsubscribeURL + `">` + anna().UnsubscribeURL + `</a>.`},
		"one that is never shown is not":      {"Hi{% if false %} {{ view_url }}{% endif %}", "Hi\n</div>"},
		"a value may be an address, unlinked": {"{{ client.attributes.site }}", "\nhttps://site.example/\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := preview(t, draft(FormatText, c.body), a).HTML; !strings.Contains(got, c.want) {
				t.Errorf("%q is not in\n%s", c.want, got)
			}
		})
	}
}

func TestPlainTextStaysAsItWasWritten(t *testing.T) {
	p := preview(t, draft(FormatText, "tea    2\n\n<https://example.org/>"), anna())
	if !strings.HasPrefix(p.Text, "tea    2\n\n<https://example.org/>\n") {
		t.Errorf("got %q", p.Text)
	}
}

func TestHTMLOfPlainTextHasPreheaderFooterAndDarkMode(t *testing.T) {
	l := draft(FormatText, "Привет")
	l.Preheader, l.Language = "Что нового", "ru"
	p := preview(t, l, anna())
	for _, want := range []string{`<html lang="ru">`, "Что нового", "Отписаться</a>", "prefers-color-scheme:dark", `<a href="` + anna().UnsubscribeURL} {
		if !strings.Contains(p.HTML, want) {
			t.Errorf("%q is not in\n%s", want, p.HTML)
		}
	}
}
