package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/language"
)

// isUser says whether who signed in is a user of Gonets: nobody and superusers are not.
func isUser(auth *core.Record) bool {
	return auth != nil && auth.Collection().Name == "users"
}

// isManager says whether who signed in is a user who may read everybody's data.
func isManager(auth *core.Record) bool {
	return isUser(auth) && auth.GetString("role") == "manager"
}

// preferredLanguage is the one of ours that comes first in an Accept-Language header, English when
// none does.
func preferredLanguage(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header) // sorted by weight
	if err != nil {
		return "en"
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if s := strings.ToLower(base.String()); s == "ru" || s == "en" {
			return s
		}
	}
	return "en"
}
