package e2e

import (
	"strings"
	"testing"

	"gonets/internal/outbox"
)

// The wizard offers the senders that the owner may use, and says what to do while there is none.
func Test12TheWizardOffersTheSendersThatAreOpenToOne(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	w.addClients(owner, 1, numbered)
	owner.message(nil)
	w.root.patch("/api/collections/instance/records/"+w.root.newestOfAll("instance", ""), object{"default_sender_open": false}).want(200)
	b.goTo("/mailings/new")
	b.see(b.word("mailing.sender.none", nil))
	b.screenshot("sender-none")

	port := w.outbox.Port()
	sender := func(name string, users ...string) string {
		return w.root.post("/api/collections/senders/records", object{
			"name": name, "from_email": "shop@gonets.example", "host": "127.0.0.1", "port": port, "tls": "none", "access": "chosen", "users": append([]string{}, users...),
		}).want(200).id()
	}
	sender("Somebody's")
	hers := sender("Shop", owner.id)
	b.reload()
	b.see("Shop <shop@gonets.example>")
	if got := ask[string](b, `document.querySelector('select[name=sender]').value`); got != hers {
		t.Errorf("the only sender is not chosen: %q", got)
	}
	if options := b.text("select[name=sender]"); strings.Contains(options, "Somebody's") || !strings.Contains(options, "Shop <shop@gonets.example>") {
		t.Errorf("the senders offered are %q", options)
	}
	b.choose("Spring news")
	b.fill(b.word("mailing.name", nil), "Weekly")
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	id := owner.newest("mailings", `sender="`+hers+`"`)

	// It can be tried out without a mailing.
	b.goTo("/profile")
	b.press(b.word("profile.sender.test", object{"name": "Shop"}))
	b.see(b.word("test.text", nil))
	b.submit(b.word("test.act", nil))
	b.see(b.word("test.success", nil))
	b.look("sender-tried", desktop.in("ru"))
	b.accessible("sender-tried")
	if mail := w.mails(owner.email, 1); mail.Subject != b.word("profile.sender.subject", object{"name": "Shop"}) || !strings.Contains(mail.From, "shop@gonets.example") {
		t.Errorf("the test is %q from %s", mail.Subject, mail.From)
	}

	// The superuser takes it away.
	w.root.patch("/api/collections/senders/records/"+hers, object{"users": []string{}}).want(200)
	if refused := owner.verb(id, "send", nil).want(403); !strings.Contains(string(refused.body), "sender_not_allowed") {
		t.Errorf("a send is refused with %s", refused.body)
	}
	b.goTo("/mailings/" + id + "/edit?step=message")
	b.reload() // what was read a moment ago counts as fresh
	b.see(b.word("mailing.sender.lost", nil))
	b.see(b.word("mailing.sender.lost.text", nil))
	b.screenshot("sender-lost")
	b.expect("/mailings/" + id + "/preview") // 403: what the sender is called is not for the owner to see
	b.goTo("/mailings/" + id + "/edit?step=check")
	b.see(b.word("check.mail_server.sender_not_allowed", nil))
	b.screenshot("sender-check")
}
