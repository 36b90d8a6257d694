package e2e

import (
	"strings"
	"testing"
	"time"
)

// The longest that may be written, with no place to break a line at, makes no page wider than a phone.
func Test12LongWordsFitOnAPhone(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 4*time.Minute)
	accounts := w.printed()
	owner := w.enter(accounts["owner"])
	word := func(n int) string { return strings.Repeat("Долгоеслово", n)[:2*n] } // n letters of two bytes each
	address := strings.Repeat("a", 60) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 2) + strings.Repeat("c", 10) + ".example"
	owner.patch(users+"records/"+owner.id, object{"name": word(100), "language": "ru"}).want(200)
	client := owner.post("/api/collections/clients/records", object{
		"email": address, "full_name": word(200), "comment": word(500), "attributes": object{strings.Repeat("x", 60): word(300)},
	}).want(200).id()
	list := owner.post("/api/collections/lists/records", object{"name": word(100), "description": word(200)}).want(200).id()
	owner.post("/api/collections/subscriptions/records", object{"list": list, "client": client, "status": "confirmed"}).want(200)
	owner.post("/api/collections/filters/records", object{"name": word(100), "filter": `email = "` + address + `"`}).want(200)
	message := owner.message(object{"name": word(200), "subject": word(250), "body": "<p>" + word(300) + "</p>"})
	created := owner.mailing(message, object{"name": word(200), "audience": "lists", "lists": []string{list}, "from_name": word(100)})
	completed := owner.after(owner.mailing(message, object{"name": word(200), "audience": "picked", "recipients": []string{client}}), "completed", "send", nil)
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": address, "note": word(200)}).want(200)

	b := w.openBrowser(phone.in("ru"))
	b.signIn(owner.email, accounts["owner"].password)
	for _, path := range []string{
		"/", "/mailings", "/mailings/" + created, "/mailings/" + created + "/edit", "/mailings/" + created + "/edit?step=audience",
		"/mailings/" + created + "/edit?step=check", "/mailings/" + completed, "/messages", "/messages/" + message, "/clients",
		"/clients/" + client, "/clients?new=1", "/lists", "/filters", "/suppressions", "/attempts", "/statistics", "/profile", "/outbox",
	} {
		b.goTo(path)
		b.fits()
	}
	b.forget()
	b.signIn(accounts["manager"].email, accounts["manager"].password)
	for _, path := range []string{"/", "/users", "/mailings", "/mailings/" + completed, "/clients", "/messages"} {
		b.goTo(path)
		b.fits()
	}
}
