package like

import (
	"errors"
	"unicode"
	"unicode/utf8"
)

// What a step of a pattern stands for when it is not a letter. No letter is negative.
const (
	any1 rune = -1 // "_": any one character
	many rune = -2 // "%": any characters, or none
)

// pattern is a compiled pattern of LIKE.
type pattern struct {
	source, escape string
	steps          []rune // folded letters, any1 and many
	never          bool   // it ends in the escape character, which then escapes nothing
}

// compile reads a pattern. A character after escape ("" for none) stands for itself.
func compile(source, escape string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, errors.New("LIKE or GLOB pattern too complex") // SQLite's words
	}
	p := &pattern{source: source, escape: escape}
	escaping, size := utf8.DecodeRuneInString(escape)
	if size != len(escape) {
		return nil, errors.New("ESCAPE expression must be a single character")
	}
	escaped := false
	for _, r := range source {
		switch {
		case escaped:
			p.steps = append(p.steps, fold(r))
			escaped = false
		case size > 0 && r == escaping:
			escaped = true
		case r == '_':
			p.steps = append(p.steps, any1)
		case r != '%':
			p.steps = append(p.steps, fold(r))
		case len(p.steps) == 0 || p.steps[len(p.steps)-1] != many:
			p.steps = append(p.steps, many)
		}
	}
	p.never = escaped
	return p, nil
}

// matches says whether the whole text is as the pattern has it. After a "%" it takes as little as goes
// and, when the rest does not fit, one character more; only the last "%" needs to be looked at again.
func (p *pattern) matches(text string) bool {
	if p.never {
		return false
	}
	step, at := 0, 0
	back, from := -1, 0 // the step after the last "%", and where the text went on there
	for at < len(text) {
		if step < len(p.steps) && p.steps[step] == many {
			step++
			back, from = step, at
			continue
		}
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		switch {
		case step < len(p.steps) && (p.steps[step] == any1 || p.steps[step] == fold(r)):
			step++
			at += size
		case back >= 0:
			_, skipped := utf8.DecodeRuneInString(text[from:])
			from += skipped
			step, at = back, from
		default:
			return false
		}
	}
	for step < len(p.steps) && p.steps[step] == many {
		step++
	}
	return step == len(p.steps)
}

// fold is what all spellings of a letter have in common.
func fold(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	case r == 'ё' || r == 'Ё':
		return 'е'
	case 'а' <= r && r <= 'я':
		return r
	case 'А' <= r && r <= 'Я':
		return r + ('а' - 'А')
	}
	return unicode.ToLower(unicode.ToUpper(r)) // both ways, for ς and σ have one capital letter
}
