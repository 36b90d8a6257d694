// Package excerpt shortens texts for people and for columns of a bounded length.
package excerpt

import "strings"

// Of returns s with at most so many characters (Unicode code points), as columns of text count them. What is
// left out is shown by "…", which is one of them. Bytes that are no UTF-8 are left out too.
func Of(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= most {
		return s
	}
	end, n := 0, 0 // where the last character that leaves room for "…" ends
	for i := range s {
		if n++; n == most {
			end = i
		}
		if n > most {
			return s[:end] + "…"
		}
	}
	return s
}

// FirstLine is Of for the first line of s, without the spaces around s.
func FirstLine(s string, most int) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return Of(line, most)
}
