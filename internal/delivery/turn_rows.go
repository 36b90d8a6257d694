package delivery

import (
	"strconv"
	"unicode/utf8"
)

// appendSettled appends one row of settleSQL to a JSON array.
func appendSettled(b []byte, r *recipient, o *outcome) []byte {
	next := int64(0)
	if o.state == Deferred {
		next = o.next.UnixMilli()
	}
	b = strconv.AppendInt(append(b, '['), r.id, 10)
	b = appendString(append(b, ','), string(r.state))
	b = appendString(append(b, ','), string(o.state))
	b = strconv.AppendInt(append(b, ','), int64(r.tries+one(o.attempted())), 10)
	b = strconv.AppendInt(append(b, ','), int64(r.forgiven+one(o.forgiven)), 10)
	b = strconv.AppendInt(append(b, ','), next, 10)
	b = appendString(append(b, ','), o.reason)
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
