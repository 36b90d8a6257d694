package quotedprintable

import (
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// TestQuotedPrintableSurvives cuts texts at random into prepared pieces and values, and has the
// standard library read what comes out.
func TestQuotedPrintableSurvives(t *testing.T) {
	alphabet := []string{"a", "b", " ", " ", "\t", "=", "\n", "é", "я", "日", ".", "long-word-without-any-break-in-it-", "\n\n", "From "}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var want strings.Builder
		w := Writer{}
		for range random.IntN(12) {
			var piece strings.Builder
			for range random.IntN(40) {
				piece.WriteString(alphabet[random.IntN(len(alphabet))])
			}
			want.WriteString(piece.String())
			if random.IntN(2) == 0 {
				w.Text([]byte(piece.String()))
			} else {
				p := Encode(piece.String())
				w.Piece(&p)
			}
		}
		w.CloseLine()
		for line := range strings.SplitSeq(string(w.Dst), "\r\n") {
			if len(line) > 76 || strings.TrimRight(line, " \t") != line {
				t.Fatalf("line of %d bytes: %q", len(line), line)
			}
		}
		got, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(w.Dst))))
		if decoded := strings.ReplaceAll(string(got), "\r\n", "\n"); err != nil || decoded != want.String() {
			t.Fatalf("%v\ngot  %q\nwant %q\nwire %q", err, decoded, want.String(), w.Dst)
		}
	}
}

// FuzzQuotedPrintable writes two pieces and a value, and has the standard library read the result.
func FuzzQuotedPrintable(f *testing.F) {
	f.Add("Hello ", "Анна", ",\n\nhow are you? ")
	f.Add(strings.Repeat("=", 71), " \t", "\n")
	f.Add("", "\n", strings.Repeat("я", 100)+" ")
	f.Fuzz(func(t *testing.T, before, value, after string) {
		if strings.ContainsRune(before+value+after, '\r') {
			t.Skip() // line ends are \n
		}
		w := Writer{}
		first, last := Encode(before), Encode(after)
		w.Piece(&first)
		w.Text([]byte(value))
		w.Piece(&last)
		w.CloseLine()
		for line := range strings.SplitSeq(string(w.Dst), "\r\n") {
			if len(line) > 76 || strings.TrimRight(line, " \t") != line {
				t.Errorf("line of %d bytes: %q", len(line), line)
			}
		}
		got, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(w.Dst))))
		if decoded := strings.ReplaceAll(string(got), "\r\n", "\n"); err != nil || decoded != before+value+after {
			t.Errorf("%v\ngot  %q\nwant %q", err, decoded, before+value+after)
		}
	})
}
