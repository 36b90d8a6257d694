package clientrow

import (
	"regexp"

	"golang.org/x/text/language"
)

// storedLanguage is the pattern of clients.language.
var storedLanguage = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// maxLanguage is the length of clients.language.
const maxLanguage = 20

// languageOf is a language as clients have it, from a tag (BCP 47) however it is written; "" if it is none.
func languageOf(cell string) string {
	tag, err := language.Parse(cell)
	if err != nil {
		return ""
	}
	if written := tag.String(); len(written) <= maxLanguage && storedLanguage.MatchString(written) && written != "und" {
		return written
	}
	return ""
}
