package phrase

import (
	"strings"
	"testing"
)

func TestPhrasesAreFound(t *testing.T) {
	s := New("user unknown", "unknown user", "unknown", "нет такого", "aaa")
	for text, want := range map[string]bool{
		"550 user unknown": true, "un": false, "": false, "unknow": false, "тут нет такого": true, "aab aaaa": true, "the user is known": false,
	} {
		if s.In(text) != want {
			t.Errorf("%q: not %t", text, want)
		}
	}
	places := s.Places("unknown user unknown")
	if places[0] != (Place{End: 20, Last: 8}) || places[1] != (Place{End: 12}) || places[2] != (Place{End: 7, Last: 13}) || places[3] != (Place{}) {
		t.Errorf("%v", places)
	}
}

func FuzzIn(f *testing.F) {
	f.Add("user unknown", "unk", "own")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if len(a) < prefix || len(b) < prefix {
			return
		}
		s := New(a, b)
		if s.In(text) != (strings.Contains(text, a) || strings.Contains(text, b)) {
			t.Errorf("%q and %q in %q", a, b, text)
		}
		for i, p := range []string{a, b} {
			if at := strings.Index(text, p); at >= 0 && s.Places(text)[i] != (Place{End: at + len(p), Last: strings.LastIndex(text, p)}) {
				t.Errorf("%q in %q: %v", p, text, s.Places(text)[i])
			}
		}
	})
}
