package compose

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// escape says how a value is written, depending on where in the HTML it stands. Authors never have
// to escape anything.
type escape int

const (
	escapeNone      escape = iota // text and subject
	escapeText                    // between tags
	escapeAttribute               // inside a tag or a comment; safe without quotes too
	escapeURL                     // a whole URL in an attribute, or its beginning
	escapeURLPart                 // the rest of a URL in an attribute
	escapeLines                   // escapeText that keeps line ends, for letters in plain text
	escapeWord                    // in style, script and on… attributes: only what cannot end a word
)

// append writes a value.
func (e escape) append(dst []byte, value string) []byte {
	switch e {
	case escapeText:
		return appendEscaped(dst, value, `&<>"'`)
	case escapeLines:
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
		if !safeScheme(value) {
			return append(dst, '#')
		}
		return appendURL(dst, strings.TrimSpace(value))
	case escapeURLPart:
		return appendURL(dst, value)
	case escapeWord:
		for _, r := range value {
			if r >= 0x80 || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("0123456789 #%.,_-", r) {
				dst = append(dst, string(r)...)
			}
		}
		return dst
	}
	return append(dst, value...)
}

// appendEscaped writes a value with the special bytes as numeric or named references.
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

// appendURL writes a value into a URL in an attribute: what may not stand in a URL is written as
// %XX. What has a meaning in URLs is left alone, so that a whole URL stays one; the filter
// url_encode is for values that must be a single part.
func appendURL(dst []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		b := value[i]
		switch {
		case b == '&':
			dst = append(dst, "&amp;"...)
		case b <= ' ' || b >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", b) >= 0:
			dst = append(dst, '%', hexDigits[b>>4], hexDigits[b&15])
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// safeScheme reports whether a value can begin a URL without being more than a link: javascript: and
// the like come from nobody but attackers.
func safeScheme(value string) bool {
	at := strings.IndexAny(value, ":/?#")
	if at < 0 || value[at] != ':' {
		return true
	}
	scheme := strings.ToLower(strings.TrimSpace(value[:at]))
	return slices.Contains([]string{"http", "https", "mailto", "tel", "sms", "cid"}, scheme)
}

var urlAttributes = []string{"href", "src", "action", "formaction", "background", "poster", "cite", "data", "longdesc", "srcset", "xlink:href", "manifest", "codebase", "ping"}

// escapes tells how each placeholder of an HTML document must be written, in order of appearance.
func (p placeholder) escapes(document string) []escape {
	var all []escape
	z := html.NewTokenizer(strings.NewReader(document))
	verbatim := false // inside an element whose content is no HTML
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			// What begins a tag and never ends it is no token.
			return appendTimes(all, p.count(document[at:]), escapeAttribute)
		}
		at += len(z.Raw())
		n := p.count(string(z.Raw()))
		switch kind {
		case html.TextToken:
			all = appendTimes(all, n, pick(verbatim, escapeWord, escapeText))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			verbatim = slices.Contains([]string{"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"}, string(name))
			inTag := p.tagEscapes(z)
			if len(inTag) != n { // in the name of the tag or of an attribute, or in a tag that is broken
				inTag = appendTimes(nil, n, escapeAttribute)
			}
			all = append(all, inTag...)
		default: // end tags, comments (Outlook reads HTML in them), doctype
			verbatim = false
			all = appendTimes(all, n, escapeAttribute)
		}
	}
}

// tagEscapes tells how the placeholders in the attributes of a tag must be written.
func (p placeholder) tagEscapes(z *html.Tokenizer) []escape {
	var all []escape
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		name, value := string(key), string(val)
		all = appendTimes(all, p.count(name), escapeAttribute)
		n := p.count(value)
		switch {
		case n == 0:
		case name == "style" || strings.HasPrefix(name, "on"):
			all = appendTimes(all, n, escapeWord)
		case slices.Contains(urlAttributes, name):
			all = append(all, p.urlEscapes(value)...)
		default:
			all = appendTimes(all, n, escapeAttribute)
		}
	}
	return all
}

// urlEscapes tells how the placeholders in a URL must be written: those with nothing but other
// placeholders before them decide what kind of URL it is.
func (p placeholder) urlEscapes(value string) []escape {
	var all []escape
	begun := false
	for {
		slot, begin, end := p.next(value)
		if slot < 0 {
			return all
		}
		begun = begun || strings.TrimSpace(value[:begin]) != ""
		all = append(all, pick(begun, escapeURLPart, escapeURL))
		value = value[end:]
	}
}

func (p placeholder) count(s string) int {
	n := 0
	for {
		slot, _, end := p.next(s)
		if slot < 0 {
			return n
		}
		n++
		s = s[end:]
	}
}

func appendTimes(all []escape, n int, e escape) []escape {
	for range n {
		all = append(all, e)
	}
	return all
}

func pick(condition bool, yes, no escape) escape {
	if condition {
		return yes
	}
	return no
}
