package compose

import (
	"strings"

	"gonets/internal/placeholder"
	"gonets/internal/quotedprintable"
)

// Slots are the numbers of the values that an e-mail inserts into its prepared text. The first ones are the same in
// all e-mails, the outputs of the template follow in the order of its path.
const (
	slotSubject = iota
	slotPreheader
	slotUnsubscribe
	slotOutputs
)

// segment is a piece of a prepared text: fixed text, followed by a slot.
type segment struct {
	fixed  string
	quoted quotedprintable.Piece // fixed, encoded
	slot   int                   // -1 = none
	escape placeholder.Escape    // how the slot's value is written
}

// segments splits a prepared text at its placeholders. escapes says how each value is written, in order; nil = without
// escaping.
func segments(place placeholder.Prefix, s string, escapes []placeholder.Escape) []segment {
	var all []segment
	for {
		slot, begin, end := place.Next(s)
		piece := segment{fixed: strings.Clone(s[:begin]), slot: slot}
		piece.quoted = quotedprintable.Encode(piece.fixed)
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
			dst = s.escape.Append(dst, slots[s.slot])
		}
	}
	return dst
}

// appendQuoted writes segments with their values in quoted-printable. scratch is reused memory.
func appendQuoted(dst, scratch []byte, segments []segment, slots []string) (written, used []byte) {
	w := quotedprintable.Writer{Dst: dst}
	for i := range segments {
		s := &segments[i]
		w.Piece(&s.quoted)
		if s.slot >= 0 {
			scratch = s.escape.Append(scratch[:0], slots[s.slot])
			w.Text(scratch)
		}
	}
	w.CloseLine()
	return w.Dst, scratch
}
