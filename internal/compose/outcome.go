package compose

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"gonets/internal/placeholder"
	"gonets/internal/template"
)

// outcome is what a body becomes along one path through its template: Markdown turned into HTML, the
// document put around it, the text made from it, everything cut at the values and encoded. Few
// mailings have more than a handful, so it is made once and kept.
type outcome struct {
	html []segment // nil for text templates
	text []segment
}

// outcomes keeps the outcomes of a template by path.
type outcomes struct {
	known atomic.Pointer[map[string]*outcome] // never changed, replaced by a copy
	room  func(bytes int) bool                // of the Letter
	mu    sync.Mutex                          // held while replacing
	size  int
}

// maxMail is the maximum length of both parts of a mail in bytes, before they are encoded.
const maxMail = 8 << 20

// What is kept at most; a template with more outcomes, such as a loop over lists of many lengths, has
// the others made for each mail (about 0.3 ms for 5 KB).
const (
	maxOutcomes    = 256
	maxOutcomeSize = 64 << 20
	// sureOutcomes are kept whether there is room for them or not: with few outcomes all mails of a mailing
	// are made from them.
	sureOutcomes = 2
)

// get gives the outcome for a key, made by build if it is not known.
func (o *outcomes) get(key []byte, build func() (*outcome, error)) (*outcome, error) {
	if known := o.known.Load(); known != nil {
		if found := (*known)[string(key)]; found != nil {
			return found, nil
		}
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	known, size := map[string]*outcome{}, made.size()
	if old := o.known.Load(); old != nil {
		if other := (*old)[string(key)]; other != nil { // made by somebody else meanwhile
			return other, nil
		}
		if !o.fits(len(*old), size) {
			return made, nil
		}
		known = maps.Clone(*old)
	}
	known[string(key)] = made
	o.size += size
	o.known.Store(&known)
	return made, nil
}

// fits says whether one more outcome beside so many others may be kept.
func (o *outcomes) fits(others, size int) bool {
	switch {
	case others < sureOutcomes:
		return true
	case others >= maxOutcomes || o.size+size > maxOutcomeSize:
		return false
	}
	return o.room == nil || o.room(size)
}

// forget drops what is kept.
func (o *outcomes) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known.Store(nil)
	o.size = 0
}

// segmentSize is what a segment takes in memory beside its text.
const segmentSize = 88

// size is about what an outcome takes in memory.
func (o *outcome) size() int {
	n := 0
	for _, segments := range [][]segment{o.html, o.text} {
		for i := range segments {
			n += len(segments[i].fixed) + segmentSize
		}
		n += encodedLength(segments)
	}
	return n
}

// encodedLength is the length of segments in quoted-printable, without their values.
func encodedLength(segments []segment) (n int) {
	for i := range segments {
		n += segments[i].quoted.Len()
	}
	return n
}

// length is how long segments are with their values, before these are escaped and all is encoded.
func length(segments []segment, slots []string) (n int) {
	for i := range segments {
		n += len(segments[i].fixed)
		if slot := segments[i].slot; slot >= 0 {
			n += len(slots[slot])
		}
	}
	return n
}

// tooLong is the failure of a mail that is longer than maxMail.
func tooLong(field string) error {
	return &template.Error{Field: field, Line: 1, Detail: fmt.Sprintf("the mail is longer than %d KB", maxMail>>10), LimitExceeded: true}
}

// skeleton renders a path through t with placeholders for its values, and reports whether it shows an unsubscribe
// link. A URL that this addressee does not have leaves no placeholder, so that it does not become an empty link.
func skeleton(t *template.Template, path []byte, place placeholder.Prefix, who traits) (text string, unsubscribes bool) {
	var b strings.Builder
	for s := range t.Along(path) {
		if s.Output == nil {
			b.WriteString(s.Literal)
			continue
		}
		unsubscribes = unsubscribes || s.Output.Uses(template.UnsubscribeURL)
		name, fallback := s.Output.URL()
		if name == template.UnsubscribeURL && who&withUnsubscribe == 0 || name == template.ViewURL && who&withView == 0 {
			b.WriteString(fallback)
			continue
		}
		b.WriteString(place.Of(slotOutputs + s.Nth))
	}
	return b.String(), unsubscribes
}

// traits are what the outcome depends on beside the path.
type traits byte

const (
	withUnsubscribe traits = 1 << iota
	withView
	withPreheader
)

func traitsOf(a *Addressee, preheader string) (t traits) {
	if a.UnsubscribeURL != "" {
		t |= withUnsubscribe
	}
	if a.ViewURL != "" {
		t |= withView
	}
	if preheader != "" {
		t |= withPreheader
	}
	return t
}
