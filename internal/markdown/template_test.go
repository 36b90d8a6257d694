package markdown

import (
	"strings"
	"testing"
)

func TestMarkdownIsRewrittenAsHTMLWithItsTagsUntouched(t *testing.T) {
	for name, c := range map[string]struct{ markdown, want string }{
		"emphasis, links and lists":        {"# News\n\n**Hi** [you](https://example.org/)\n\n- one\n- two", "<h1>News</h1>\n<p><strong>Hi</strong> <a href=\"https://example.org/\">you</a></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"},
		"quotation marks in a tag":         {`Hi {{ client.full_name | default: "friend" }}, 1 < 2`, "<p>Hi {{ client.full_name | default: \"friend\" }}, 1 &lt; 2</p>\n"},
		"marks of Markdown in a tag":       {`*Hi* {{ client.attributes["a*b*c_d_"] }}`, "<p><em>Hi</em> {{ client.attributes[\"a*b*c_d_\"] }}</p>\n"},
		"a tag as an address":              {"[Leave]({{ unsubscribe_url }})", "<p><a href=\"{{ unsubscribe_url }}\">Leave</a></p>\n"},
		"a condition around paragraphs":    {"{% if client.full_name %}\n\nHi\n\n{% endif %}", "{% if client.full_name %}\n<p>Hi</p>\n{% endif %}\n"},
		"a condition around a line":        {"One\n{% if true %}\nTwo\n{% endif %}\nThree", "<p>One<br>\n{% if true %}\nTwo<br>\n{% endif %}\nThree</p>\n"},
		"a value alone stays a paragraph":  {"{{ client.full_name }}", "<p>{{ client.full_name }}</p>\n"},
		"HTML in Markdown stays as it was": {"<div class=\"x\">Hi</div>", "<div class=\"x\">Hi</div>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := TemplateToHTML(c.markdown)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// FuzzMarkdown converts any text. What is accepted becomes HTML of a limited length; a template keeps its tags.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"# News\n\n**Hi** [you](https://example.org/)\n\n- one\n- two", "> a\n>> b\n\n1. c\n   - d", "| a | b |\n|---|---|\n| 1 | 2 |",
		"[a]: https://a.example 'title'\n\n[a] [a][a] ![a]", "{% if x %}\n*Hi* {{ y | default: \"*\" }}\n{% endif %}", "<div>\n\n*a*\n\n</div> ~~b~~ http://c.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if document, err := ToHTML(source); err == nil && len(document) > 100*len(source)+2*maxReferences {
			t.Errorf("%d bytes of Markdown become %d bytes of HTML", len(source), len(document))
		}
		document, err := TemplateToHTML(source)
		if err == nil && !strings.Contains(source, "\x00") && strings.Contains(source, "{{ client.email }}") && !strings.Contains(document, "{{ client.email }}") {
			t.Errorf("the tag of %q is lost: %q", source, document)
		}
	})
}
