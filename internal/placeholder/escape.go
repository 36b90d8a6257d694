package placeholder

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Escape says how a value is written, depending on where in the HTML it stands. Authors never have to escape
// anything.
type Escape int

// The ways to write a value.
const (
	EscapeNone         Escape = iota // in text that is not HTML
	EscapeText                       // between tags
	EscapeLines                      // EscapeText that keeps line ends
	escapeAttribute                  // inside a tag or a comment; safe without quotes too
	escapeURL                        // a whole URL in an attribute, or its beginning
	escapeURLPart                    // the rest of a URL in an attribute
	escapeWord                       // in style, script and on… attributes: only characters that cannot end a word
	escapeStyleURL                   // a whole URL in url(…) of a style attribute, or its beginning
	escapeStyleURLPart               // the rest of it
	escapeSheetURL                   // the same in a style sheet
	escapeSheetURLPart               // the rest of it
	escapeStyleText                  // in quotes in a style
	escapeJSON                       // in quotes in JSON
)

// Append appends a value to dst.
func (e Escape) Append(dst []byte, value string) []byte {
	switch e {
	case EscapeText:
		return appendEscaped(dst, value, `&<>"'`)
	case EscapeLines:
		for line := range strings.Lines(value) {
			text, end := strings.CutSuffix(line, "\n")
			dst = appendEscaped(dst, text, `&<>"'`)
			if end {
				dst = append(dst, "<br>\n"...)
			}
		}
		return dst
	case escapeAttribute:
		return appendEscaped(dst, value, "&<>\"'`= \t\n")
	case escapeURL:
		if !hasSafeScheme(value) {
			return append(dst, '#')
		}
		return appendURL(dst, strings.TrimSpace(value))
	case escapeURLPart:
		return appendURL(dst, value)
	case escapeWord:
		for _, r := range value {
			if r >= 0x80 || isWord(r) {
				dst = append(dst, string(r)...)
			}
		}
		return dst
	case escapeStyleURL, escapeSheetURL:
		if !hasSafeScheme(value) {
			return append(dst, '#')
		}
		return appendStyleURL(dst, strings.TrimSpace(value), e == escapeStyleURL)
	case escapeStyleURLPart, escapeSheetURLPart:
		return appendStyleURL(dst, value, e == escapeStyleURLPart)
	case escapeStyleText:
		return appendStyleText(dst, value)
	case escapeJSON:
		return appendJSON(dst, value)
	}
	return append(dst, value...)
}

// Cuts reports whether other characters of a value than those of words are left out.
func (e Escape) Cuts() bool { return e == escapeWord }

// isWord tells the characters of ASCII that end no word in any language of HTML.
func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("0123456789 #%.,_-", r)
}

// appendEscaped appends a value with the special bytes as numeric or named references.
func appendEscaped(dst []byte, value, special string) []byte {
	done := 0
	for i := 0; i < len(value); i++ {
		b := value[i]
		if b >= 0x80 || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte(special, b) < 0 {
			continue
		}
		dst = append(dst, value[done:i]...)
		done = i + 1
		switch b {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		case '\'':
			dst = append(dst, "&#39;"...)
		case '\t':
			dst = append(dst, "&#9;"...)
		case '\n':
			dst = append(dst, "&#10;"...)
		case ' ':
			dst = append(dst, "&#32;"...)
		case '=':
			dst = append(dst, "&#61;"...)
		case '`':
			dst = append(dst, "&#96;"...)
		}
	}
	return append(dst, value[done:]...)
}

// appendURL appends a value inside a URL in an attribute: characters that are not allowed in a URL become %XX.
// Characters with a meaning in URLs stay, so that a whole URL stays one; the filter url_encode of templates is for
// values that must be a single part.
func appendURL(dst []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		b := value[i]
		switch {
		case b == '&':
			dst = append(dst, "&amp;"...)
		case b <= ' ' || b >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", b) >= 0:
			dst = append(dst, '%', upperHex[b>>4], upperHex[b&15])
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

// hasSafeScheme reports whether a value at the beginning of a URL makes an ordinary link: only attackers use
// javascript: and the like.
func hasSafeScheme(value string) bool {
	at := strings.IndexAny(value, ":/?#")
	if at < 0 || value[at] != ':' {
		return true
	}
	scheme := strings.ToLower(strings.TrimSpace(value[:at]))
	return slices.Contains([]string{"http", "https", "mailto", "tel", "sms", "cid"}, scheme)
}

var urlAttributes = []string{"href", "src", "action", "formaction", "background", "poster", "cite", "data", "longdesc", "srcset", "xlink:href", "manifest", "codebase", "ping"}

// Escapes returns how the value of each placeholder in an HTML document must be written, in order of appearance.
func (p Prefix) Escapes(document string) []Escape {
	var all []Escape
	z := html.NewTokenizer(strings.NewReader(document))
	verbatim := "" // the element that the text is in, if its content is not HTML
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			// The rest is a tag that never ends, which is not a token.
			return appendTimes(all, p.count(document[at:]), escapeAttribute)
		}
		at += len(z.Raw())
		n := p.count(string(z.Raw()))
		switch kind {
		case html.TextToken:
			all = append(all, p.textEscapes(verbatim, string(z.Raw()), n)...)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			verbatim = ""
			if slices.Contains([]string{"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"}, string(name)) {
				verbatim = string(name)
			}
			inTag, isJSON := p.tagEscapes(z)
			if isJSON && verbatim == "script" {
				verbatim = "json"
			}
			if len(inTag) != n { // in the name of the tag or of an attribute, or in a tag that is broken
				inTag = appendTimes(nil, n, escapeAttribute)
			}
			all = append(all, inTag...)
		default: // end tags, comments (Outlook reads HTML in them), doctype
			verbatim = ""
			all = appendTimes(all, n, escapeAttribute)
		}
	}
}

// textEscapes is Escapes for n placeholders in text, verbatim or not.
func (p Prefix) textEscapes(verbatim, text string, n int) []Escape {
	switch {
	case n == 0:
		return nil
	case verbatim == "":
		return appendTimes(nil, n, EscapeText)
	case verbatim == "style":
		return p.styleEscapes(text, false)
	case verbatim == "json":
		return p.jsonEscapes(text)
	}
	return appendTimes(nil, n, escapeWord)
}

// tagEscapes is Escapes for the attributes of a tag, and reports whether they name JSON as the type of what is in it.
func (p Prefix) tagEscapes(z *html.Tokenizer) (all []Escape, isJSON bool) {
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		name, value := string(key), string(val)
		all = appendTimes(all, p.count(name), escapeAttribute)
		n := p.count(value)
		switch {
		case n == 0:
			isJSON = isJSON || name == "type" && strings.HasSuffix(strings.ToLower(strings.TrimSpace(value)), "json")
		case name == "style":
			all = append(all, p.styleEscapes(value, true)...)
		case strings.HasPrefix(name, "on"):
			all = appendTimes(all, n, escapeWord)
		case slices.Contains(urlAttributes, name):
			all = append(all, p.urlEscapes(value)...)
		default:
			all = appendTimes(all, n, escapeAttribute)
		}
	}
	return all, isJSON
}

// urlEscapes is Escapes for a URL: placeholders that have only other placeholders before them determine what kind of
// URL it is.
func (p Prefix) urlEscapes(value string) []Escape {
	var all []Escape
	isBegun := false
	for {
		number, begin, end := p.Next(value)
		if number < 0 {
			return all
		}
		isBegun = isBegun || strings.TrimSpace(value[:begin]) != ""
		all = append(all, choose(isBegun, escapeURLPart, escapeURL))
		value = value[end:]
	}
}

func appendTimes(all []Escape, n int, e Escape) []Escape {
	return append(all, slices.Repeat([]Escape{e}, n)...)
}

func choose(condition bool, yes, no Escape) Escape {
	if condition {
		return yes
	}
	return no
}
