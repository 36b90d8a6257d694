package placeholder

import "strings"

// styleEscapes is Escapes for declarations of a style: a value inside url(…) stays a URL, one inside quotes stays a text, and
// of any other only a word is written, so that it cannot end the declaration. What is in quotes and url( is told by CSS
// Syntax § 4.3.
func (p Prefix) styleEscapes(css string, inAttribute bool) []Escape {
	var all []Escape
	quote, inURL, isBegun := byte(0), false, false
	for css != "" {
		number, begin, end := p.Next(css)
		for i := 0; i < begin; i++ {
			switch b := css[i]; {
			case b == '\\':
				i++
				isBegun = true
			case quote != 0:
				if b == quote || b == '\n' {
					quote = 0
				}
				isBegun = true
			case b == '"' || b == '\'':
				quote, isBegun = b, false
			case inURL && b == ')':
				inURL = false
			case inURL:
				isBegun = isBegun || b != ' ' && b != '\t' && b != '\n'
			case b == '(' && i >= 3 && strings.EqualFold(css[i-3:i], "url"):
				inURL, isBegun = true, false
			case b == '/' && strings.HasPrefix(css[i:begin], "/*"):
				if closed := strings.Index(css[i+2:begin], "*/"); closed >= 0 {
					i += 2 + closed + 1
				}
			}
		}
		if number < 0 {
			return all
		}
		switch {
		case inURL && inAttribute:
			all = append(all, choose(isBegun, escapeStyleURLPart, escapeStyleURL))
		case inURL:
			all = append(all, choose(isBegun, escapeSheetURLPart, escapeSheetURL))
		case quote != 0:
			all = append(all, escapeStyleText)
		default:
			all = append(all, escapeWord)
		}
		css = css[end:]
	}
	return all
}

// jsonEscapes is Escapes for JSON: a value inside quotes stays a text, of any other only a word is written.
func (p Prefix) jsonEscapes(text string) []Escape {
	var all []Escape
	quoted := false
	for {
		number, begin, end := p.Next(text)
		for i := 0; i < begin; i++ {
			switch {
			case quoted && text[i] == '\\':
				i++
			case text[i] == '"':
				quoted = !quoted
			}
		}
		if number < 0 {
			return all
		}
		all = append(all, choose(quoted, escapeJSON, escapeWord))
		text = text[end:]
	}
}

// appendStyleURL appends a URL inside url(…), with quotes around it or without. The & is escaped for an attribute, but not
// in a style sheet, where HTML has no references.
func appendStyleURL(dst []byte, value string, inAttribute bool) []byte {
	for i := 0; i < len(value); i++ {
		switch b := value[i]; {
		case b == '(' || b == ')' || b == '\'':
			dst = append(dst, '%', upperHex[b>>4], upperHex[b&15])
		case b == '&' && !inAttribute:
			dst = append(dst, b)
		default:
			dst = appendURL(dst, value[i:i+1])
		}
	}
	return dst
}

// appendStyleText appends a text inside quotes of CSS (CSS Syntax § 4.3.7).
func appendStyleText(dst []byte, value string) []byte {
	for _, r := range value {
		if r >= 0x80 || isWord(r) {
			dst = append(dst, string(r)...)
			continue
		}
		dst = append(dst, '\\', upperHex[r>>4&15], upperHex[r&15], ' ')
	}
	return dst
}

// appendJSON appends a text inside quotes of JSON inside of HTML (RFC 8259 § 7).
func appendJSON(dst []byte, value string) []byte {
	for _, r := range value {
		switch {
		case r == '\\':
			dst = append(dst, `\\`...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r < ' ' || strings.ContainsRune(`"'<>&`+"\u2028\u2029\x7f", r):
			dst = append(dst, '\\', 'u', upperHex[r>>12&15], upperHex[r>>8&15], upperHex[r>>4&15], upperHex[r&15])
		default:
			dst = append(dst, string(r)...)
		}
	}
	return dst
}
