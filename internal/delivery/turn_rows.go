package delivery

import (
	"strconv"
	"unicode/utf8"
)

// appendSettled appends one row of settleSQL and attemptsSQL to a JSON array.
func appendSettled(b []byte, r *recipient, o *outcome, attempt string) []byte {
	next := int64(0)
	if o.state == Deferred {
		next = o.next.UnixMilli()
	}
	b = append(b, '[')
	b = strconv.AppendInt(b, r.id, 10)
	for _, s := range []string{string(r.state), string(o.state)} {
		b = appendString(append(b, ','), s)
	}
	b = strconv.AppendInt(append(b, ','), int64(o.tries), 10)
	b = strconv.AppendInt(append(b, ','), next, 10)
	for _, s := range []string{o.reason, attempt, r.flow.id, r.client, r.flow.owner, r.email, string(o.status)} {
		b = appendString(append(b, ','), s)
	}
	b = strconv.AppendInt(append(b, ','), int64(o.code), 10)
	for _, s := range []string{o.enhanced, o.response} {
		b = appendString(append(b, ','), s)
	}
	b = strconv.AppendInt(append(b, ','), o.duration.Milliseconds(), 10)
	b = strconv.AppendInt(append(b, ','), int64(r.tries)+1, 10)
	return append(b, ']')
}

// appendString appends s as a JSON string. Bytes that are not UTF-8 become the replacement character.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
		}
	}
	return append(b, '"')
}

// closeArray ends a JSON array whose elements are each followed by a comma.
func closeArray(b []byte) string {
	if len(b) > 1 {
		b = b[:len(b)-1]
	}
	return string(append(b, ']'))
}
