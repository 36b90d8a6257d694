package compose

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gonets/internal/template"
)

// TestRunawayTemplatesEnd has templates that would take hours or all memory, if nothing stopped them: then the
// test would not end either.
func TestRunawayTemplatesEnd(t *testing.T) {
	repeat := strings.Repeat
	for name, c := range map[string]struct {
		format Format
		body   string
		fails  bool
	}{
		"a huge range":                  {FormatHTML, "{% for i in (1..999999999) %}{% endfor %}", true},
		"a range beyond numbers":        {FormatHTML, "{% for i in (-9223372036854775807..9223372036854775807) %}x{% endfor %}", false},
		"loops in loops":                {FormatHTML, repeat("{% for i in (1..1000) %}", 5) + "x" + repeat("{% endfor %}", 5), true},
		"a loop with much text":         {FormatHTML, "{% for i in (1..1000) %}" + repeat("x", 10_000) + "{% endfor %}", true},
		"tags in tags":                  {FormatHTML, repeat("{% if true %}", 5000) + repeat("{% endif %}", 5000), true},
		"text that doubles":             {FormatHTML, `{% assign x = "aaaaaaaa" %}{% for i in (1..99) %}{% assign x = x | append: x %}{% endfor %}`, true},
		"text that multiplies":          {FormatHTML, `{% assign x = "` + repeat("a", 500) + `" %}{% for i in (1..20) %}{% assign x = x | replace: "a", "` + repeat("a", 400) + `" %}{% endfor %}`, true},
		"splitting again and again":     {FormatHTML, `{% assign x = "` + repeat("a,", 400) + `" %}{% for i in (1..15000) %}{% assign y = x | split: "," %}{% endfor %}`, true},
		"long expressions in loops":     {FormatHTML, "{% for i in (1..19000) %}{{ 1" + repeat(" | plus: 1", 90) + " }}{% endfor %}", true},
		"many tags":                     {FormatHTML, repeat("{{ client.email }}", 50_000), true},
		"braces only":                   {FormatHTML, repeat("{{", 2500) + repeat("{%", 2500) + repeat("{ ", 400_000), true},
		"parentheses":                   {FormatHTML, "{{ " + repeat("(", 490) + "1" + repeat(")", 490) + " }}", false},
		"more than a megabyte":          {FormatHTML, repeat("x", 1<<20+1), true},
		"HTML in HTML":                  {FormatHTML, repeat("<div><ul><li><blockquote><a href=x>", 20_000), false},
		"HTML that is not closed":       {FormatHTML, repeat("<a b='", 100_000) + repeat("<!--", 50_000), false},
		"quotes in quotes":              {FormatMarkdown, repeat(">", 100_000), true},
		"quotes in quotes, with spaces": {FormatMarkdown, repeat("> ", 100_000), true},
		"lists in lists":                {FormatMarkdown, repeat("- ", 50_000), true},
		"numbers in numbers":            {FormatMarkdown, repeat("1. ", 50_000), true},
		"links that are not closed":     {FormatMarkdown, repeat("[a](", 60_000), true},
		"brackets on many lines":        {FormatMarkdown, repeat("[a](b\n", 40_000), true},
		"link references":               {FormatMarkdown, repeat("[a]: b\n", 4_000) + repeat("[a] ", 900), true},
		"a table without an end":        {FormatMarkdown, repeat("|a", 5000) + "|\n" + repeat("|-", 5000) + "|\n" + repeat("|a\n", 30_000), true},
		"a table made by a loop":        {FormatMarkdown, repeat("|a", 400) + "|\n" + repeat("|-", 400) + "|\n{% for i in (1..9000) %}|a\n{% endfor %}", true},
		"stars":                         {FormatMarkdown, repeat("*a **b _c __d ", 18_000), false},
		"backticks":                     {FormatMarkdown, repeat("` `` ``` ", 28_000), false},
		"indented lists":                {FormatMarkdown, indentedLists(500), true},
		"indented lists within limits":  {FormatMarkdown, strings.Repeat(indentedLists(28), 250), false},
	} {
		t.Run(name, func(t *testing.T) {
			composer, err := Prepare(draft(c.format, c.body))
			var broken *template.Error
			if c.fails != errors.As(err, &broken) || err != nil && broken == nil {
				t.Errorf("Prepare: %v", err)
			}
			if err == nil {
				if _, err := composer.Mail(anna(), march); err != nil {
					t.Errorf("Mail: %v", err)
				}
			}
		})
	}
}

func indentedLists(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- x\n")
	}
	return b.String()
}

func TestValuesThatRunAwayFailOneMail(t *testing.T) {
	c := prepare(t, draft(FormatText, "{% for i in (1..client.attributes.n) %}x{% endfor %}"))
	if _, err := c.Mail(Addressee{Email: "a@example.org", Attributes: map[string]any{"n": 1e12}}, march); err == nil {
		t.Error("a loop of 10¹² iterations ended well")
	}
	if _, err := c.Mail(Addressee{Email: "a@example.org", Attributes: map[string]any{"n": 3.0}}, march); err != nil {
		t.Errorf("the next mail: %v", err)
	}
}

func TestUnknownVariablesAreReported(t *testing.T) {
	l := draft(FormatHTML, `{{ client.nmae }} {{ client.full_name }} {{ client.attributes.city }} {{ client.attributes["town"] | default: fallback }}
{% for t in client.attributes.tags %}{{ t }} {{ forloop.index }} {{ t.x }}{% endfor %}{% assign mine = "client.no" %}{{ mine }}
{% if client.attributes.address.street == blank and other.thing %}{{ unsubscribe_url }}{% endif %}{% case kind %}{% when 'a', which %}{% endcase %}
{{ client.attributes }} {{ "client.quoted" | append: 'client.too' | default: nil }} {% raw %}{{ raw }}{% endraw %}`)
	l.Subject = "{{ client.full_nam }}"
	l.Preheader = "{{ view_url }}"
	l.TextBody = "{{ unsubscribe }}"
	got := prepare(t, l).Unknown([]string{"client.attributes.city", "client.attributes.tags", "client.attributes.address"})
	want := []string{"client.full_nam", "client.nmae", "client.attributes.town", "fallback", "other.thing", "kind", "which", "unsubscribe"}
	if !slices.Equal(got, want) {
		t.Errorf("\ngot  %q\nwant %q", got, want)
	}
}

func TestLinksAreFoundInAllBranches(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		body   string
		want   []string
	}{
		"html": {
			FormatHTML, `<a href="https://a.example/?c={{ client.email }}">x</a>{% if false %}<a href='{{ unsubscribe_url }}'>{% else %}<A HREF=https://b.example>{% endif %}<a href="https://b.example"><a>`,
			[]string{"https://a.example/?c={{ client.email }}", "{{ unsubscribe_url }}", "https://b.example"},
		},
		"markdown": {FormatMarkdown, "[x](https://a.example) https://b.example {{ client.email }}", []string{"https://a.example", "https://b.example"}},
		"text":     {FormatText, "see https://a.example/{{ client.attributes.id }} or <http://b.example>", []string{"https://a.example/{{ client.attributes.id }}", "http://b.example"}},
		"none":     {FormatHTML, "<p>Hi</p>", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := prepare(t, draft(c.format, c.body)).Links(); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzMail composes an e-mail from any template with any value. The work is bounded by the budget, so no input
// of the fuzzer takes long; what comes out is a mail of bounded length, or a *template.Error.
func FuzzMail(f *testing.F) {
	for _, seed := range []string{
		"Hi {{ client.full_name | default: \"friend\" }}", "{% for t in client.attributes.tags %}- {{ t }}\n{% endfor %}",
		"{% assign x = 1 | plus: 2 %}{% case x %}{% when 3 %}{{ x }}{% endcase %}", "<a href='{{ view_url }}' style=\"{{ x }}\">[a](b)</a>",
		"{% unless a.b[0] contains \"c\" %}{%- raw -%}{{{% endraw %}{% endunless %}", "| a | b |\n|---|---|\n| {{ client.email }} |",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, body, value string) {
		for _, format := range []Format{FormatHTML, FormatMarkdown, FormatText} {
			l := draft(format, body)
			l.Subject, l.Preheader = body, body
			c, err := Prepare(l)
			if err == nil {
				var source []byte
				a := anna()
				a.FullName = value
				a.Attributes["tags"] = []any{value, 1.5, map[string]any{value: value, "a": []any{value}}}
				if source, err = c.Mail(a, march); err == nil {
					receive(t, source)
					c.Links()
					c.Unknown(nil)
				}
				if most := 20 * maxMail; len(source) > most {
					t.Errorf("a mail of %d bytes", len(source))
				}
			}
			var broken *template.Error
			if err != nil && !errors.As(err, &broken) {
				t.Errorf("%v is no *template.Error", err)
			}
		}
	})
}
