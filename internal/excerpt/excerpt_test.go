package excerpt

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name, s string
		most    int
		want    string
	}{
		{"nothing", "", 3, ""},
		{"what fits", "mail", 4, "mail"},
		{"what fits by characters and not by bytes", "письмо", 6, "письмо"},
		{"what is longer", "letters", 4, "let…"},
		{"what is longer, of two bytes each", "письмо", 4, "пис…"},
		{"of three", "信件已經送達", 4, "信件已…"},
		{"of four", "📨📨📨📨", 3, "📨📨…"},
		{"what is no UTF-8", "a\xffb\xd0", 10, "ab"},
		{"one", "letters", 1, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.s, c.most); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Привет, 世界 📨", 5)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = 1 + max(most, -most)%64
		got := Of(s, most)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most {
			t.Errorf("Of(%q, %d) is %q", s, most, got)
		}
		if short := strings.TrimSuffix(got, "…"); !strings.HasPrefix(strings.ToValidUTF8(s, ""), short) {
			t.Errorf("Of(%q, %d) is %q", s, most, got)
		}
	})
}
