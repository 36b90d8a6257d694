package e2e

import (
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// newBrowser is a world of its own with an owner, signed in, who speaks the language of the viewport.
func newBrowser(t *testing.T, v viewport, options outbox.Options) (*world, *client, *browser) {
	t.Helper()
	w := newWorld(t, 3*time.Minute, options)
	owner := w.user("owner@gonets.example", "owner")
	owner.patch(users+"records/"+owner.id, object{"language": v.language, "name": "Anna Petrova"}).want(200)
	b := w.openBrowser(v)
	b.signIn(owner.email, password)
	return w, owner, b
}

func Test12AnOwnerSettlesInTheBrowserWhatWentWrong(t *testing.T) {
	t.Parallel()
	rules := func(_, rcpt string, try int) *outbox.Reply {
		switch {
		case strings.HasPrefix(rcpt, "full.") && try == 1:
			return &outbox.Reply{Code: 552, Enhanced: "5.2.2", Text: "Mailbox full"}
		case strings.HasPrefix(rcpt, "uncertain."):
			return &outbox.Reply{Stage: outbox.AtEnd}
		}
		return nil
	}
	w, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{Rules: rules})
	kinds := []string{"", "full.", "uncertain."}
	w.addClients(owner, 6, func(i int) string { return kinds[i%len(kinds)] + numbered(i) })
	id := owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	b.goTo("/mailings/" + id)
	b.see(b.word("uncertain.head", object{"count": 2}))

	// Both choices about the uncertain: the server hangs up on them again, so they are there to be taken as sent.
	b.press(b.word("uncertain.retry", nil))
	b.see(b.word("uncertain.retry.text", nil))
	b.submit(b.word("uncertain.retry", nil))
	b.see(b.word("uncertain.retry.done", object{"count": 2}))
	eventually(w.ctx, t, "the uncertain are uncertain again", func() bool {
		m := owner.read(id)
		return m.Status == "completed" && m.Uncertain == 2
	})
	b.see(b.word("uncertain.head", object{"count": 2}))
	b.press(b.word("uncertain.accept", nil))
	b.see(b.word("uncertain.accept.done", object{"count": 2}))
	b.seeNoMore(b.word("uncertain.head", object{"count": 2}))

	b.press(b.word("do.more", nil))
	b.press(b.word("do.retryFailed", object{"count": 2}))
	eventually(w.ctx, t, "the failed are sent", func() bool { return owner.read(id).Sent == 6 })

	w.addClients(owner, 2, func(i int) string { return "new." + numbered(i) })
	b.reload()
	b.see(b.word("extend.joined", object{"count": 2}))
	b.press(b.word("extend.act", nil))
	b.see(b.word("extend.ask", nil))
	b.submit(b.word("do.send", nil))
	b.see(b.word("extend.done", object{"count": 2}))
	eventually(w.ctx, t, "the new ones are sent", func() bool { return owner.read(id).Sent == 8 })

	b.press(b.word("do.duplicate", nil))
	b.see(b.word("step.message.title", nil))
	if copied := owner.newest("mailings", `status="created"`); copied == id {
		t.Error("there is no copy")
	}
}

func Test12AManagerBlocksInTheBrowserAndTheOwnerReadsWhy(t *testing.T) {
	t.Parallel()
	v := phone.inTheDark()
	w, owner, b := newBrowser(t, v, outbox.Options{})
	w.addClients(owner, 2, numbered)
	id := owner.mailing(owner.message(nil), nil)
	manager := w.user("manager@gonets.example", "manager")
	const why = "Three complaints in one day"

	b.forget()
	b.signIn(manager.email, password)
	b.goTo("/mailings/" + id)
	b.press(b.word("do.more", nil))
	b.press(b.word("do.block", nil))
	b.submit(b.word("do.block", nil))
	b.see(b.word("field.required", nil)) // not without a reason
	b.fill(b.word("block.reason", nil), why)
	b.submit(b.word("do.block", nil))
	b.see(b.word("done.block", nil))

	b.forget()
	b.signIn(owner.email, password)
	b.goTo("/mailings/" + id)
	b.see(b.word("mailing.blocked", nil))
	b.see(why)
	owner.verb(id, "send", nil).want(403)
}
