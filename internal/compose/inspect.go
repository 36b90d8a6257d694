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
			if _, again := seen[name]; !again && !isKnown(name, names) {
				unknown = append(unknown, name)
			}
			seen[name] = struct{}{}
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

// Bare lists the variables of a client that stand in one of the templates without a default and outside of conditions on them:
// who lacks the value gets a gap.
func (c *Composer) Bare() []string {
	var names []string
	for _, t := range c.templates() {
		names = append(names, t.Bare()...)
	}
	return names
}

func (c *Composer) templates() []*template.Template {
	all := []*template.Template{c.subject, c.preheader, c.body}
	if c.text != nil {
		all = append(all, c.text)
	}
	return all
}

// HasUnsubscribeLink reports whether the body has an unsubscribe link of its own that a reader can see and click. If it has
// none, or has it in a condition that does not hold, a footer with one is added to each mail.
func (c *Composer) HasUnsubscribeLink() bool {
	all, err := c.branches()
	if err != nil {
		return false
	}
	values := c.places(all, template.UnsubscribeURL)
	if c.layout.format == FormatText {
		return len(values) > 0
	}
	return showsOne(all.document, values)
}

// ShowsAddress reports whether the body shows the address of the brand, in one of its branches at least. If it does not, a
// footer with the address is added to each mail.
func (c *Composer) ShowsAddress() bool {
	all, err := c.branches()
	if err != nil {
		return false
	}
	return !c.layout.footer.LacksAddress(c.places(all, template.BrandAddress), func() string {
		if c.layout.format == FormatText {
			return all.document
		}
		return plaintext.FromHTML(all.document)
	})
}

// places are the placeholders of the outputs that use a variable.
func (c *Composer) places(b branches, variable string) (found []string) {
	for i, output := range b.outputs {
		if output.Uses(variable) {
			found = append(found, c.layout.place.Of(slotOutputs+i))
		}
	}
	return found
}

// Links lists the links in the body, in order of appearance, each once, from all branches of its
// conditions. What a template puts into a link is shown as it is written: https://example.org/?c={{ client.email }}.
func (c *Composer) Links() []string {
	all, err := c.branches()
	if err != nil {
		return nil // a document with all branches is too much, though none of the mails is
	}
	found := hrefs(all.document)
	if c.layout.format == FormatText {
		found = plaintext.URLs(all.document)
	}
	var links []string
	seen := map[string]struct{}{"": {}}
	for _, link := range found {
		link = strings.TrimSpace(c.layout.place.Replace(link, all.sources()))
		if _, again := seen[link]; !again {
			seen[link] = struct{}{}
			links = append(links, link)
		}
	}
	return links
}

// CutValues lists the outputs, as they are written, of whose values only words are kept because of their place: in a
// script, or in a style outside of quotes and url(…).
func (c *Composer) CutValues() []string {
	all, err := c.branches()
	if err != nil || c.layout.format == FormatText {
		return nil
	}
	var cut []string
	sources, rest := all.sources(), all.document
	for _, escape := range c.layout.place.Escapes(all.document) {
		number, _, end := c.layout.place.Next(rest)
		rest = rest[end:]
		if escape.Cuts() && number < len(sources) && !slices.Contains(cut, sources[number]) {
			cut = append(cut, sources[number])
		}
	}
	return cut
}

// branches are the body with all branches of its conditions.
type branches struct {
	document string // HTML, or text of that format, with placeholders
	outputs  []*template.Output
}

// sources are the outputs as they are written, by the number of their placeholder.
func (b branches) sources() []string {
	sources := []string{"", "", ""}
	for _, output := range b.outputs {
		sources = append(sources, output.Source)
	}
	return sources
}

// allBranches makes the document that the inspections look at: the conversion of its Markdown is the dear part of them.
func (c *Composer) allBranches() (branches, error) {
	var b branches
	var source strings.Builder
	urls := map[int]struct{}{}
	for s := range c.body.All() {
		if s.Output == nil {
			source.WriteString(s.Literal)
			continue
		}
		slot := slotOutputs + s.Nth
		source.WriteString(c.layout.place.Of(slot))
		if name, _ := s.Output.URL(); name != "" {
			urls[slot] = struct{}{}
		}
		b.outputs = append(b.outputs, s.Output)
	}
	if c.layout.format == FormatText {
		b.document = source.String()
		return b, nil
	}
	var err error
	b.document, err = c.layout.toHTML(source.String(), urls)
	return b, err
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
