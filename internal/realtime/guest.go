package realtime

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// signInTopic is the topic of the answer to a sign-in by another service (OAuth2), while the user is still a guest.
const signInTopic = "@oauth2"

// GuestMay reports whether somebody who is not signed in may subscribe to a topic: to a collection or a record whose
// rule needs no user. Other subscriptions would cost a check at each save, and never get a message.
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
