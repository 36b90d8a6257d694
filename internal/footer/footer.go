// Package footer writes the end that an e-mail gets after its author's text. It has up to two parts, each only if the author's
// text does not show the same: the postal address of the owner, which laws about commercial e-mail ask for
// (15 U.S.C. § 7704(a)(5)), and the unsubscribe link.
package footer

import (
	"html"
	"slices"
	"strings"

	"gonets/internal/readertext"
	"gonets/internal/template"
)

// Footer is what the footers of a message have in common.
type Footer struct {
	Words       readertext.Footer
	Brand       template.Brand
	Unsubscribe string // the link, or a placeholder for it
	OwnColors   bool   // the style sheet of the message has a color for the class footer
}

// Parts are what a footer shows.
type Parts struct{ Unsubscribe, Address bool }

// LacksAddress reports whether a footer has to show the address of the brand: there is one, and text, the author's part,
// shows neither one of the values, which contain it, nor the address as it is written. Spaces and line ends count the same.
func (f Footer) LacksAddress(values []string, text func() string) bool {
	if f.Brand.Address == "" {
		return false
	}
	read := spaced(text())
	return !strings.Contains(read, spaced(f.Brand.Address)) && !slices.ContainsFunc(values, func(value string) bool {
		return strings.Contains(read, value)
	})
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// HTML is the footer in HTML, "" if it has no part.
func (f Footer) HTML(show Parts) string {
	color := "color:#767676"
	if f.OwnColors {
		color = "" // the style sheet has one for each mode
	}
	var parts []string
	if show.Address {
		parts = append(parts, f.address(color))
	}
	if show.Unsubscribe {
		parts = append(parts, html.EscapeString(f.Words.Before)+` <a href="`+f.Unsubscribe+`" style="`+color+`">`+html.EscapeString(f.Words.Link)+"</a>")
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n" + `<div class="footer" style="padding:24px 16px;text-align:center;font-family:Arial,sans-serif;font-size:12px;line-height:18px;` + color + `">` +
		strings.Join(parts, "<br>\n") + "</div>\n"
}

// address is the brand in a line of HTML: its name, which leads to its site, and its address.
func (f Footer) address(color string) string {
	b := f.Brand
	name := html.EscapeString(b.Name)
	if b.Site != "" {
		if name == "" {
			name = html.EscapeString(b.Site)
		}
		name = `<a href="` + html.EscapeString(b.Site) + `" style="` + color + `">` + name + "</a>"
	}
	if name != "" {
		name += " · "
	}
	return name + html.EscapeString(b.Address)
}

// Text is the footer in plain text, "" if it has no part.
func (f Footer) Text(show Parts) string {
	var lines []string
	if show.Address {
		b := f.Brand
		line := b.Address
		if b.Name != "" {
			line = b.Name + " · " + line
		}
		lines = append(lines, line)
		if b.Site != "" {
			lines = append(lines, b.Site)
		}
	}
	if show.Unsubscribe {
		lines = append(lines, f.Words.Plain+f.Unsubscribe)
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n—\n" + strings.Join(lines, "\n") + "\n"
}
