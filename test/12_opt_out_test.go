package e2e

import (
	"strconv"
	"testing"

	"gonets/internal/outbox"
)

// Who leaves by the link in an email is counted on the mailing's page, and the client's history says so.
func Test12OptOutsAreToldOnTheMailingAndTheClient(t *testing.T) {
	t.Parallel()
	v := phone.in("ru")
	w, owner, b := newBrowser(t, v, outbox.Options{})
	list := owner.post("/api/collections/lists/records", object{"name": "Guests"}).want(200).id()
	ids := map[string]string{}
	for i := range 4 {
		ids[numbered(i)] = owner.post("/api/collections/clients/records", object{"email": numbered(i), "full_name": "Client " + strconv.Itoa(i)}).want(200).id()
		owner.post("/api/collections/subscriptions/records", object{"list": list, "client": ids[numbered(i)], "status": "confirmed"}).want(200)
	}
	id := owner.after(owner.mailing(owner.message(nil), object{"audience": "lists", "lists": []string{list}}), "completed", "send", nil)
	for i := range 2 {
		w.unsubscribe(w.unsubscribePage(numbered(i), 1), oneClick).want(200)
	}
	w.unsubscribe(w.unsubscribePage(numbered(2), 1), "choice=list").want(200)

	b.goTo("/mailings/" + id)
	b.see(b.word("count.unsubscribed", nil) + "2") // the space between is drawn
	b.press(b.word("count.unsubscribed", nil))
	b.see(numbered(1))
	b.seeNoMore(numbered(3))
	b.look("mailing-unsubscribed", v)
	b.accessible("mailing-unsubscribed")

	b.goTo("/clients/" + ids[numbered(0)])
	b.see(b.word("client.optOut.unsubscribed", nil))
	b.look("client-opted-out", v)
	b.accessible("client-opted-out")
	b.press(b.word("suppression.mailing", nil))
	b.see(b.word("mailing.letter", nil))
	b.goTo("/clients/" + ids[numbered(2)])
	b.see(b.word("client.optOut.list", object{"list": "Guests"}))
	b.goTo("/clients/" + ids[numbered(3)])
	b.see("Client 3")
	b.settled()
	if n := ask[int](b, `document.querySelectorAll('main ul.lines[aria-label]').length`); n != 0 {
		t.Error("who has left nothing has opt-outs")
	}
}
