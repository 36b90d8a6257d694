package compose

import (
	"bytes"
	"slices"
	"strings"
)

// quotedLine is the longest line that we write in quoted-printable, without the = of a soft break.
// RFC 2045 § 6.7 allows 76 with it; three less leave room for a space to become =20 at the end.
const quotedLine = 72

// quotedHead is how much of a piece without a line end is kept apart to fill up a begun line.
const quotedHead = 24

// quoted is a piece of text in quoted-printable, encoded once for all mails although the column at
// which it will begin is not known: head fits on one line and goes wherever it fits, rest always
// begins with a line break, hard or soft.
type quoted struct {
	head []byte
	rest []byte
	end  int // column after rest
}

// newQuoted encodes text, whose line ends are \n.
func newQuoted(s string) quoted {
	var q quoted
	line, rest, more := strings.Cut(s, "\n")
	atoms := appendLine(make([]byte, 0, quotedLength(line)), line, more)
	cut := len(atoms)
	if cut > quotedLine {
		cut = atomEnd(atoms, quotedHead)
	}
	q.head = slices.Clone(atoms[:cut])
	if cut == len(atoms) && !more {
		return q
	}
	w := quotedWriter{dst: make([]byte, 0, wrappedLength(len(atoms)-cut, rest))}
	if cut < len(atoms) {
		w.softBreak()
		w.atoms(atoms[cut:])
	}
	for more {
		w.hardBreak()
		line, rest, more = strings.Cut(rest, "\n")
		atoms = appendLine(atoms[:0], line, more)
		w.atoms(atoms)
	}
	q.rest, q.end = w.dst, w.column
	return q
}

// quotedLength is how many bytes text has in quoted-printable, without breaks.
func quotedLength(s string) (n int) {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b >= '!' && b <= '~' && b != '=' || b == ' ' || b == '\t' {
			n++
		} else {
			n += 3
		}
	}
	return n
}

// wrappedLength is how many bytes text has in quoted-printable behind so many that are encoded: at most, but for a
// few when many lines end with a space.
func wrappedLength(encoded int, rest string) int {
	encoded += quotedLength(rest)
	return encoded + 3*(encoded/(quotedLine-2)+1)
}

const hexDigits = "0123456789ABCDEF"

// appendLine encodes one line, without breaking it. If ends, a hard break follows, so that a space at
// the end must not stay one.
func appendLine(dst []byte, line string, ends bool) []byte {
	for i := 0; i < len(line); i++ {
		dst = appendQuotedByte(dst, line[i], ends && i == len(line)-1)
	}
	return dst
}

func appendQuotedByte(dst []byte, b byte, last bool) []byte {
	if b >= '!' && b <= '~' && b != '=' || (b == ' ' || b == '\t') && !last {
		return append(dst, b)
	}
	return append(dst, '=', hexDigits[b>>4], hexDigits[b&15])
}

// atomEnd is the greatest length ≤ limit that splits no =XX.
func atomEnd(atoms []byte, limit int) int {
	if limit >= len(atoms) {
		return len(atoms)
	}
	if at := bytes.LastIndexByte(atoms[max(0, limit-2):limit], '='); at >= 0 {
		return max(0, limit-2) + at
	}
	return limit
}

// quotedWriter writes quoted-printable text behind whatever dst holds.
type quotedWriter struct {
	dst    []byte
	column int
}

func (w *quotedWriter) softBreak() {
	w.dst = append(w.dst, '=', '\r', '\n')
	w.column = 0
}

func (w *quotedWriter) hardBreak() {
	w.closeLine()
	w.dst = append(w.dst, '\r', '\n')
	w.column = 0
}

// closeLine encodes a space at the end of a line that ends here (RFC 2045 § 6.7, rule 3).
func (w *quotedWriter) closeLine() {
	if n := len(w.dst); w.column > 0 && (w.dst[n-1] == ' ' || w.dst[n-1] == '\t') {
		last := w.dst[n-1]
		w.dst = append(w.dst[:n-1], '=', hexDigits[last>>4], hexDigits[last&15])
	}
}

// atoms writes what is encoded but not broken into lines.
func (w *quotedWriter) atoms(atoms []byte) {
	for w.column+len(atoms) > quotedLine {
		n := atomEnd(atoms, quotedLine-w.column)
		w.dst = append(w.dst, atoms[:n]...)
		atoms = atoms[n:]
		w.softBreak()
	}
	w.dst = append(w.dst, atoms...)
	w.column += len(atoms)
}

// piece writes a prepared piece.
func (w *quotedWriter) piece(q *quoted) {
	if w.column+len(q.head) > quotedLine {
		w.softBreak()
	}
	w.dst = append(w.dst, q.head...)
	w.column += len(q.head)
	if len(q.rest) > 0 {
		if q.rest[0] == '\r' {
			w.closeLine()
		}
		w.dst = append(w.dst, q.rest...)
		w.column = q.end
	}
}

// text writes text that is not encoded; its line ends are \n.
func (w *quotedWriter) text(s []byte) {
	for _, b := range s {
		if b == '\n' {
			w.hardBreak()
			continue
		}
		plain := b >= '!' && b <= '~' && b != '=' || b == ' ' || b == '\t'
		if plain && w.column < quotedLine {
			w.dst = append(w.dst, b)
			w.column++
			continue
		}
		if w.column+3 > quotedLine {
			w.softBreak()
		}
		before := len(w.dst)
		w.dst = appendQuotedByte(w.dst, b, false)
		w.column += len(w.dst) - before
	}
}
