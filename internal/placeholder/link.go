package placeholder

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Unbracketed writes each placeholder that stands alone in angle brackets as a link of Markdown: <https://example.org> is
// one, but a placeholder in brackets would be read as an element of HTML.
func (p Prefix) Unbracketed(source string) string {
	var b strings.Builder
	for {
		_, begin, end := p.Next(source)
		if begin == end {
			b.WriteString(source)
			return b.String()
		}
		if begin > 0 && source[begin-1] == '<' && end < len(source) && source[end] == '>' {
			value := source[begin:end]
			b.WriteString(source[:begin-1] + "[" + value + "](" + value + ")")
			source = source[end+1:]
			continue
		}
		b.WriteString(source[:end])
		source = source[end:]
	}
}

// Linked makes links of the placeholders with those numbers that stand in the text of an HTML document, unless they are in
// a link or in code.
func (p Prefix) Linked(document string, urls map[int]struct{}) string {
	if len(urls) == 0 {
		return document
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(document))
	inside := "" // the element that has no links in it
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			b.WriteString(document[at:])
			return b.String()
		}
		raw := string(z.Raw())
		at += len(raw)
		switch name, _ := z.TagName(); {
		case kind == html.StartTagToken && inside == "" && slices.Contains([]string{"a", "code", "pre", "script", "style", "textarea", "title"}, string(name)):
			inside = string(name)
		case kind == html.EndTagToken && inside == string(name):
			inside = ""
		case kind == html.TextToken && inside == "":
			raw = p.linkedText(raw, urls)
		}
		b.WriteString(raw)
	}
}

func (p Prefix) linkedText(text string, urls map[int]struct{}) string {
	var b strings.Builder
	for {
		number, begin, end := p.Next(text)
		if number < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:begin])
		value := text[begin:end]
		if _, is := urls[number]; is {
			value = `<a href="` + value + `">` + value + `</a>`
		}
		b.WriteString(value)
		text = text[end:]
	}
}
