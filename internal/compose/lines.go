package compose

import (
	"gonets/internal/placeholder"
	"gonets/internal/plaintext"
	"gonets/internal/template"
)

// lines makes both parts from a path through a body in plain text: the HTML shows the same lines, with links that can
// be followed.
func (l *layout) lines(t *template.Template, path []byte, who traits) (*outcome, error) {
	made, err := l.text(t, path, who)
	if err != nil {
		return nil, err
	}
	text, has := skeleton(t, path, l.place, who)
	content := plaintext.ToHTML(text, l.place, urlSlots(t, path))
	document := l.complete(content, who, has)
	if len(document) > maxMail {
		return nil, tooLong(t.Field)
	}
	escapes := l.place.Escapes(document)
	for i, e := range escapes {
		if e == placeholder.EscapeText {
			escapes[i] = placeholder.EscapeLines
		}
	}
	made.html = segments(l.place, document, escapes)
	return made, nil
}

// urlSlots are the slots of the outputs that are links in every e-mail.
func urlSlots(t *template.Template, path []byte) map[int]struct{} {
	slots := map[int]struct{}{}
	for s := range t.Along(path) {
		if s.Output == nil {
			continue
		}
		if name, _ := s.Output.URL(); name != "" {
			slots[slotOutputs+s.Nth] = struct{}{}
		}
	}
	return slots
}
