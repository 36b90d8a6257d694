package compose

import (
	"strconv"
	"strings"
)

// Slots are the values that a mail puts into its prepared text. The first ones are always there, the
// outputs of the template follow in the order of its path.
const (
	slotSubject = iota
	slotPreheader
	slotUnsubscribe
	slotOutputs
)

// placeholder stands for a slot while a text is prepared: letters and digits only, so that neither
// Markdown nor HTML has an opinion about it.
type placeholder string

func (p placeholder) of(slot int) string { return string(p) + strconv.Itoa(slot) + "z" }

// next finds the first placeholder in s: its slot, where it begins and where it ends; slot is -1 if
// there is none.
func (p placeholder) next(s string) (slot, begin, end int) {
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

// segment is a piece of a prepared text: fixed text, and then a slot.
type segment struct {
	fixed  string
	quoted quoted // fixed, encoded
	slot   int    // -1 = none
	escape escape // how the slot's value is written
}

// segments cuts a prepared text at its placeholders. escapes tells how each value is written, in
// order; nil = as it is.
func (p placeholder) segments(s string, escapes []escape) []segment {
	var all []segment
	for {
		slot, begin, end := p.next(s)
		piece := segment{fixed: strings.Clone(s[:begin]), slot: slot}
		piece.quoted = newQuoted(piece.fixed)
		if slot >= 0 && len(escapes) > 0 {
			piece.escape, escapes = escapes[0], escapes[1:]
		}
		all = append(all, piece)
		if slot < 0 {
			return all
		}
		s = s[end:]
	}
}

// appendPlain writes segments with their values.
func appendPlain(dst []byte, segments []segment, slots []string) []byte {
	for i := range segments {
		s := &segments[i]
		dst = append(dst, s.fixed...)
		if s.slot >= 0 {
			dst = s.escape.append(dst, slots[s.slot])
		}
	}
	return dst
}

// appendQuoted writes segments with their values in quoted-printable. scratch is for its use.
func appendQuoted(dst, scratch []byte, segments []segment, slots []string) (written, used []byte) {
	w := quotedWriter{dst: dst}
	for i := range segments {
		s := &segments[i]
		w.piece(&s.quoted)
		if s.slot >= 0 {
			scratch = s.escape.append(scratch[:0], slots[s.slot])
			w.text(scratch)
		}
	}
	w.closeLine()
	return w.dst, scratch
}
