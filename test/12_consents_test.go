package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

// Test12TheClientsPageShowsTheConsents: how the client came onto a list and left it.
func Test12TheClientsPageShowsTheConsents(t *testing.T) {
	t.Parallel()
	v := phone.in("ru")
	_, owner, b := newBrowser(t, v, outbox.Options{})
	var list, client, subscription struct{ ID string }
	owner.post("/api/collections/lists/records", object{"name": "Рецепты"}).want(200).into(&list)
	owner.post("/api/collections/clients/records", object{"email": "ivan@example.com"}).want(200).into(&client)
	owner.post("/api/collections/subscriptions/records", object{"list": list.ID, "client": client.ID, "status": "confirmed"}).want(200).into(&subscription)
	owner.patch("/api/collections/subscriptions/records/"+subscription.ID, object{"status": "unsubscribed"}).want(200)
	b.goTo("/clients/" + client.ID)
	b.see(b.word("consents.title", nil))
	b.see(b.word("consent.added", nil))
	b.see(b.word("consent.withdrawn", nil))
	b.accessible("the consents of a client")
	b.look("client-consents", v)
}
