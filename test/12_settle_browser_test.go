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
	b.see(b.word("retry.title", object{"count": 2}))
	b.see(b.word("retry.uncertain", nil))
	b.submit(b.word("uncertain.retry", nil))
	b.see(b.word("uncertain.retry.done", object{"count": 2}))
	eventually(w.ctx, t, "the uncertain are uncertain again", func() bool {
		m := owner.read(id)
		return m.Status == "completed" && m.Uncertain == 2
	})
	b.see(b.word("uncertain.head", object{"count": 2}))
	b.press(b.word("uncertain.accept", nil))
	b.see(b.word("uncertain.accept.title", object{"count": 2}))
	b.submit(b.word("uncertain.accept", nil))
	b.see(b.word("uncertain.accept.done", object{"count": 2}))
	b.seeNoMore(b.word("uncertain.head", object{"count": 2}))

	b.press(b.word("do.more", nil))
	b.press(b.word("do.retryFailed", object{"count": 2}))
	b.see(b.word("retry.title", object{"count": 2}))
	if m := owner.read(id); m.Status != "completed" || m.Failed != 2 {
		t.Errorf("before the answer to the question the mailing is %+v", m)
	}
	b.submit(b.word("uncertain.retry", nil))
	eventually(w.ctx, t, "the failed are sent", func() bool { return owner.read(id).Sent == 6 })

	w.addClients(owner, 2, func(i int) string { return "new." + numbered(i) })
	b.reload()
	b.see(b.word("extend.joined", object{"count": 2}))
	b.press(b.word("extend.act", nil))
	b.see(b.word("extend.title", object{"count": 2}))
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

// Nothing in the menu of a mailing sends without a question that says to how many.
func Test12WhatWaitsForItsTimeIsSentNowOnlyAfterAQuestion(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone, outbox.Options{})
	w.addClients(owner, 3, numbered)
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": numbered(2), "reason": "manual"}).want(200)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "schedule", object{"starts_at": time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)}).want(200)
	b.goTo("/mailings/" + id)
	for _, answer := range []string{"do.cancel", "do.send"} {
		b.press(b.word("do.more", nil))
		if order := ask[string](b, `[...document.querySelectorAll('.menu:popover-open [role=menuitem]')].map(e => e.innerText.trim()).join()`); strings.Index(order, b.word("do.duplicate", nil)) > strings.Index(order, b.word("do.sendNow", nil)) {
			t.Errorf("sending comes before copying: %s", order)
		}
		b.press(b.word("do.sendNow", nil))
		b.see(b.word("send.title", object{"count": 2}))
		b.see(b.word("reach.suppressed", object{"count": 1}))
		if m := owner.read(id); m.Status != "scheduled" {
			t.Errorf("before the answer to the question the mailing is %s", m.Status)
		}
		b.submit(b.word(answer, nil))
	}
	b.see(b.word("done.send", nil))
	if m := owner.reaches(id, "completed"); m.Sent != 2 || m.Skipped != 1 {
		t.Errorf("the mailing is %+v", m)
	}
}

// What was stopped for a reason goes on only after the reason was read.
func Test12WhatWasStoppedGoesOnOnlyAfterAQuestion(t *testing.T) {
	t.Parallel()
	rules := func(_, rcpt string, try int) *outbox.Reply {
		if try == 1 {
			return &outbox.Reply{Code: 550, Enhanced: "5.7.1", Text: "Not from you"}
		}
		return nil
	}
	w, owner, b := newBrowser(t, desktop, outbox.Options{Rules: rules})
	w.addClients(owner, 400, numbered)
	id := owner.after(owner.mailing(owner.message(nil), nil), "paused", "send", nil)
	m := owner.read(id)
	left := m.Total - m.Sent - m.Failed - m.Uncertain - m.Skipped
	b.goTo("/mailings/" + id)
	b.press(b.word("do.resume", nil))
	b.see(b.word("resume.title", object{"count": left}))
	b.submit(b.word("do.cancel", nil))
	if m := owner.read(id); m.Status != "paused" {
		t.Errorf("before the answer to the question the mailing is %s", m.Status)
	}
}

// One recipient, or all who got one answer, are sent to once more; the others are left alone.
func Test12OneRecipientAndOneAnswerAreRetried(t *testing.T) {
	t.Parallel()
	rules := func(_, rcpt string, try int) *outbox.Reply {
		if try > 1 {
			return nil
		}
		switch {
		case strings.HasPrefix(rcpt, "full."):
			return &outbox.Reply{Code: 552, Enhanced: "5.2.2", Text: "Mailbox full"}
		case strings.HasPrefix(rcpt, "no."):
			return &outbox.Reply{Code: 550, Enhanced: "5.7.1", Text: "Not today"}
		}
		return nil
	}
	v := phone.in("ru")
	w, owner, b := newBrowser(t, v, outbox.Options{Rules: rules})
	kinds := []string{"", "full.", "no."}
	w.addClients(owner, 9, func(i int) string { return kinds[i%len(kinds)] + numbered(i) })
	id := owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	if m := owner.read(id); m.Failed != 6 || m.Sent != 3 {
		t.Fatalf("the mailing is %+v", m)
	}
	one := "no." + numbered(2)
	b.goTo("/mailings/" + id + "?state=failed")
	b.look("mailing-failed", v)
	b.accessible("mailing-failed")
	b.press(b.word("retry.one", object{"email": one}))
	b.see(b.word("retry.one.title", object{"email": one}))
	b.submit(b.word("uncertain.retry", nil))
	eventually(w.ctx, t, "one more is sent", func() bool { m := owner.read(id); return m.Status == "completed" && m.Sent == 4 && m.Failed == 5 })
	b.lookAs(desktop.in("ru"))
	b.settled()
	b.look("mailing-failed", desktop.in("ru"))
	b.see("5.2.2 Mailbox full")
	b.press(ask[string](b, `[...document.querySelectorAll('.answers li')].find(li => li.innerText.includes('Mailbox full')).querySelector('button').getAttribute('aria-label')`))
	b.see(b.word("retry.title", object{"count": 3}))
	b.submit(b.word("uncertain.retry", nil))
	eventually(w.ctx, t, "three more are sent", func() bool { m := owner.read(id); return m.Status == "completed" && m.Sent == 7 && m.Failed == 2 })
	w.balancedBooks(id)
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
