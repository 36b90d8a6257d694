package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// HasASCIILocalPart reports whether the part before the @ is in ASCII. Other addresses need SMTPUTF8 (RFC 6531).
func HasASCIILocalPart(email string) bool {
	for i := 0; i < len(email) && email[i] != '@'; i++ {
		if email[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Written returns an address with its domain as people write it: почта@пример.рф for почта@xn--e1afmkfd.xn--p1ai. One that mixes scripts
// stays as it is, for it may pretend to be another.
func Written(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	shown, err := idna.Display.ToUnicode(domain)
	if err != nil || MixesScripts("a@"+domain) {
		return email
	}
	return local + "@" + shown
}

// lookalikes are the scripts with letters that look like those of another one.
var lookalikes = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek}

// MixesScripts reports whether a word of a normalized address has letters of several scripts that look alike: somebody typed
// a letter on the wrong keyboard, or deceives.
func MixesScripts(email string) bool {
	if HasASCIILocalPart(email) && !strings.Contains(email, "xn--") {
		return false
	}
	local, domain, _ := strings.Cut(email, "@")
	if shown, err := idna.Display.ToUnicode(domain); err == nil {
		domain = shown
	}
	word := -1 // the script of the word so far
	for _, r := range local + "@" + domain {
		if !unicode.IsLetter(r) {
			word = -1
			continue
		}
		for i, script := range lookalikes {
			if !unicode.Is(script, r) {
				continue
			}
			if word >= 0 && word != i {
				return true
			}
			word = i
		}
	}
	return false
}
