package compose

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/template"
)

// Unknown lists the variables that the templates use and that exist neither for every client nor in attributes,
// which have the form client.attributes.city. They render empty.
func (c *Composer) Unknown(attributes []string) []string {
	names := setOf(attributes)
	for _, name := range template.Variables {
		names[name] = struct{}{}
	}
	seen := map[string]struct{}{}
	var unknown []string
	for _, t := range c.templates() {
		for _, name := range t.Variables {
			if _, again := seen[name]; again {
				continue
			}
			seen[name] = struct{}{}
			if !isKnown(name, names) {
				unknown = append(unknown, name)
			}
		}
	}
	return unknown
}

func setOf(names []string) map[string]struct{} {
	set := make(map[string]struct{}, len(names))
	for _, name := range names {
		set[name] = struct{}{}
	}
	return set
}

// isKnown reports whether a variable is known, or is inside an attribute that is: that may hold a list or
// an object, as in client.attributes.address.city.
func isKnown(name string, known map[string]struct{}) bool {
	if _, ok := known[name]; ok {
		return true
	}
	for at := len("client.attributes."); at < len(name); at++ {
		if name[at] != '.' {
			continue
		}
		if _, ok := known[name[:at]]; ok {
			return true
		}
	}
	return false
}

func (c *Composer) templates() []*template.Template {
	all := []*template.Template{c.subject, c.preheader, c.body}
	if c.text != nil {
		all = append(all, c.text)
	}
	return all
}

// HasUnsubscribeLink reports whether the body has an unsubscribe link of its own. If it has none, or
// has it in a condition that does not hold, a footer with one is added to each mail.
func (c *Composer) HasUnsubscribeLink() bool {
	return slices.Contains(c.body.Variables, template.UnsubscribeURL)
}

var urlInText = regexp.MustCompile(`https?://[^\s<>"']+`)

// Links lists the links in the body, in order of appearance, each once, from all branches of its
// conditions. What a template puts into a link is shown as it is written: https://example.org/?c={{ client.email }}.
func (c *Composer) Links() []string {
	place := c.layout.place
	var source strings.Builder
	var outputs []string // as they are written
	for s := range c.body.All() {
		if s.Output == nil {
			source.WriteString(s.Literal)
		} else {
			source.WriteString(place.of(s.Nth))
			outputs = append(outputs, s.Output.Source)
		}
	}
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
	seen := map[string]struct{}{"": {}}
	for _, link := range found {
		link = c.withSources(link, outputs)
		if _, again := seen[link]; !again {
			seen[link] = struct{}{}
			links = append(links, link)
		}
	}
	return links
}

// withSources replaces the placeholders in a link by the outputs that they stand for.
func (c *Composer) withSources(link string, outputs []string) string {
	var b strings.Builder
	for {
		number, begin, end := c.layout.place.next(link)
		b.WriteString(link[:begin])
		if number < 0 {
			return strings.TrimSpace(b.String())
		}
		b.WriteString(outputs[number])
		link = link[end:]
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
