package plaintext

import "unicode"

// IsRightToLeft reports whether most letters of the text in a document are of scripts that are written from right to left.
func IsRightToLeft(document string) bool {
	right, left := 0, 0
	for _, r := range FromHTML(document) {
		switch {
		case !unicode.IsLetter(r):
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam):
			right++
		default:
			left++
		}
	}
	return right > left
}
