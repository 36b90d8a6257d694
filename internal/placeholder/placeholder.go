// Package placeholder marks the places of values in a document that is prepared before the values are known, and
// tells how each value has to be escaped in HTML, depending on where it stands.
package placeholder

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
)

// Prefix is the beginning of all placeholders of a document. A placeholder consists of letters and digits only, so
// that it means nothing in Markdown and HTML.
type Prefix string

// New returns a prefix that occurs in none of the texts.
func New(texts ...string) Prefix {
	for {
		var random [5]byte
		_, _ = rand.Read(random[:]) // never fails
		prefix := "gnt" + hex.EncodeToString(random[:]) + "x"
		if !strings.Contains(strings.Join(texts, "\n"), prefix) {
			return Prefix(prefix)
		}
	}
}

// Of returns the placeholder of the value with that number.
func (p Prefix) Of(number int) string { return string(p) + strconv.Itoa(number) + "z" }

// Next finds the first placeholder in s: its number, where it begins and where it ends. If there is none, the number
// is -1, and both positions are the length of s.
func (p Prefix) Next(s string) (number, begin, end int) {
	from := 0
	for {
		at := strings.Index(s[from:], string(p))
		if at < 0 {
			return -1, len(s), len(s)
		}
		begin = from + at
		end = begin + len(p)
		digits := end
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if n, err := strconv.Atoi(s[digits:end]); err == nil && end < len(s) && s[end] == 'z' {
			return n, begin, end + 1
		}
		from = begin + len(p)
	}
}

// Replace returns s with each placeholder replaced by the text of that number. Those without a text stay.
func (p Prefix) Replace(s string, texts []string) string {
	var b strings.Builder
	for {
		number, begin, end := p.Next(s)
		b.WriteString(s[:begin])
		if number < 0 {
			return b.String()
		}
		if number < len(texts) {
			b.WriteString(texts[number])
		} else {
			b.WriteString(s[begin:end])
		}
		s = s[end:]
	}
}

// count is the number of placeholders in s.
func (p Prefix) count(s string) int {
	n := 0
	for {
		number, _, end := p.Next(s)
		if number < 0 {
			return n
		}
		n++
		s = s[end:]
	}
}
