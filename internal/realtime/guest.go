package realtime

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// signInTopic is the one that a sign-in by another service (OAuth2) answers on, to somebody who is a guest yet.
const signInTopic = "@oauth2"

// GuestMay says whether somebody who is not signed in may subscribe to a topic: to a collection or a record whose
// rule asks for no user. Whatever a rule would then refuse, record by record, costs work at each save.
func GuestMay(app core.App, topic string) bool {
	name, _, _ := strings.Cut(topic, "?") // the options
	if name == signInTopic || name == "" {
		return true
	}
	name, record, _ := strings.Cut(name, "/")
	collection, err := app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return false
	}
	rule := collection.ViewRule
	if record == "" || record == "*" {
		rule = collection.ListRule
	}
	return rule != nil && !strings.Contains(*rule, "@request.auth")
}
