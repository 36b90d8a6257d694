package compose

import (
	"strings"

	"golang.org/x/net/html"
)

// lines makes both parts from a path through a body in plain text: the HTML shows the same lines, with
// links that can be followed. Mail programs show it in the reader's own letters and colours, dark ones
// too, and long lines fold as they should on a phone.
func (l *layout) lines(t *template, path []byte, who traits) (*outcome, error) {
	made, err := l.text(t, path, who)
	if err != nil {
		return nil, err
	}
	skeleton, unsubscribes := t.skeleton(path, l.place, who)
	document := l.letter(l.linesToHTML(skeleton, addresses(t, path, l.place)), who, unsubscribes)
	escapes := l.place.escapes(document)
	for i, e := range escapes {
		if e == escapeText {
			escapes[i] = escapeLines
		}
	}
	made.html = l.place.segments(document, escapes)
	return made, nil
}

// addresses are the placeholders of the values that are links, whatever the client.
func addresses(t *template, path []byte, place placeholder) (all []string) {
	for v := range t.along(path) {
		if v.output == nil {
			continue
		}
		if s, ok := v.output.value.(simple); ok && (s.field == unsubscribeURL || s.field == viewURL) {
			all = append(all, place.of(slotOutputs+v.nth))
		}
	}
	return all
}

// linesToHTML writes text as HTML that looks the same. Web addresses become links, and so do the
// placeholders of addresses.
func (l *layout) linesToHTML(text string, addresses []string) string {
	var b strings.Builder
	text = strings.Trim(text, "\n")
	for text != "" {
		from, to := nextLink(text, addresses)
		b.WriteString(asHTML(text[:from]))
		if from < to {
			link := html.EscapeString(text[from:to])
			b.WriteString(`<a href="` + link + `">` + link + `</a>`)
		}
		text = text[to:]
	}
	return b.String()
}

// nextLink finds where the first link of a text begins and ends: at its end when there is none.
func nextLink(text string, addresses []string) (from, to int) {
	from, to = len(text), len(text)
	if at := urlInText.FindStringIndex(text); at != nil {
		from, to = at[0], at[0]+len(withoutPunctuation(text[at[0]:at[1]]))
	}
	for _, address := range addresses {
		if at := strings.Index(text, address); at >= 0 && at < from {
			from, to = at, at+len(address)
		}
	}
	return from, to
}

// withoutPunctuation takes off the end of an address what belongs to the sentence around it.
func withoutPunctuation(url string) string {
	for {
		shorter := strings.TrimRight(url, ".,;:!?…*_»”’")
		if end := strings.TrimSuffix(shorter, ")"); strings.Count(shorter, "(") < strings.Count(shorter, ")") {
			shorter = end
		}
		if shorter == url {
			return url
		}
		url = shorter
	}
}

// spaces keeps what is set in columns: HTML shows many spaces as one.
var spaces = strings.NewReplacer("\n ", "<br>\n&nbsp;", "\n", "<br>\n", "  ", "&nbsp; ", "\t", "&nbsp; &nbsp; ")

func asHTML(text string) string { return spaces.Replace(html.EscapeString(text)) }
