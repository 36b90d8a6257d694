// Package printable makes text that comes from outside fit for a terminal, a log and a page: what a mail server, a
// certificate or a user has written must not move the cursor, change colors or turn the reading order around.
package printable

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text replaces control characters, but line feeds and tabs, by spaces and bytes that are no UTF-8 by U+FFFD, and
// removes what changes the direction of text (UAX #9 § 2): with it the end of a line can be shown at its beginning.
func Text(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f || s[i] == '\n' || s[i] == '\t'
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return visible(r)
	}, s)
}

// Line is Text on one line.
func Line(s string) string { return strings.Map(visible, s) }

// visible is what is printed for a character; -1 for nothing.
func visible(r rune) rune {
	switch {
	case directs(r):
		return -1
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return ' '
	}
	return r
}

// BreaksLine reports whether r is a control character or one of Unicode's line and paragraph separators.
func BreaksLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// Clean returns s in valid UTF-8, with \n as the only line end and without control characters except the tab. It is
// for text that a person or another program has to read as it was written: nothing visible is changed.
func Clean(s string) string {
	isClean := true
	for i := 0; i < len(s) && isClean; i++ {
		b := s[i]
		isClean = b < 0x80 && b != 0x7f && (b >= ' ' || b == '\n' || b == '\t')
	}
	if isClean {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, s)
}

// directs reports whether a character is invisible and changes the direction of the text around it.
func directs(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// Writer makes a writer that passes Text on. A carriage return stays in front of a line feed, where CSV has it.
func Writer(w io.Writer) io.Writer { return &writer{to: w} }

type writer struct {
	to   io.Writer
	rest []byte // the beginning of a character, or a carriage return, whose rest is to come
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	text := append(w.rest, p...)
	end := whole(text)
	w.rest = append([]byte(nil), text[end:]...)
	lines := strings.Split(string(text[:end]), "\r\n")
	for i, line := range lines {
		lines[i] = Text(line)
	}
	if _, err := io.WriteString(w.to, strings.Join(lines, "\r\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// whole is the length of text without a character that is cut off at its end.
func whole(text []byte) int {
	n := len(text)
	if n > 0 && text[n-1] == '\r' {
		return n - 1
	}
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if utf8.RuneStart(text[n-back]) {
			if !utf8.FullRune(text[n-back:]) {
				return n - back
			}
			return n
		}
	}
	return n
}

// Count is a number with its noun: "1 row", "2 rows".
func Count(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
