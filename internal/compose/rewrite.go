package compose

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"gonets/internal/template"
)

// HTMLOfMarkdown rewrites a body in Markdown as one in HTML. The tags of the template come out as they
// went in, so that it can be written on. It fails when the Markdown asks for too much, see docs/templates.md.
func HTMLOfMarkdown(source string) (string, error) {
	if len(source) > maxMarkdown { // before anything is looked for in it
		return "", checkMarkdown(source)
	}
	place := newPlaceholder(source)
	var tags []string
	marked, err := template.ReplaceTags("body", source, func(tag string) string {
		tags = append(tags, tag)
		return place.of(len(tags) - 1)
	})
	if err != nil {
		return "", err
	}
	document, err := markdownToHTML(marked)
	if err != nil {
		return "", err
	}
	// A condition alone on its line is no paragraph and no line of one.
	one := string(place) + `[0-9]+z`
	for _, alone := range []string{`<p>(` + one + `)</p>`, `(?m)^(` + one + `)<br>$`, `(?m)<br>\n(` + one + `)</p>$`} {
		document = regexp.MustCompile(alone).ReplaceAllStringFunc(document, func(found string) string {
			number, begin, end := place.next(found)
			if !strings.HasPrefix(tags[number], "{%") {
				return found
			}
			token := found[begin:end]
			if begin > 0 && strings.HasPrefix(found, "<br>") {
				return "</p>\n" + token
			}
			return token
		})
	}
	var b strings.Builder
	for {
		number, begin, end := place.next(document)
		b.WriteString(document[:begin])
		if number < 0 {
			return strings.TrimSpace(b.String()) + "\n", nil
		}
		b.WriteString(tags[number])
		document = document[end:]
	}
}

// newPlaceholder makes one that is in none of the texts.
func newPlaceholder(texts ...string) placeholder {
	for {
		var random [5]byte
		_, _ = rand.Read(random[:]) // never fails
		place := "gnt" + hex.EncodeToString(random[:]) + "x"
		if !strings.Contains(strings.Join(texts, "\n"), place) {
			return placeholder(place)
		}
	}
}
