package database

import (
	"unicode"
	"unicode/utf8"
)

// reference is how LIKE was matched before: character by character, and again from the next one after a "%".
// It is slow and plainly right, so the answers are compared with it.
func reference(source, escape, text string) bool {
	const many rune = -2
	var steps []rune
	escaping, size := utf8.DecodeRuneInString(escape)
	escaped := false
	for _, r := range source {
		switch {
		case escaped:
			steps, escaped = append(steps, referenceFold(r)), false
		case size > 0 && r == escaping:
			escaped = true
		case r == '_':
			steps = append(steps, anyOne)
		case r != '%':
			steps = append(steps, referenceFold(r))
		case len(steps) == 0 || steps[len(steps)-1] != many:
			steps = append(steps, many)
		}
	}
	if escaped {
		return false
	}
	step, at := 0, 0
	back, from := -1, 0 // the step after the last "%", and where the text went on there
	for at < len(text) {
		if step < len(steps) && steps[step] == many {
			step++
			back, from = step, at
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case step < len(steps) && (steps[step] == anyOne || steps[step] == referenceFold(r)):
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
	for step < len(steps) && steps[step] == many {
		step++
	}
	return step == len(steps)
}

func referenceFold(r rune) rune {
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
	return unicode.ToLower(unicode.ToUpper(r))
}
