package request

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/language"
)

// IsUser says whether who signed in is a user of Gonets: nobody and superusers are not.
func IsUser(auth *core.Record) bool {
	return auth != nil && auth.Collection().Name == "users"
}

// IsManager says whether who signed in is a user who may read everybody's data.
func IsManager(auth *core.Record) bool {
	return IsUser(auth) && auth.GetString("role") == "manager"
}

// PreferredLanguage is the one of ours that comes first in an Accept-Language header, English when
// none does.
func PreferredLanguage(header string) string {
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
