package printable

import (
	"strings"
	"testing"
)

func TestNothingButTextIsLeft(t *testing.T) {
	for name, c := range map[string]struct{ in, text, line string }{
		"letters of any kind":     {"Привет, 世界! می\u200cخواهم 👩\u200d👩\u200d👧", "Привет, 世界! می\u200cخواهم 👩\u200d👩\u200d👧", "Привет, 世界! می\u200cخواهم 👩\u200d👩\u200d👧"},
		"escape sequences":        {"\x1b[2J\x1b]0;title\a\u009b31mred", " [2J ]0;title  31mred", " [2J ]0;title  31mred"},
		"a raw 8-bit CSI":         {"a\x9b2Jb", "a\ufffd2Jb", "a\ufffd2Jb"},
		"lines and tabs":          {"a\tb\nc\r\nd\x00\x7f", "a\tb\nc \nd  ", "a b c  d  "},
		"the order of reading":    {"evil\u202etxt.exe\u202c\u2066x\u2069\u200f\u061c", "eviltxt.exex", "eviltxt.exex"},
		"other separators":        {"a\u2028b\u2029c\u0085d", "a b c d", "a b c d"},
		"half of a character":     {"a\xd0", "a\ufffd", "a\ufffd"},
		"what no encoder writes":  {"\xed\xa0\x80", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
		"a byte order mark stays": {"\ufeffa", "\ufeffa", "\ufeffa"},
	} {
		if got := Text(c.in); got != c.text {
			t.Errorf("%s: text %q, want %q", name, got, c.text)
		}
		if got := Line(c.in); got != c.line {
			t.Errorf("%s: line %q, want %q", name, got, c.line)
		}
	}
}

func TestAWriterCutsAnywhere(t *testing.T) {
	const in, want = "имя;\x1b[31m\"ответ\u202e\"\r\n\u009b👩\u200d👧;\rб\r\n", "имя; [31m\"ответ\"\r\n 👩\u200d👧; б\r\n"
	for size := 1; size <= len(in); size++ {
		var b strings.Builder
		w := Writer(&b)
		for rest := in; rest != ""; {
			n, err := w.Write([]byte(rest[:min(size, len(rest))]))
			if err != nil || n != min(size, len(rest)) {
				t.Fatalf("wrote %d, %v", n, err)
			}
			rest = rest[n:]
		}
		if b.String() != want {
			t.Fatalf("in pieces of %d: %q", size, b.String())
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b[0mb")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Line(s) {
			if visible(r) != r {
				t.Errorf("%q is left of %q", r, s)
			}
		}
	})
}
