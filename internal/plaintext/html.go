package plaintext

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/placeholder"
)

var urlPattern = regexp.MustCompile(`https?://[^\s<>"']+`)

// URLs returns the web addresses in a text, without the punctuation after them.
func URLs(text string) []string {
	urls := urlPattern.FindAllString(text, -1)
	for i := range urls {
		urls[i] = withoutPunctuation(urls[i])
	}
	return urls
}

// ToHTML converts text to HTML that looks the same: mail programs show it in the reader's own font and colors, and
// fold long lines on a phone. Web addresses become links, and so do the placeholders whose numbers are in urls.
func ToHTML(text string, place placeholder.Prefix, urls map[int]struct{}) string {
	var b strings.Builder
	text = strings.Trim(text, "\n")
	done := 0 // bytes of text that are written
	link := func(from, to int) {
		address := html.EscapeString(text[from:to])
		b.WriteString(escaped(text[done:from]))
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		done = to
	}
	linkPlaceholders := func(from, to int) {
		for {
			number, begin, end := place.Next(text[from:to])
			if number < 0 {
				return
			}
			if _, ok := urls[number]; ok {
				link(from+begin, from+end)
			}
			from += end
		}
	}
	for _, at := range urlPattern.FindAllStringIndex(text, -1) {
		linkPlaceholders(done, at[0])
		link(at[0], at[0]+len(withoutPunctuation(text[at[0]:at[1]])))
	}
	linkPlaceholders(done, len(text))
	b.WriteString(escaped(text[done:]))
	return b.String()
}

// withoutPunctuation removes from the end of an address what belongs to the sentence around it.
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

// spaces keeps columns aligned: HTML shows several spaces as one.
var spaces = strings.NewReplacer("\n ", "<br>\n&nbsp;", "\n", "<br>\n", "  ", "&nbsp; ", "\t", "&nbsp; &nbsp; ")

// escaped is text as HTML.
func escaped(text string) string { return spaces.Replace(html.EscapeString(text)) }
