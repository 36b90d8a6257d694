package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gonets/internal/placeholder"
	"gonets/internal/plaintext"
	"gonets/internal/template"
)

// outcome is the result of one path through the template of a body: Markdown converted to HTML, the document around it,
// the text part made from it, everything split at the values and encoded. Most mailings have only a few, so they are
// cached.
type outcome struct {
	html []segment // nil for text templates
	text []segment
}

// outcomes caches the outcomes of a template by path.
type outcomes struct {
	byKey atomic.Pointer[map[string]*outcome] // a map is never changed, but replaced by a copy
	room  func(bytes int) bool                // of the Message
	mu    sync.Mutex                          // held while replacing
	size  int
}

// maxMail is the maximum length of both parts of a mail in bytes, before they are encoded.
const maxMail = 8 << 20

// The limits of the cache. A template with more outcomes, such as a loop over lists of many lengths, has the others made
// for each mail (about 0.3 ms for 5 KB).
const (
	maxOutcomes    = 256
	maxOutcomeSize = 64 << 20
	// minOutcomes are cached even without room for them: with few outcomes all mails of a mailing are made from them.
	minOutcomes = 2
)

// get returns the outcome for a key. It calls build if it is not cached.
func (o *outcomes) get(key []byte, build func() (*outcome, error)) (*outcome, error) {
	if cached := o.byKey.Load(); cached != nil {
		if found := (*cached)[string(key)]; found != nil {
			return found, nil
		}
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	next, size := map[string]*outcome{}, made.size()
	if old := o.byKey.Load(); old != nil {
		if other := (*old)[string(key)]; other != nil { // another goroutine made it meanwhile
			return other, nil
		}
		if !o.fits(len(*old), size) {
			return made, nil
		}
		next = maps.Clone(*old)
	}
	next[string(key)] = made
	o.size += size
	o.byKey.Store(&next)
	return made, nil
}

// fits reports whether one more outcome may be cached beside so many others.
func (o *outcomes) fits(others, size int) bool {
	switch {
	case others < minOutcomes:
		return true
	case others >= maxOutcomes || o.size+size > maxOutcomeSize:
		return false
	}
	return o.room == nil || o.room(size)
}

// forget empties the cache.
func (o *outcomes) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byKey.Store(nil)
	o.size = 0
}

// segmentSize is the memory of a segment in bytes, without its text.
const segmentSize = 88

// size is an estimate of the memory of an outcome in bytes.
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

// length is the length of segments with their values, before these are escaped and everything is encoded.
func length(segments []segment, slots []string) (n int) {
	for i := range segments {
		n += len(segments[i].fixed)
		if slot := segments[i].slot; slot >= 0 {
			n += len(slots[slot])
		}
	}
	return n
}

// tooLong is the error of a mail that is longer than maxMail.
func tooLong(field string) error {
	return &template.Error{Field: field, Line: 1, Detail: fmt.Sprintf("the mail is longer than %d KB", maxMail>>10), LimitExceeded: true}
}

// shown are the placeholders of a text that use what a footer would show.
type shown struct{ unsubscribe, address []string }

// skeleton renders a path through t with placeholders for its values. A URL that this addressee does not have leaves no
// placeholder, so that it does not become an empty link.
func skeleton(t *template.Template, path []byte, place placeholder.Prefix, who traits) (text string, has shown) {
	var b strings.Builder
	for s := range t.Along(path) {
		if s.Output == nil {
			b.WriteString(s.Literal)
			continue
		}
		name, fallback := s.Output.URL()
		if name == template.UnsubscribeURL && who&withUnsubscribe == 0 || name == template.ViewURL && who&withView == 0 {
			b.WriteString(fallback)
			continue
		}
		value := place.Of(slotOutputs + s.Nth)
		b.WriteString(value)
		if s.Output.Uses(template.UnsubscribeURL) {
			has.unsubscribe = append(has.unsubscribe, value)
		}
		if s.Output.Uses(template.BrandAddress) {
			has.address = append(has.address, value)
		}
	}
	return b.String(), has
}

// showsOne reports whether a reader of the HTML can see and click a link with one of the placeholders.
func showsOne(document string, values []string) bool {
	return len(values) > 0 && slices.ContainsFunc(plaintext.ShownLinks(document), func(link string) bool {
		return slices.ContainsFunc(values, func(value string) bool { return strings.Contains(link, value) })
	})
}

// traits are what the outcome depends on besides the path.
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
