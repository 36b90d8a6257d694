package database

import (
	"unicode"
	"unicode/utf8"
)

// foldedRunes are the runes of the alphabets with small and capital letters, folded. The tables of the package
// unicode take twenty times as long.
var foldedRunes = func() (folded [0x2000]uint16) {
	for r := range folded {
		folded[r] = uint16(foldRune(rune(r)))
	}
	return folded
}()

// fold is what all spellings of a letter have in common.
func fold(r rune) rune {
	if uint32(r) < uint32(len(foldedRunes)) {
		return rune(foldedRunes[r])
	}
	return foldRune(r)
}

func foldRune(r rune) rune {
	if r == 'ё' || r == 'Ё' {
		return 'е'
	}
	return unicode.ToLower(unicode.ToUpper(r)) // both ways, for ς and σ have one capital letter
}

// AppendFolded appends a text as LIKE compares it: two texts are alike to it if, and only if, these are equal. Bytes that
// are not UTF-8 become the replacement character.
func AppendFolded(to []byte, text string) []byte {
	for _, r := range text {
		to = utf8.AppendRune(to, fold(r))
	}
	return to
}
