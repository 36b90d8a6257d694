package mimepart

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// decodeTransfer undoes a Content-Transfer-Encoding as far as it goes: what is broken is skipped or kept as it stands.
func decodeTransfer(body []byte, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return decodeQuoted(body)
	case "base64":
		return decodeBase64(body)
	}
	return body
}

// decodeQuoted undoes quoted-printable (RFC 2045 § 6.7). An = that begins no valid sequence is kept.
func decodeQuoted(body []byte) []byte {
	if bytes.IndexByte(body, '=') < 0 {
		return body
	}
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '=' {
			out = append(out, body[i])
			continue
		}
		end := i + 1
		for end < len(body) && (body[end] == ' ' || body[end] == '\t') {
			end++
		}
		if end == len(body) || body[end] == '\n' {
			i = end // a soft break, with the spaces that some gateway added
			continue
		}
		if i+2 < len(body) {
			if high, low := unhex(body[i+1]), unhex(body[i+2]); high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, '=')
	}
	return out
}

// unhex is the value of a hexadecimal digit, -1 for anything else.
func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// decodeBase64 undoes base64. It skips what is not of its alphabet, and returns the body as it stands if that is most of
// it: then it is text that is labelled wrongly.
func decodeBase64(body []byte) []byte {
	digits := make([]byte, 0, len(body))
	foreign := 0
	for _, c := range body {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			digits = append(digits, c)
		case c == '=', c == '\n', c == '\r':
		default:
			foreign++
		}
	}
	if foreign > len(digits)/20 {
		return body
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, _ := base64.RawStdEncoding.Decode(out, digits)
	return out[:n]
}

// toUTF8 converts text to UTF-8. If the charset is unknown or wrong, bytes that are no UTF-8 are taken as Windows-1252.
func toUTF8(b []byte, name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "", "us-ascii", "ascii", "utf-8", "utf8":
		if bytes.Contains(b, []byte("\x1b$")) { // Japanese, not labelled
			name = "iso-2022-jp"
			break
		}
		if utf8.Valid(b) {
			return string(b)
		}
		name = "windows-1252"
	}
	r, err := charsetReader(name, bytes.NewReader(b))
	if err != nil {
		return strings.ToValidUTF8(string(b), "�")
	}
	text, _ := io.ReadAll(r)
	return strings.ToValidUTF8(string(text), "�")
}

// charsetReader converts from a charset by its name, or the usual wrong names of it.
func charsetReader(name string, r io.Reader) (io.Reader, error) {
	if alias, ok := wrongNames[strings.ToLower(name)]; ok {
		name = alias
	}
	return charset.Reader(name, r)
}

// wrongNames are names of charsets that mail systems use and IANA does not know.
var wrongNames = map[string]string{
	"cp-850": "cp850", "iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8",
	"x-sjis": "shift_jis", "cp932": "shift_jis", "windows-31j": "shift_jis", "cp1251": "windows-1251", "cp1252": "windows-1252",
	"win-1251": "windows-1251", "ks_c_5601-1987": "euc-kr", "x-gbk": "gbk", "gb2312": "gbk", "ansi_x3.4-1968": "windows-1252",
	"unknown-8bit": "windows-1252", "x-unknown": "windows-1252", "default": "windows-1252",
}
