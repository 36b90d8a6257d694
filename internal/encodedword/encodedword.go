// Package encodedword writes text into header fields of e-mails: folded, and in encoded words where it is not ASCII
// (RFC 2047).
package encodedword

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// LineLength is the maximum length of a header line (RFC 5322 § 2.1.1, RFC 2047 § 2).
const LineLength = 76

// Append appends text of one line to a field whose line has reached column, folded and encoded as needed (RFC
// 2047).
func Append(dst []byte, column int, text string) []byte {
	if !IsPlain(text) {
		return AppendEncoded(dst, column, text)
	}
	for first := true; text != ""; first = false {
		word, rest, _ := strings.Cut(text, " ")
		switch {
		case first:
		case column+1+len(word) > LineLength:
			dst = append(dst, "\r\n "...)
			column = 1
		default:
			dst = append(dst, ' ')
			column++
		}
		dst = append(dst, word...)
		column += len(word)
		text = rest
	}
	return dst
}

// IsPlain reports whether text needs no encoding in a header.
func IsPlain(text string) bool {
	run := 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b >= 0x7f || b < ' ':
			return false
		case b == ' ':
			run = 0
		default:
			if run++; run > 60 {
				return false
			}
		}
	}
	return !strings.Contains(text, "=?")
}

// AppendEncoded appends text as encoded words in base64, split between characters.
func AppendEncoded(dst []byte, column int, text string) []byte {
	const around = len("=?utf-8?B?") + len("?=")
	for text != "" {
		n := 0
		for room := (LineLength - 1 - column - around) / 4 * 3; n < len(text); {
			_, size := utf8.DecodeRuneInString(text[n:])
			if n+size > room {
				break
			}
			n += size
		}
		if n > 0 {
			dst = append(dst, "=?utf-8?B?"...)
			dst = base64.StdEncoding.AppendEncode(dst, []byte(text[:n]))
			dst = append(dst, "?="...)
			text = text[n:]
		}
		if text != "" {
			dst = append(dst, "\r\n "...)
			column = 1
		}
	}
	return dst
}
