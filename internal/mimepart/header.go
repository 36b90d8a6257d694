// Package mimepart takes emails apart, also those that are broken: it reads what is there and never fails.
package mimepart

import (
	"bytes"
	"mime"
	"strings"

	_ "github.com/emersion/go-message/charset" // more character sets than the standard library has
)

// field is one field of a header, unfolded.
type field struct {
	name  string // in lower case
	value string // as it stands, without the spaces around it
}

// Header is the header of an email or of a part, in its order. Names are given in lower case.
type Header []field

// ParseHeader reads a header up to the first empty line and returns what is behind it. Line ends are \n. A line that is no
// field continues the one before it, as broken mail systems fold. Of a header 2 000 fields are read, of a field 64 KB.
func ParseHeader(b []byte) (header Header, body []byte) {
	for at := 0; at < len(b); {
		end, next := lineEnd(b, at)
		line := b[at:end]
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 {
			if len(header) > 0 {
				return header, b[next:]
			}
			at = next // empty lines before a header
			continue
		}
		if name, value, ok := cutField(line); ok {
			if len(header) == maxFields {
				return header, b[at:]
			}
			value = bytes.TrimSpace(value[:min(len(value), maxField)])
			header = append(header, field{strings.ToLower(name), string(value)})
		} else if len(header) > 0 {
			last := &header[len(header)-1]
			if len(last.value)+len(trimmed) < maxField {
				last.value = strings.TrimSpace(last.value + " " + string(trimmed))
			}
		} else if !bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) { // of an mbox
			return nil, b[at:]
		}
		at = next
	}
	return header, nil
}

const (
	// maxField is how much of a field is read, in bytes. A field with a thousand recipients is longer than any other.
	maxField = 64 << 10
	// maxFields is how many fields of a header are read.
	maxFields = 2000
)

// cutField divides a line into the name and the value of a field (RFC 5322 § 2.2).
func cutField(line []byte) (name string, value []byte, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || colon > 76 {
		return "", nil, false
	}
	head := bytes.TrimRight(line[:colon], " \t")
	for _, c := range head {
		if c <= ' ' || c > '~' {
			return "", nil, false
		}
	}
	return string(head), line[colon+1:], len(head) > 0
}

// Get is the first field of that name; "" if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// Has is true if there is a field of that name.
func (h Header) Has(name string) bool {
	for _, f := range h {
		if f.name == name {
			return true
		}
	}
	return false
}

// All are the values of every field of these names, in the order of the names.
func (h Header) All(names ...string) (values []string) {
	for _, name := range names {
		for _, f := range h {
			if f.name == name {
				values = append(values, f.value)
			}
		}
	}
	return values
}

// Text is the first field of that name with its encoded words decoded (RFC 2047).
func (h Header) Text(name string) string { return DecodeWords(h.Get(name)) }

// DecodeWords decodes encoded words, and leaves what cannot be decoded as it stands.
func DecodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return toUTF8([]byte(s), "")
	}
	d := mime.WordDecoder{CharsetReader: charsetReader}
	if text, err := d.DecodeHeader(s); err == nil {
		return strings.ToValidUTF8(text, "�")
	}
	return toUTF8([]byte(s), "")
}
