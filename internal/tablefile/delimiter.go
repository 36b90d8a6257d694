package tablefile

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// delimiters are those that are looked for. Of equal ones the first is taken.
const delimiters = ";\t,|"

// delimiterNames are the names of delimiters that people give.
var delimiterNames = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|', `\t`: '\t'}

// DelimiterNamed is the delimiter with that name (comma, semicolon, tab, pipe), or the character itself; 0 for "".
func DelimiterNamed(name string) (rune, error) {
	if named, ok := delimiterNames[strings.ToLower(name)]; ok || name == "" {
		return named, nil
	}
	r, size := utf8.DecodeRuneInString(name)
	if size != len(name) || r == utf8.RuneError || strings.ContainsRune("\"\r\n@", r) {
		return 0, &Error{Field: "delimiter", Code: "unknown_delimiter", Detail: fmt.Sprintf("the delimiter is comma, semicolon, tab, pipe or one character, not %q", name)}
	}
	return r, nil
}

const (
	delimiterRecords = 200 // by which the delimiter is found
	addressScore     = 4   // of a cell that is an address, compared with one more cell of a record
)

// detectDelimiter returns the delimiter with which most records have equally many cells, and most cells with an @ look like
// an address and nothing else.
func detectDelimiter(sample []byte) rune {
	if len(sample) == sampleRead { // the last line is cut off
		if end := bytes.LastIndexByte(sample, '\n'); end > 0 {
			sample = sample[:end]
		}
	}
	best, bestScore := ',', 0.0
	for _, delimiter := range delimiters {
		c := newCSV(bufio.NewReaderSize(bytes.NewReader(sample), len(sample)+16), delimiter)
		records, addresses, counts := 0, 0, map[int]int{}
		for range delimiterRecords {
			r, err := c.read()
			if err != nil {
				break
			}
			if len(r.Cells) == 1 && blank(r.Cells) {
				continue
			}
			records++
			counts[len(r.Cells)]++
			for _, cell := range r.Cells {
				if isLikeAddress(cell) {
					addresses++
				}
			}
		}
		cells, fit := 0, 0
		for n, times := range counts {
			if n > 1 && times*(n-1) > fit*(cells-1) || times*(n-1) == fit*(cells-1) && n < cells {
				cells, fit = n, times
			}
		}
		if fit == 0 {
			continue
		}
		score := float64(fit*(cells-1))*float64(fit)/float64(records) + float64(addressScore*addresses)
		if score > bestScore {
			best, bestScore = delimiter, score
		}
	}
	return best
}

// isLikeAddress reports whether a cell looks like an address, alone or as "Name <address>".
func isLikeAddress(cell string) bool {
	cell = strings.TrimSpace(cell)
	if strings.Count(cell, "@") != 1 {
		return false
	}
	if strings.Contains(cell, "<") {
		return strings.HasSuffix(cell, ">")
	}
	return !strings.ContainsAny(cell, delimiters+" ")
}
