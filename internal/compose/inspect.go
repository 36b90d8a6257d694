package compose

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/plaintext"
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
			source.WriteString(place.Of(s.Nth))
			outputs = append(outputs, s.Output.Source)
		}
	}
	var found []string
	if c.layout.format == FormatText {
		found = plaintext.URLs(source.String())
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
		link = strings.TrimSpace(place.Replace(link, outputs))
		if _, again := seen[link]; !again {
			seen[link] = struct{}{}
			links = append(links, link)
		}
	}
	return links
}

// hrefs returns the addresses of the links in an HTML document.
func hrefs(document string) []string {
	var all []string
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "a" && t.Data != "area" {
				continue
			}
			if i := slices.IndexFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "href" }); i >= 0 {
				all = append(all, t.Attr[i].Val)
			}
		}
	}
}
