package bounce

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gonets/internal/mimepart"
)

// found is an address in a text.
type found struct {
	address    string
	begin, end int // where it stands, without brackets
}

// findAddresses finds what looks like an address, at most MaxRecipients of them. It looks left and right of every @, no
// further than an address can be long.
func findAddresses(s string) (list []found) {
	for at := 0; len(list) < MaxRecipients; {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 {
			return list
		}
		i += at
		begin, end := localBegin(s, i), domainEnd(s, i)
		begin = max(begin, at)
		at = i + 1
		if begin == i || end == i+1 {
			continue
		}
		list = append(list, found{s[begin:end], begin, end})
		at = end
	}
	return list
}

// localBegin is where the local part before the @ at i begins (RFC 5321 § 4.1.2, RFC 6531); i if there is none.
func localBegin(s string, i int) int {
	if i > 0 && s[i-1] == '"' { // quoted
		for j := i - 2; j >= 0 && j > i-68 && s[j] != '\n'; j-- {
			if s[j] == '"' && (j == 0 || s[j-1] != '\\') {
				return j
			}
		}
		return i
	}
	j := i
	for j > 0 && i-j < 255 && isAtext(s[j-1]) {
		j--
	}
	for j < i && strings.IndexByte("'`.=*/|{}", s[j]) >= 0 { // what a sentence or a form puts before it
		j++
	}
	for j < i && !utf8.RuneStart(s[j]) {
		j++
	}
	for _, form := range []string{"SMTP=", "smtp=", "mailto=", "to=", "rcpt="} {
		if strings.HasPrefix(s[j:i], form) && len(form) < i-j {
			j += len(form)
		}
	}
	return j
}

// domainEnd is where the domain behind the @ at i ends; i+1 if there is none.
func domainEnd(s string, i int) int {
	begin := i + 1
	if begin < len(s) && s[begin] == '[' { // an address literal (RFC 5321 § 4.1.3)
		if closed := strings.IndexByte(s[begin:min(len(s), begin+64)], ']'); closed > 1 {
			return begin + closed + 1
		}
		return begin
	}
	end, label := begin, begin // label is where the label that is read begins
	for end < len(s) && end-begin < 255 {
		r, size := utf8.DecodeRuneInString(s[end:])
		switch {
		case r == '.':
			label = end + 1
		case r < utf8.RuneSelf && (isAlphanumeric(byte(r)) || r == '-'):
		case r > utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r)) && !endsASCII(s[label:end]):
		default: // Chinese and Japanese go on without a space
			return begin + len(strings.TrimRight(s[begin:end], ".-"))
		}
		end += size
	}
	return begin + len(strings.TrimRight(s[begin:end], ".-"))
}

// endsASCII is true if the last character is of ASCII.
func endsASCII(s string) bool { return s != "" && s[len(s)-1] < utf8.RuneSelf }

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isAtext(c byte) bool {
	return isAlphanumeric(c) || c >= 0x80 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

// isHost is true if the domain of an address has a dot or is an address literal: without one it is a name within a
// system, which says nothing outside.
func isHost(address string) bool {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	return strings.IndexByte(domain, '.') > 0
}

// firstAddress is the first address in s, "" if there is none. It may have a domain without dots.
func firstAddress(s string) string {
	if list := findAddresses(s); len(list) > 0 {
		return list[0].address
	}
	return ""
}

// addressesOf are the addresses in fields of a header, each once.
func addressesOf(values []string, most int) (list []string) {
	seen := map[string]bool{}
	for _, v := range values {
		for _, f := range findAddresses(mimepart.DecodeWords(v)) {
			if key := strings.ToLower(f.address); !seen[key] && len(list) < most {
				seen[key] = true
				list = append(list, f.address)
			}
		}
	}
	return list
}

// typedAddress is the address in a field such as "rfc822; user@example.com" (RFC 3464 § 2.3.1), decoded from xtext (RFC
// 3461 § 4) or from the form of utf-8-addr (RFC 6533 § 3). It is "" if there is none.
func typedAddress(value string) string {
	kind, rest, ok := strings.Cut(value, ";")
	if !ok {
		kind, rest = "", value
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	rest = mimepart.DecodeWords(strings.TrimSpace(rest))
	if kind == "utf-8" || strings.Contains(rest, `\x{`) {
		rest = decodeUnicode(rest)
	}
	a := firstAddress(rest)
	if strings.Contains(a, "+") {
		a = decodeXtext(a)
	}
	return a
}

// decodeUnicode decodes \x{20AC} of embedded-unicode-char (RFC 6533 § 3).
func decodeUnicode(s string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, `\x{`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		digits, _, closed := strings.Cut(after[:min(len(after), 8)], "}")
		n, err := strconv.ParseUint(digits, 16, 32)
		if !closed || err != nil || n < ' ' || !utf8.ValidRune(rune(n)) {
			b.WriteString(`\x{`)
			s = after
			continue
		}
		b.WriteRune(rune(n))
		s = after[len(digits)+1:]
	}
}

// decodeXtext decodes +2B, +3D and what is not printable: an encoder must encode no other character, and "me+41@" is
// an address. Its digits are capitals.
func decodeXtext(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '+' && i+2 < len(s) && s[i+1:i+3] == strings.ToUpper(s[i+1:i+3]) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && (c == '+' || c == '=' || c > '~') {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}
