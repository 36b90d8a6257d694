package tablefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// records reads all records of a text as "line: cell|cell", with a "!" for a quotation mark that is not closed.
func records(text string, delimiter rune) (all []string, err error) {
	c := newCSV(bufio.NewReaderSize(strings.NewReader(text), 64), delimiter)
	for {
		r, err := c.read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		open := ""
		if r.OpenQuote {
			open = "!"
		}
		all = append(all, fmt.Sprintf("%d%s: %s", r.Line, open, strings.Join(r.Cells, "|")))
	}
}

func TestQuotationMarksAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain cells", "a,b\nc,d", []string{"1: a|b", "2: c|d"}},
		{"empty cells", ",\n\n", []string{"1: |", "2: "}},
		{"quoted cells", `"a,b","c ""d"""`, []string{`1: a,b|c "d"`}},
		{"a line break in quotation marks", "\"a\nb\",c\nd,e", []string{"1: a\nb|c", "3: d|e"}},
		{"blanks around quotation marks", "a, \"b,c\" ,d", []string{"1: a|b,c|d"}},
		{"text after the closing one", `"Acme" Ltd,b`, []string{`1: "Acme" Ltd|b`}},
		{"a mark within an unquoted cell", `Acme "Ltd",b`, []string{`1: Acme "Ltd"|b`}},
		{"marks that were not doubled", "a,b\n\"Acme \"A, B\" Ltd\",c", []string{"1: a|b", `2: Acme "A, B" Ltd|c`}},
		{"one that is not closed", "a,b\n\"c,d\ne,f", []string{"1: a|b", `2!: "c|d`, "3: e|f"}},
		{"one that is not closed before a quoted line", "\"a,b\n\"c\",d\ne,f", []string{`1!: "a|b`, "2: c|d", "3: e|f"}},
		{"two that are not closed", "\"a\n\"b\nc", []string{`1!: "a`, `2!: "b`, "3: c"}},
		{"one that is not closed after one that is", "\"a\",\"b\nc,d", []string{`1!: a|"b`, "2: c|d"}},
		{"a long cell", strings.Repeat("a", 200) + ",b", []string{"1: " + strings.Repeat("a", 200) + "|b"}},
	} {
		if got, err := records(c.text, ','); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// TestMarksThatAreNotClosedTakeNoLongTime has one in every line: each could be closed by any later line.
func TestMarksThatAreNotClosedTakeNoLongTime(t *testing.T) {
	const lines = 300_000
	begun := time.Now()
	got, err := records(strings.Repeat("\"a,b\n", lines), ',')
	if took := time.Since(begun); err != nil || len(got) != lines || took > 20*time.Second {
		t.Errorf("%d records in %s, %v", len(got), took, err)
	}
}

// FuzzCSV: no text is lost on the way, whatever the quotation marks are.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n\"c\nd\",e", "\"a\"b,c", "\"\"\"", " \"a\" ,\"\n\"\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := records(text, ',')
		if err != nil {
			t.Fatal(err)
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune("\", \t\n|!:0123456789", r) {
					return -1
				}
				return r
			}, s)
		}
		if read := letters(strings.Join(got, "")); read != letters(text) {
			t.Errorf("%q was read as %q", text, got)
		}
	})
}
