package request

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/language"
)

// IsUser reports whether auth is a user of Gonets: guests and superusers are not.
func IsUser(auth *core.Record) bool {
	return auth != nil && auth.Collection().Name == "users"
}

// IsManager reports whether auth is a user who may read everybody's data.
func IsManager(auth *core.Record) bool {
	return IsUser(auth) && auth.GetString("role") == "manager"
}

// PreferredLanguage is the first language of Gonets in an Accept-Language header; English when there is none.
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
