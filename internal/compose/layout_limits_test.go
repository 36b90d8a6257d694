package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonets/internal/template"
)

// The tests below would not end in the time that tests have if the work grew with the square of their input.

func TestManyNamesAreNotedOnce(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		b.WriteString("{{ a | default: a")
		for j := range 80 {
			fmt.Fprintf(&b, ",v%d", i*80+j)
		}
		b.WriteString(" }}")
	}
	source := b.String()[:strings.LastIndex(b.String()[:min(b.Len(), 1<<20-100)], "{{")]
	parsed, err := template.Parse("body", source+strings.Repeat("{% assign b = a %}", 5), template.Syntax{})
	if err != nil {
		t.Fatal(err)
	}
	c := &Composer{subject: parsed, preheader: parsed, body: parsed}
	unknown := c.Unknown([]string{"v1", "v2"})
	if len(unknown) < 50_000 || unknown[0] != "a" || unknown[1] != "v0" || unknown[2] != "v3" {
		t.Errorf("%d unknown names, the first ones %q", len(unknown), unknown[:3])
	}
}

func TestManyAddressesInText(t *testing.T) {
	l := draft(FormatText, "{% for i in (1..4500) %}<{{ view_url }}> {% endfor %}")
	a := anna()
	p := preview(t, l, a)
	if n := strings.Count(p.HTML, `<a href="`+a.ViewURL+`">`); n != 4500 {
		t.Errorf("%d links", n)
	}
}

func TestAddressesInTextKeepTheirPlaces(t *testing.T) {
	a := anna()
	a.UnsubscribeURL, a.ViewURL = "https://u.example/", "https://v.example/"
	p := preview(t, draft(FormatText, "({{ view_url }}) https://a.example/{{ client.email }}?v={{ view_url }}), {{ client.full_name }}{{ unsubscribe_url }}{{ view_url }}."), a)
	for _, want := range []string{
		`(<a href="https://v.example/">https://v.example/</a>) <a href="https://a.example/anna@example.com?v=https://v.example/">`,
		`</a>), Anna Petrova<a href="https://u.example/">https://u.example/</a><a href="https://v.example/">https://v.example/</a>.`,
	} {
		if !strings.Contains(p.HTML, want) {
			t.Errorf("%s is not in %s", want, p.HTML[strings.Index(p.HTML, "("):])
		}
	}
}

func TestManyLinksAreListedOnce(t *testing.T) {
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "http://a/%06d ", i%50_000)
	}
	c := prepare(t, draft(FormatText, b.String()))
	if links := c.Links(); len(links) != 50_000 || !slices.IsSorted(links) {
		t.Errorf("%d links", len(links))
	}
}

// TestLinksByReferenceDoNotMultiply: each of them repeats the address and the title of its definition.
func TestLinksByReferenceDoNotMultiply(t *testing.T) {
	uses := strings.Repeat("[a]\n\n", 900)
	for name, body := range map[string]string{
		"a long address":         "[a]: https://a.example/" + strings.Repeat("x", 100<<10) + "\n\n" + uses,
		"a long title":           "[a]: x '" + strings.Repeat("some words\n", 10<<10) + "'\n\n" + uses,
		"a title with brackets":  "[a]: x '" + strings.Repeat(strings.Repeat("word ", 200)+"]:\n", 50) + "'\n\n" + strings.Repeat(uses, 4),
		"behind what uses them":  uses + "> [a]: https://a.example/" + strings.Repeat("x", 100<<10),
		"an address of a client": "[a]: {{ client.attributes.long }}\n\n" + uses,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Prepare(draft(FormatMarkdown, body))
			if err == nil {
				a := anna()
				a.Attributes = map[string]any{"long": strings.Repeat("x", 16<<10)}
				_, err = c.Mail(a, march)
			}
			var broken *template.Error
			if !errors.As(err, &broken) || !broken.LimitExceeded {
				t.Errorf("%v", err)
			}
		})
	}
	p := preview(t, draft(FormatMarkdown, strings.Repeat("[a] and [b]\n\n", 200)+"[a]: https://a.example\n[b]: https://b.example 'B'"), anna())
	if n := strings.Count(p.HTML, `<a href="https://b.example" title="B">b</a>`); n != 200 {
		t.Errorf("%d links by reference", n)
	}
}

// TestAMailHasABound: tabs of plain text become fourteen bytes of HTML each.
func TestAMailHasABound(t *testing.T) {
	for format, body := range map[Format]string{
		FormatText: strings.Repeat("\t", 900<<10) + "x",
		FormatHTML: "{% assign x = client.attributes.long | append: client.attributes.long %}<p title='{{ x }}'>" + strings.Repeat("x", 1000<<10),
	} {
		c, err := Prepare(draft(format, body))
		if err == nil {
			a := anna()
			a.Attributes = map[string]any{"long": strings.Repeat("x", 16<<10)}
			_, err = c.Mail(a, march)
		}
		var broken *template.Error
		if tooMuch := format == FormatText; tooMuch != (errors.As(err, &broken) && broken.LimitExceeded) || !tooMuch && err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// TestEmphasisHasABound: each mark that may close was compared with all marks before it, two minutes for 256 KB.
func TestEmphasisHasABound(t *testing.T) {
	for name, body := range map[string]string{
		"marks that never match":    strings.Repeat("*a_", 80_000),
		"on many lines":             strings.Repeat("*a_\n", 60_000),
		"strike-through":            strings.Repeat("~~a_b*", 40_000),
		"marks that open and close": strings.Repeat("*a", 120_000),
		"in paragraphs, as a list":  strings.Repeat("- "+strings.Repeat("*a_", 3_000)+"\n\n", 25),
	} {
		var broken *template.Error
		if _, err := Prepare(draft(FormatMarkdown, body)); !errors.As(err, &broken) || broken.Field != "body" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"a long message": strings.Repeat(strings.Repeat("**Bold** and *slanted*, ~~gone~~. ", 30)+"\n\n", 200),
		"a ruled form":   strings.Repeat(strings.Repeat("_", 200)+"\n", 500),
		"a list of bold": strings.Repeat("- **one** of *many*\n", 1_500),
	} {
		if _, err := Prepare(draft(FormatMarkdown, body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
