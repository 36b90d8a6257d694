package clientrow

import (
	"regexp"
	"strings"
)

// IsList reports whether the records are a list of addresses, as mail programs have it, and no table: every cell has
// addresses, and there are several in a line. A header may be before them.
func IsList(records [][]string) bool {
	if len(records) > 1 && countAddresses(records[0]) < 0 && filled(records[0]) == 1 {
		records = records[1:]
	}
	several, named, widths := false, false, map[int]bool{}
	for _, r := range records {
		n := countAddresses(r)
		if n < 1 {
			return false
		}
		widths[n] = true
		several = several || n > 1
		for _, cell := range r {
			named = named || strings.Contains(cell, "<")
		}
	}
	return several && (named || len(records) == 1 || len(widths) > 1)
}

// countAddresses is how many addresses the cells have, -1 if there is anything else in them.
func countAddresses(record []string) int {
	n := 0
	for _, cell := range record {
		for _, part := range SplitList(cell) {
			if !isAddress(part) {
				return -1
			}
			n++
		}
	}
	return n
}

func filled(record []string) int {
	n := 0
	for _, cell := range record {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// fieldName is the name of a field of a mail before a list of addresses.
var fieldName = regexp.MustCompile(`(?i)^\s*(to|cc|bcc|from|кому|копия|скрытая копия|от)\s*:`)

// SplitList divides a list of addresses at commas and semicolons outside of quotation marks and angle brackets. Empty parts
// are left out, and a cell that is one address stays whole: Petrova, Anna <anna@example.com>.
func SplitList(cell string) []string {
	cell = fieldName.ReplaceAllString(cell, "")
	if strings.Count(cell, "@") == 1 && isAddress(cell) {
		return []string{cell}
	}
	var parts []string
	quoted, angled, from := false, false, 0
	add := func(to int) {
		if part := strings.TrimSpace(cell[from:to]); part != "" {
			parts = append(parts, part)
		}
		from = to + 1
	}
	for i, r := range cell {
		switch r {
		case '"':
			quoted = !quoted
		case '<':
			angled = !quoted
		case '>':
			angled = false
		case ',', ';', '\n':
			if !quoted && !angled {
				add(i)
			}
		}
	}
	if from < len(cell) {
		add(len(cell))
	}
	return parts
}
