package compose

import (
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/template"
)

// lines makes both parts from a path through a body in plain text: the HTML shows the same lines, with
// links that can be followed. Mail programs show it in the reader's own letters and colours, dark ones
// too, and long lines fold as they should on a phone.
func (l *layout) lines(t *template.Template, path []byte, who traits) (*outcome, error) {
	made, err := l.text(t, path, who)
	if err != nil {
		return nil, err
	}
	text, unsubscribes := skeleton(t, path, l.place, who)
	document := l.letter(l.linesToHTML(text, addresses(t, path)), who, unsubscribes)
	if len(document) > maxMail {
		return nil, tooLong(t.Field)
	}
	escapes := l.place.escapes(document)
	for i, e := range escapes {
		if e == escapeText {
			escapes[i] = escapeLines
		}
	}
	made.html = l.place.segments(document, escapes)
	return made, nil
}

// addresses are the slots of the values that are links, whatever the client.
func addresses(t *template.Template, path []byte) map[int]struct{} {
	all := map[int]struct{}{}
	for s := range t.Along(path) {
		if s.Output == nil {
			continue
		}
		if name, _ := s.Output.URL(); name != "" {
			all[slotOutputs+s.Nth] = struct{}{}
		}
	}
	return all
}

// linesToHTML writes text as HTML that looks the same. Web addresses become links, and so do the
// placeholders of addresses.
func (l *layout) linesToHTML(text string, addresses map[int]struct{}) string {
	var b strings.Builder
	text = strings.Trim(text, "\n")
	done := 0 // so many bytes are written
	link := func(from, to int) {
		address := html.EscapeString(text[from:to])
		b.WriteString(asHTML(text[done:from]))
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		done = to
	}
	between := func(from, to int) {
		for {
			slot, begin, end := l.place.next(text[from:to])
			if slot < 0 {
				return
			}
			if _, ok := addresses[slot]; ok {
				link(from+begin, from+end)
			}
			from += end
		}
	}
	for _, at := range urlInText.FindAllStringIndex(text, -1) {
		between(done, at[0])
		link(at[0], at[0]+len(withoutPunctuation(text[at[0]:at[1]])))
	}
	between(done, len(text))
	b.WriteString(asHTML(text[done:]))
	return b.String()
}

// withoutPunctuation takes off the end of an address what belongs to the sentence around it.
func withoutPunctuation(url string) string {
	open, closed := strings.Count(url, "("), strings.Count(url, ")")
	for {
		shorter := strings.TrimRight(url, ".,;:!?…*_»”’")
		if closed > open && strings.HasSuffix(shorter, ")") {
			shorter = shorter[:len(shorter)-1]
			closed--
		}
		if len(shorter) == len(url) {
			return url
		}
		url = shorter
	}
}

// spaces keeps what is set in columns: HTML shows many spaces as one.
var spaces = strings.NewReplacer("\n ", "<br>\n&nbsp;", "\n", "<br>\n", "  ", "&nbsp; ", "\t", "&nbsp; &nbsp; ")

func asHTML(text string) string { return spaces.Replace(html.EscapeString(text)) }
