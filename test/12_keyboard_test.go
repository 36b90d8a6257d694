package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"gonets/internal/outbox"
)

// From the registration to the first mail without a mouse: Tab leads to everything, Enter does it, one always sees where
// one is.
func Test12ANewcomerSendsAMailingByKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	const email = "newcomer@gonets.example"
	b := w.openBrowser(desktop)
	b.open("/#/register")
	b.settled()
	b.tabTo(aField, b.word("auth.name", nil))
	b.key("Newcomer")
	b.tabTo(aField, b.word("auth.email", nil))
	b.key(email)
	b.tabTo(aField, b.word("auth.password", nil))
	b.key(password + kb.Enter)
	b.see(b.word("verify.look", nil))
	b.open("/#/verify/" + w.token(w.mails(email, 1), "verify"))
	b.see(b.word("verify.done", nil))
	b.tabTo(aButton, b.word("auth.signIn", nil))
	b.key(kb.Enter)
	b.settled()
	b.tabTo(aField, b.word("auth.email", nil))
	b.key(email)
	b.tabTo(aField, b.word("auth.password", nil))
	b.key(password + kb.Enter)
	b.see(b.word("first.title", nil))
	b.settled()

	// A client, in a dialog: it keeps the focus within, and gives it back.
	b.goTo("/clients")
	b.tabTo(aButton, b.word("client.new", nil))
	b.key(kb.Enter)
	b.see(b.word("client.comment", nil))
	for range 30 {
		b.key(kb.Tab)
		if !ask[bool](b, `document.querySelector('dialog[open]').contains(document.activeElement) || document.activeElement === document.body`) {
			t.Fatalf("Tab leaves the dialog for %q", ask[focused](b, focusedNow).Name)
		}
	}
	b.key(kb.Escape)
	b.seeNoMore(b.word("client.comment", nil))
	if f := ask[focused](b, focusedNow); f.Name != b.word("client.new", nil) {
		t.Errorf("after the dialog %q has the focus", f.Name)
	}
	b.key(kb.Enter)
	b.see(b.word("client.comment", nil))
	b.tabTo(aField, b.word("client.email", nil))
	b.key("guest@example.org" + kb.Enter)
	b.see("guest@example.org")

	// A message, then the wizard.
	b.goTo("/messages/new?then=mailing")
	b.tabTo(aField, b.word("message.subject", nil))
	b.key("Hello")
	b.tabTo(aField, b.word("message.body", nil))
	b.key("Good news")
	// A preview that is drawn anew takes the focus away from who is in it.
	b.do("see the preview", waits(`() => document.querySelector('iframe[srcdoc]')?.srcdoc.includes('Good news')`))
	b.submitByKey(b.word("message.saveAndMail", nil))
	b.see(b.word("step.message.title", nil))
	b.settled()
	b.submitByKey(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	b.submitByKey(b.word("do.next", nil))
	b.see(b.word("step.when.title", nil))
	b.submitByKey(b.word("do.next", nil))
	b.see(b.word("check.title", nil))
	b.settled()
	b.submitByKey(b.word("do.send", nil))
	b.see(b.word("send.text", nil))
	b.submitByKey(b.word("do.send", nil))
	b.see(b.word("status.completed", nil))
	if mail := w.mails("guest@example.org", 1); mail.Subject != "Hello" {
		t.Errorf("the mail is %q", mail.Subject)
	}
}

// submitByKey goes to a button and presses it.
func (b *browser) submitByKey(name string) {
	b.t.Helper()
	b.tabTo(aButton, name)
	b.key(kb.Enter)
}
