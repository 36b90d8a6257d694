package database

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// matches asks the matcher that SQLite asks.
func matches(t testing.TB, source, escape, text string) bool {
	t.Helper()
	p, err := patternOf(source, escape)
	if err != nil {
		t.Fatalf("%q with escape %q: %v", source, escape, err)
	}
	return p.matches(text)
}

// TestAnswersAreThoseOfTheReference compares patterns and texts of few different characters, so that many match.
func TestAnswersAreThoseOfTheReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "A", "b", "ё", "Е", "я", "Σ", "ς", "𐐀", "%", "%", "_", "_", `\`, "\xff", "\xe2\x82", "\uFFFD", " ", "İ", "ı", "K", "ß", "ẞ", "Ⴀ", "𞤀"}
	word := func(alphabet []string, length int) string {
		var b strings.Builder
		for range random.IntN(length + 1) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	matched := 0
	for range 300_000 {
		alphabet := make([]string, 1+random.IntN(4))
		for i := range alphabet {
			alphabet[i] = pieces[random.IntN(len(pieces))]
		}
		source, text := word(append(alphabet, "%", "_"), 12), word(alphabet, 30)
		escape := []string{"", `\`, "a", "%", "_"}[random.IntN(5)]
		want := reference(source, escape, text)
		if got := matches(t, source, escape, text); got != want {
			t.Fatalf("%q LIKE %q ESCAPE %q is %v", text, source, escape, got)
		}
		if want {
			matched++
		}
	}
	if matched < 30_000 {
		t.Errorf("only %d of the pairs match: they say little", matched)
	}
}

// TestLongPatternsAnswerTheSame has patterns longer than a machine word has bits, with and without "_".
func TestLongPatternsAnswerTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	letters := []rune("aaab_")
	for range 2000 {
		source := make([]rune, 40+random.IntN(300))
		text := make([]rune, 0, 1000)
		for i := range source {
			source[i] = letters[random.IntN(len(letters))]
		}
		for len(text) < 400 {
			if random.IntN(3) == 0 {
				text = append(text, source...)
			}
			text = append(text, letters[random.IntN(3)])
		}
		for i, r := range text {
			if r == '_' {
				text[i] = 'b'
			}
		}
		p := "%" + string(source) + "%"
		if random.IntN(2) == 0 {
			p = "%" + string(source[:20]) + "%" + string(source[20:]) + "%b"
		}
		if got, want := matches(t, p, "", string(text)), reference(p, "", string(text)); got != want {
			t.Fatalf("%q LIKE %q is %v", string(text), p, got)
		}
	}
}

func TestEveryLetterFoldsAsBefore(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := fold(r), referenceFold(r); got != want {
			t.Fatalf("%q folds to %q, not %q", r, got, want)
		}
	}
}

// TestWorkGrowsWithTheText counts how often a character is looked at.
func TestWorkGrowsWithTheText(t *testing.T) {
	text := strings.Repeat("a", 1<<20)
	for name, source := range map[string]string{
		"letters":                   "%" + strings.Repeat("a", 1000) + "b%",
		"letters and any":           "%" + strings.Repeat("a_", 500) + "b%",
		"many letters between":      strings.Repeat("%a", 500) + "%b",
		"any in the whole of it":    "%" + strings.Repeat("_", 1000) + "b",
		"any between letters":       "%" + strings.Repeat("a%_", 300) + "b%",
		"forty thousand characters": "%" + strings.Repeat("a_", 20_000) + "b%",
	} {
		t.Run(name, func(t *testing.T) {
			// The matcher before took up to 10¹² steps for one of these. It is the test's own time limit
			// that tells.
			if matches(t, source, "", text) {
				t.Error("it matches")
			}
		})
	}
}

func FuzzLike(f *testing.F) {
	for _, seed := range [][3]string{
		{"%иван%", `\`, "Иван Петров"},
		{"a%b%c", "", "a1b2b3c"},
		{`100\%`, `\`, "100%"},
		{"%_б", "", "аб"},
		{"%" + strings.Repeat("a_", 40) + "%", "", strings.Repeat("aa", 90)},
		{"\xff%\xe2\x82", "", "\xffabc\xe2\x82"},
		{"_%_", "%", "x%y"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, source, escape, text string) {
		if len(source) > 1000 || len(text) > 5000 {
			return // the reference takes time in their product
		}
		p, err := compile(source, escape)
		if err != nil {
			return
		}
		if got := p.matches(text); got != reference(source, escape, text) {
			t.Errorf("%q LIKE %q ESCAPE %q is %v", text, source, escape, got)
		}
	})
}
