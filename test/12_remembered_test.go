package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

// A new mailing begins with who the last one came from, unless that sender may not be used any more.
func Test12TheLastSenderIsRemembered(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{})
	w.addClients(owner, 1, numbered)
	message := owner.message(nil)
	owner.message(object{"name": "Another"}) // the only one would be chosen at once, and kept as a draft
	sender := func(name string) string {
		return w.root.post("/api/collections/senders/records", object{
			"name": name, "from_email": "shop@gonets.example", "host": "127.0.0.1", "port": w.outbox.Port(), "tls": "none", "access": "everyone",
		}).want(200).id()
	}
	sender("A shop")
	second := sender("B shop")
	owner.mailing(message, object{"sender": second, "from_name": "Anna of B", "reply_to": "b@example.org"})

	b.goTo("/mailings/new")
	b.see(b.word("step.from.title", nil))
	b.settled()
	chosen := func() string { return ask[string](b, `document.querySelector('select[name=sender]')?.value ?? ''`) }
	if got := chosen(); got != second || b.value(b.word("mailing.fromName", nil)) != "Anna of B" || b.value(b.word("mailing.replyTo", nil)) != "b@example.org" {
		t.Errorf("a new mailing begins with the sender %q", got)
	}
	w.root.patch("/api/collections/senders/records/"+second, object{"access": "chosen", "users": []string{}}).want(200)
	b.goTo("/mailings")
	b.reload()
	b.goTo("/mailings/new")
	b.see(b.word("step.from.title", nil))
	b.settled()
	if got := chosen(); got != "" || b.value(b.word("mailing.fromName", nil)) != "" {
		t.Errorf("a sender that may not be used is chosen: %q", got)
	}
}

// A manager sees on every page how many wait for approval, and one who registers shows up by itself.
func Test12AManagerSeesWhoAwaitsApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	manager := w.user("manager@gonets.example", "manager")
	await := func(email string) {
		id := w.user(email, "owner").id
		w.root.patch(users+"records/"+id, object{"awaiting_approval": true}).want(200)
	}
	await("first@gonets.example")
	b := w.openBrowser(desktop)
	b.signIn(manager.email, password)
	badge := `nav .count[title="` + b.word("nav.awaiting", object{"count": 1}) + `"]`
	eventually(b.ctx, t, "one waits", func() bool { return b.text(badge) == "1" })
	await("second@gonets.example")
	badge = `nav .count[title="` + b.word("nav.awaiting", object{"count": 2}) + `"]`
	eventually(b.ctx, t, "two wait", func() bool { return b.text(badge) == "2" })
	b.look("manager-awaiting", desktop)
	b.lookAs(phone.inTheDark())
	b.look("manager-awaiting", phone.inTheDark())
	b.accessible("manager-awaiting")
	b.lookAs(desktop)

	b.press(b.word("nav.users", nil))
	b.see("first@gonets.example")
	b.press(b.word("user.approve", nil))
	badge = `nav .count[title="` + b.word("nav.awaiting", object{"count": 1}) + `"]`
	eventually(b.ctx, t, "one is approved", func() bool { return b.text(badge) == "1" })

	// Owners have no such thing.
	owner := w.user("owner@gonets.example", "owner")
	b.forget()
	b.signIn(owner.email, password)
	b.settled()
	if n := ask[int](b, `document.querySelectorAll('nav a[href^="#/users"]').length`); n != 0 {
		t.Error("an owner sees the users")
	}
}
