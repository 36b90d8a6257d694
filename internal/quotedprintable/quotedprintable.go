// Package quotedprintable writes quoted-printable text (RFC 2045 § 6.7) from pieces that are encoded once for many
// e-mails and values that differ between them.
package quotedprintable

import (
	"bytes"
	"slices"
	"strings"
)

// maxLine is the longest line that is written, without the = of a soft break. RFC 2045 § 6.7 allows 76 with it; three
// less leave room for a space at the end to become =20.
const maxLine = 72

// maxHead is the maximum length of a Piece's head if its first line is too long for one line.
const maxHead = 24

// Piece is encoded text that can be written at any column: head fits on one line and is written behind whatever is
// on the line if it fits there, rest always begins with a line break, hard or soft.
type Piece struct {
	head []byte
	rest []byte
	end  int // column after rest
}

// Encode encodes text, whose line ends are \n.
func Encode(s string) Piece {
	var p Piece
	line, rest, more := strings.Cut(s, "\n")
	atoms := appendLine(make([]byte, 0, encodedLength(line)), line, more)
	cut := len(atoms)
	if cut > maxLine {
		cut = atomEnd(atoms, maxHead)
	}
	p.head = slices.Clone(atoms[:cut])
	if cut == len(atoms) && !more {
		return p
	}
	w := Writer{Dst: make([]byte, 0, wrappedLength(len(atoms)-cut, rest))}
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
	p.rest, p.end = w.Dst, w.column
	return p
}

// Len is the length of the encoded text in bytes.
func (p *Piece) Len() int { return len(p.head) + len(p.rest) }

// encodedLength is the length of encoded text in bytes, without soft breaks.
func encodedLength(s string) (n int) {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b >= '!' && b <= '~' && b != '=' || b == ' ' || b == '\t' {
			n++
		} else {
			n += 3
		}
	}
	return n
}

// wrappedLength is an estimate of the length of encoded text in bytes, with its soft breaks, behind so many bytes that
// are encoded. It is too low only if many lines end with a space.
func wrappedLength(encoded int, rest string) int {
	encoded += encodedLength(rest)
	return encoded + 3*(encoded/(maxLine-2)+1)
}

const hexDigits = "0123456789ABCDEF"

// appendLine encodes one line without breaking it. A space before a line end is encoded too.
func appendLine(dst []byte, line string, hasLineEnd bool) []byte {
	for i := 0; i < len(line); i++ {
		dst = appendByte(dst, line[i], hasLineEnd && i == len(line)-1)
	}
	return dst
}

func appendByte(dst []byte, b byte, last bool) []byte {
	if b >= '!' && b <= '~' && b != '=' || (b == ' ' || b == '\t') && !last {
		return append(dst, b)
	}
	return append(dst, '=', hexDigits[b>>4], hexDigits[b&15])
}

// atomEnd is the greatest length ≤ limit that does not split an =XX.
func atomEnd(atoms []byte, limit int) int {
	if limit >= len(atoms) {
		return len(atoms)
	}
	if at := bytes.LastIndexByte(atoms[max(0, limit-2):limit], '='); at >= 0 {
		return max(0, limit-2) + at
	}
	return limit
}

// Writer appends quoted-printable text to Dst, which must end with a line end or be empty.
type Writer struct {
	Dst    []byte
	column int
}

func (w *Writer) softBreak() {
	w.Dst = append(w.Dst, '=', '\r', '\n')
	w.column = 0
}

func (w *Writer) hardBreak() {
	w.CloseLine()
	w.Dst = append(w.Dst, '\r', '\n')
	w.column = 0
}

// CloseLine ends the text: it encodes a space at the end of the last line (RFC 2045 § 6.7, rule 3).
func (w *Writer) CloseLine() {
	if n := len(w.Dst); w.column > 0 && (w.Dst[n-1] == ' ' || w.Dst[n-1] == '\t') {
		last := w.Dst[n-1]
		w.Dst = append(w.Dst[:n-1], '=', hexDigits[last>>4], hexDigits[last&15])
	}
}

// atoms writes text that is encoded but not broken into lines.
func (w *Writer) atoms(atoms []byte) {
	for w.column+len(atoms) > maxLine {
		n := atomEnd(atoms, maxLine-w.column)
		w.Dst = append(w.Dst, atoms[:n]...)
		atoms = atoms[n:]
		w.softBreak()
	}
	w.Dst = append(w.Dst, atoms...)
	w.column += len(atoms)
}

// Piece writes a piece.
func (w *Writer) Piece(p *Piece) {
	if w.column+len(p.head) > maxLine {
		w.softBreak()
	}
	w.Dst = append(w.Dst, p.head...)
	w.column += len(p.head)
	if len(p.rest) > 0 {
		if p.rest[0] == '\r' {
			w.CloseLine()
		}
		w.Dst = append(w.Dst, p.rest...)
		w.column = p.end
	}
}

// Text encodes and writes text, whose line ends are \n.
func (w *Writer) Text(s []byte) {
	for _, b := range s {
		if b == '\n' {
			w.hardBreak()
			continue
		}
		isPlain := b >= '!' && b <= '~' && b != '=' || b == ' ' || b == '\t'
		if isPlain && w.column < maxLine {
			w.Dst = append(w.Dst, b)
			w.column++
			continue
		}
		if w.column+3 > maxLine {
			w.softBreak()
		}
		before := len(w.Dst)
		w.Dst = appendByte(w.Dst, b, false)
		w.column += len(w.Dst) - before
	}
}
