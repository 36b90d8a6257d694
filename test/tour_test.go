package e2e

import (
	"fmt"
	"net/url"
	"strings"
)

// stop is something to look at: what its picture is called, where it is, and what is done there first.
type stop struct {
	name, path string
	open       func(b *browser) // opens a dialog or a menu; nil where the page itself is looked at
	often      bool             // people are here most of the time
}

// guestTour is every page that one sees without signing in.
var guestTour = []stop{
	{name: "landing", path: "/", often: true},
	{name: "sign-in", path: "/sign-in", often: true},
	{name: "register", path: "/register"},
	{name: "forgot", path: "/forgot"},
	{name: "verify-expired", path: "/verify/none"},
	{name: "reset", path: "/reset/none"},
	{name: "confirm-email", path: "/confirm-email/none"},
	{name: "setup-used", path: "/setup/none"},
	{name: "missing", path: "/nowhere"},
	{name: "kit", path: "/kit"},
}

// tour is every page of an owner, with something on it.
func (c *client) tour() []stop {
	c.t.Helper()
	var caught struct{ Items []struct{ ID string } }
	created := c.mailing(c.newest("messages", ""), object{"name": "Not sent yet"})
	who := c.post("/api/collections/clients/records", object{"email": "you@example.org", "full_name": "You"}).want(200).id()
	c.after(c.mailing(c.newest("messages", ""), object{"audience": "picked", "recipients": []string{who}}), "completed", "send", nil)
	c.get("/api/gonets/outbox").want(200).into(&caught)
	c.post("/api/gonets/tokens", object{"name": "Order form", "scopes": []string{"write", "send"}}).want(201)
	webhook := c.post("/api/collections/webhooks/records", object{
		"url": "https://ann:secret@hooks.invalid/gonets?token=secret", "events": []string{"mailing.completed", "recipient.bounced", "client.unsubscribed"},
	}).want(200).id()
	c.post("/api/gonets/webhooks/"+webhook+"/test", nil).want(200)
	form := "/forms/" + c.post("/api/collections/forms/records", object{
		"name": "Site", "title": "News of the shop", "text": "Once a week, **no more**.", "active": true, "consent_text": "I agree to get emails.",
		"fields": []object{{"name": "full_name", "type": "text"}, {"name": "city", "label": "Your city", "type": "choice", "choices": []string{"Tver", "York"}}},
	}).want(200).id()
	call := c.post("/api/gonets/transactional", object{
		"to": []object{{"email": "ivan@example.com", "full_name": "Ivan"}, {"email": "maria@example.com"}}, "subject": "Order 17", "text": "Thank you",
	}).want(202).id()
	message := "/messages/" + c.newest("messages", "")
	completed := "/mailings/" + c.newest("mailings", `status="completed" && failed>0`)
	return []stop{
		{name: "home", path: "/", often: true},
		{name: "user-menu", path: "/", open: (*browser).openUserMenu},
		{name: "mailings", path: "/mailings", often: true},
		{name: "mailings-none", path: "/mailings?search=nothing+is+called+so"},
		{name: "mailing-completed", path: completed, often: true},
		{name: "mailing-menu", path: completed, open: func(b *browser) { b.press(b.word("do.more", nil)) }},
		{name: "mailing-letter", path: completed, open: func(b *browser) { b.press(b.word("mailing.letter", nil)) }},
		{name: "mailing-created", path: "/mailings/" + created},
		{name: "mailing-delete", path: "/mailings/" + created, open: (*browser).askToDelete},
		{name: "wizard-new", path: "/mailings/new"},
		{name: "wizard-message", path: "/mailings/" + created + "/edit"},
		{name: "wizard-audience", path: "/mailings/" + created + "/edit?step=audience", often: true},
		{name: "wizard-when", path: "/mailings/" + created + "/edit?step=when"},
		{name: "wizard-check", path: "/mailings/" + created + "/edit?step=check", often: true},
		{name: "messages", path: "/messages"},
		{name: "message-new", path: "/messages/new"},
		{name: "message-edit", path: message, often: true},
		{name: "message-variables", path: message, open: func(b *browser) { b.press(b.word("variables.into", object{"field": b.word("message.subject", nil)})) }},
		{name: "message-test", path: message, open: func(b *browser) { b.press(b.word("test.title", nil)) }},
		{name: "message-delete", path: message, open: (*browser).askToDelete},
		{name: "clients", path: "/clients", often: true},
		{name: "client-new", path: "/clients", open: func(b *browser) { b.goTo("/clients?new=1") }},
		{name: "clients-chosen", path: "/clients", open: func(b *browser) { b.choose(b.word("table.choose", nil)) }},
		{name: "client", path: "/clients/" + c.newest("clients", `status="bounced"`)},
		{name: "import", path: "/clients/import"},
		{name: "imports", path: "/clients/imports"},
		{name: "lists", path: "/lists"},
		{name: "list-new", path: "/lists", open: func(b *browser) { b.press(b.word("list.new", nil)) }},
		{name: "filters", path: "/filters"},
		{name: "filter-new", path: "/filters", open: func(b *browser) { b.press(b.word("filter.new", nil)) }},
		{name: "forms", path: "/forms"},
		{name: "form-new", path: "/forms/new"},
		{name: "form", path: form},
		{name: "suppressions", path: "/suppressions"},
		{name: "attempts", path: "/attempts"},
		{name: "bounces", path: "/bounces"},
		{name: "transactional", path: "/transactional"},
		{name: "transactional-email", path: "/transactional/" + call},
		{name: "statistics", path: "/statistics", often: true},
		{name: "profile", path: "/profile"},
		{name: "token-new", path: "/profile", open: func(b *browser) { b.press(b.word("tokens.new", nil)) }},
		{name: "webhooks", path: "/webhooks"},
		{name: "webhook-new", path: "/webhooks", open: func(b *browser) { b.press(b.word("webhooks.new", nil)) }},
		{name: "webhook", path: "/webhooks/" + webhook},
		{name: "webhook-event", path: "/webhooks/" + webhook, open: func(b *browser) { b.press(b.word("event.webhook.test", nil)) }},
		{name: "sign-out-everywhere", path: "/profile", open: func(b *browser) { b.press(b.word("sessions.act", nil)) }},
		{name: "outbox", path: "/outbox"},
		{name: "outbox-mail", path: "/outbox/" + caught.Items[0].ID},
	}
}

// managerTour is what a manager sees otherwise than an owner does.
func (c *client) managerTour() []stop {
	c.t.Helper()
	completed := "/mailings/" + c.newestOfAll("mailings", `status="completed" && failed>0`)
	return []stop{
		{name: "manager-home", path: "/"},
		{name: "manager-users", path: "/users"},
		{name: "manager-transactional-quota", path: "/users", open: func(b *browser) {
			b.press(b.word("user.acts", object{"name": "Анна Котова"}))
			b.press(b.word("user.transactional.act", nil))
		}},
		{name: "manager-mailings", path: "/mailings"},
		{name: "manager-clients", path: "/clients"},
		{name: "manager-mailing", path: completed},
		{name: "manager-block", path: completed, open: func(b *browser) {
			b.press(b.word("do.more", nil))
			b.press(b.word("do.block", nil))
		}},
		{name: "manager-message", path: "/messages/" + c.newestOfAll("messages", "")},
		{name: "manager-statistics", path: "/statistics"},
	}
}

// openUserMenu presses what opens the menu of the user: on a wide screen a button with the user's own name.
func (b *browser) openUserMenu() {
	b.t.Helper()
	opener := ask[string](b, fmt.Sprintf(`[...document.querySelectorAll('[popovertarget]')].find(e =>
		e.checkVisibility() && document.getElementById(e.getAttribute('popovertarget')).getAttribute('aria-label') === %q)?.innerText ?? ''`, b.word("me.menu", nil)))
	b.press(strings.Join(strings.Fields(opener), " "))
}

// askToDelete gets as far as the question.
func (b *browser) askToDelete() {
	b.t.Helper()
	b.press(b.word("do.more", nil))
	b.press(b.word("do.delete", nil))
}

// newest is the id of one's newest record that a filter finds.
func (c *client) newest(collection, filter string) string {
	c.t.Helper()
	own := `owner="` + c.id + `"`
	if filter != "" {
		own += " && " + filter
	}
	return c.newestOfAll(collection, own)
}

// newestOfAll is the id of the newest record that one may see and a filter finds.
func (c *client) newestOfAll(collection, filter string) string {
	c.t.Helper()
	var page struct{ Items []struct{ ID string } }
	c.get("/api/collections/" + collection + "/records?sort=-created&perPage=1&filter=" + url.QueryEscape(filter)).want(200).into(&page)
	if len(page.Items) == 0 {
		c.t.Fatalf("there is nothing among %s with %s", collection, filter)
	}
	return page.Items[0].ID
}
