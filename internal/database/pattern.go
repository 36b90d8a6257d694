package database

import (
	"errors"
	"unicode/utf8"
)

// pattern is a compiled pattern of LIKE: what stands between its "%", in order. It is matched in time
// proportional to the length of the text, times one for each 64 characters where a "_" is among them.
type pattern struct {
	source, escape string
	first, last    []rune   // what the text begins and ends with; the whole of it when there is no "%"
	middle         []finder // what has to come between the two, one after the other
	whole          bool     // there is no "%"
	never          bool     // it ends in the escape character, which then escapes nothing
}

// anyOne is "_" among the characters of a pattern: any one character. No character is negative.
const anyOne rune = -1

// compile reads a pattern. A character after escape ("" for none) stands for itself.
func compile(source, escape string) (*pattern, error) {
	if len(source) > sqliteMaxPattern {
		return nil, errors.New("LIKE or GLOB pattern too complex") // SQLite's words
	}
	escaping, size := utf8.DecodeRuneInString(escape)
	if size != len(escape) {
		return nil, errors.New("ESCAPE expression must be a single character")
	}
	p := &pattern{source: source, escape: escape}
	parts, part := [][]rune{}, []rune{}
	escaped := false
	for _, r := range source {
		switch {
		case escaped:
			part = append(part, fold(r))
			escaped = false
		case size > 0 && r == escaping:
			escaped = true
		case r == '_':
			part = append(part, anyOne)
		case r == '%':
			parts, part = append(parts, part), []rune{}
		default:
			part = append(part, fold(r))
		}
	}
	p.never = escaped
	p.whole, p.first, p.last = len(parts) == 0, part, part
	if !p.whole {
		p.first = parts[0]
		for _, part := range parts[1:] {
			if len(part) > 0 {
				p.middle = append(p.middle, newFinder(part))
			}
		}
	}
	return p, nil
}

// matches reports whether the whole text is as the pattern has it. What stands between two "%" is taken where
// it is found first: whatever fits behind a later place fits behind the first one too.
func (p *pattern) matches(text string) bool {
	if p.never {
		return false
	}
	at := begins(text, p.first)
	if at < 0 || p.whole {
		return at == len(text)
	}
	for i := range p.middle {
		end := p.middle[i].find(text[at:])
		if end < 0 {
			return false
		}
		at += end
	}
	end := len(text)
	for range p.last {
		if end == at {
			return false
		}
		_, size := utf8.DecodeLastRuneInString(text[at:end])
		end -= size
	}
	return begins(text[end:], p.last) >= 0
}

// begins returns where the text goes on after the characters that it has to begin with, or -1.
func begins(text string, characters []rune) int {
	at := 0
	for _, want := range characters {
		if at == len(text) {
			return -1
		}
		r, size := next(text[at:])
		if want != anyOne && want != r {
			return -1
		}
		at += size
	}
	return at
}

// next is the first character of a text that is not empty, folded, and its length in bytes.
func next(text string) (rune, int) {
	if b := text[0]; b < utf8.RuneSelf {
		return rune(foldedRunes[b]), 1
	}
	r, size := utf8.DecodeRuneInString(text)
	return fold(r), size
}
