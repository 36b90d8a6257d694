package compose

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// KnownVariables are the variables that every letter has. Attributes of clients come on top, as
// client.attributes.city.
var KnownVariables = []string{"client.full_name", "client.email", "unsubscribe_url", "view_url"}

// Unknown lists the variables that the templates use and that are neither in KnownVariables nor in
// known, where attributes are given as client.attributes.city. They render empty.
func (c *Composer) Unknown(known []string) []string {
	var unknown []string
	for _, t := range c.templates() {
		for _, name := range t.uses {
			if !isKnown(name, known) && !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		}
	}
	return unknown
}

func isKnown(name string, known []string) bool {
	if name == "client.attributes" || slices.Contains(KnownVariables, name) {
		return true
	}
	// A known attribute may hold a list or an object: client.attributes.address.city.
	return slices.ContainsFunc(known, func(k string) bool {
		return name == k || strings.HasPrefix(name, k+".")
	})
}

func (c *Composer) templates() []*template {
	all := []*template{c.subject, c.preheader, c.body}
	if c.text != nil {
		all = append(all, c.text)
	}
	return all
}

// HasUnsubscribeLink reports whether the body has an unsubscribe link of its own. If it has none, or
// has it in a condition that does not hold, a footer with one is added to each mail.
func (c *Composer) HasUnsubscribeLink() bool {
	return slices.Contains(c.body.uses, "unsubscribe_url")
}

var urlInText = regexp.MustCompile(`https?://[^\s<>"']+`)

// Links lists the links in the body, in order of appearance, each once, from all branches of its
// conditions. What a template puts into a link is shown as it is written: https://example.org/?c={{ client.email }}.
func (c *Composer) Links() []string {
	place := c.layout.place
	var source strings.Builder
	c.body.everything(c.body.root, func(literal string, o *output) {
		if o == nil {
			source.WriteString(literal)
		} else {
			source.WriteString(place.of(o.number))
		}
	})
	var found []string
	if c.layout.format == FormatText {
		for _, url := range urlInText.FindAllString(source.String(), -1) {
			found = append(found, withoutPunctuation(url))
		}
	} else {
		document, err := c.layout.toHTML(source.String())
		if err != nil {
			return nil // a document with all branches is too much, though none of the letters is
		}
		found = hrefs(document)
	}
	var links []string
	for _, link := range found {
		if link = c.written(link); link != "" && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

// everything visits all text and outputs below nodes, whatever the conditions.
func (t *template) everything(nodes []node, visit func(literal string, o *output)) {
	for _, n := range nodes {
		switch n := n.(type) {
		case *literal:
			visit(t.literals[n.number], nil)
		case *output:
			visit("", n)
		case *branch:
			for _, a := range n.arms {
				t.everything(a.body, visit)
			}
		case *choice:
			for _, a := range n.arms {
				t.everything(a.body, visit)
			}
		case *loop:
			t.everything(n.body, visit)
			t.everything(n.otherwise, visit)
		}
	}
}

// written puts the source of the outputs back in the place of their placeholders.
func (c *Composer) written(s string) string {
	var b strings.Builder
	for {
		number, begin, end := c.layout.place.next(s)
		b.WriteString(s[:begin])
		if number < 0 {
			return strings.TrimSpace(b.String())
		}
		b.WriteString(c.body.outputs[number].source)
		s = s[end:]
	}
}

func hrefs(document string) []string {
	var all []string
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken, html.SelfClosingTagToken:
			if t := z.Token(); t.Data == "a" || t.Data == "area" {
				all = append(all, attributeOf(t, "href"))
			}
		}
	}
}
