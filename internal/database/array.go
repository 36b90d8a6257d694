package database

import (
	"unicode/utf8"
)

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become the replacement character.
func AppendString(b []byte, s string) []byte {
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

// CloseArray ends a JSON array whose elements are each followed by a comma.
func CloseArray(b []byte) string {
	if len(b) > 1 {
		b = b[:len(b)-1]
	}
	return string(append(b, ']'))
}
