package compose

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
		w := quotedWriter{}
		for range random.IntN(12) {
			var piece strings.Builder
			for range random.IntN(40) {
				piece.WriteString(alphabet[random.IntN(len(alphabet))])
			}
			want.WriteString(piece.String())
			if random.IntN(2) == 0 {
				w.text([]byte(piece.String()))
			} else {
				q := newQuoted(piece.String())
				w.piece(&q)
			}
		}
		w.closeLine()
		for line := range strings.SplitSeq(string(w.dst), "\r\n") {
			if len(line) > 76 || strings.TrimRight(line, " \t") != line {
				t.Fatalf("line of %d bytes: %q", len(line), line)
			}
		}
		got, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(w.dst))))
		if decoded := strings.ReplaceAll(string(got), "\r\n", "\n"); err != nil || decoded != want.String() {
			t.Fatalf("%v\ngot  %q\nwant %q\nwire %q", err, decoded, want.String(), w.dst)
		}
	}
}
