package e2e

import (
	"testing"
	"time"
)

// Test12WhatComesBackIsSeen sends to people whose mail servers change their mind, and watches their e-mails come back where an
// owner looks: at the mailing, at a client, in the log, in the statistics, at home.
func Test12WhatComesBackIsSeen(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 4*time.Minute)
	owner := w.enter(w.printed()["owner"])
	owner.patch(users+"records/"+owner.id, object{"language": "en"}).want(200)
	var picked []string
	for _, email := range []string{"ann.former@example.org", "ben.quota@example.org", "filter.cy@example.org", "dora.angry@example.org", "eve@example.org"} {
		picked = append(picked, owner.post("/api/collections/clients/records", object{"email": email}).want(200).id())
	}
	var senders struct{ Items []struct{ ID string } }
	owner.get("/api/collections/senders/records").want(200).into(&senders)
	id := owner.mailing(owner.message(nil), object{"audience": "picked", "recipients": picked, "sender": senders.Items[0].ID})

	account := w.printed()["owner"]
	b := w.openBrowser(desktop)
	b.signIn(account.email, account.password)

	// The page is told of what comes back: nothing is reloaded.
	b.goTo("/mailings/" + id)
	b.see(b.word("mailing.prepared", nil))
	owner.verb(id, "send", nil).want(202)
	b.see(b.word("count.sent", nil) + " 5")
	b.see(b.word("count.bounced", nil) + " 3")
	b.see(b.word("count.complained", nil) + " 1")
	b.see(b.word("count.sent", nil) + " 2")
	b.press(b.word("count.bounced", nil))
	b.see("<ann.former@example.org>: User unknown; the account was closed")
	b.see(b.word("reason.soft", nil))
	b.see(b.word("reason.block", nil))
	b.press(b.word("count.complained", nil))
	b.see("dora.angry@example.org")
	b.see(b.word("reason.sent.complained", nil))
	b.seeNoMore("ben.quota@example.org")
	views := []viewport{desktop, phone, desktop.in("ru").inTheDark(), phone.in("ru").inTheDark()}
	client := owner.newest("clients", `email="dora.angry@example.org"`)
	look := func(views ...viewport) {
		for _, v := range views {
			for _, s := range []stop{
				{name: "bounces-mailing", path: "/mailings/" + id + "?state=bounced"},
				{name: "bounces-complained", path: "/mailings/" + id + "?state=complained"},
				{name: "bounces-client", path: "/clients/" + client},
				{name: "bounces-log", path: "/bounces"},
				{name: "bounces-statistics", path: "/statistics"},
				{name: "bounces-home", path: "/"},
			} {
				b.visit(s, v, (*browser).accessible)
			}
		}
	}
	look(views[:2]...)
	b.lookAs(desktop)

	// Those who got nothing are mailed once more; who does not exist is on the stop list by now.
	b.goTo("/mailings/" + id)
	b.press(b.word("do.more", nil))
	b.press(b.word("do.retryBounced", object{"count": 3}))
	b.see(b.word("retry.bounced", nil))
	b.submit(b.word("uncertain.retry", nil))
	b.see(b.word("done.retry", nil))
	eventually(w.ctx, t, "the e-mails have come back once more", func() bool {
		m := owner.read(id)
		return m.Status == "completed" && m.Bounced == 2 && m.Sent == 2 && m.Skipped == 1
	})
	b.see(b.word("count.skipped", nil) + " 1") // told to a page that was come to from another one that listens
	b.see(b.word("count.bounced", nil) + " 2")

	b.goTo("/clients/" + client)
	b.see(b.word("bounces.ofClient", nil))
	b.see(b.word("bounce.means.complaint", nil))
	b.see(b.word("client.stopped.complained", nil))

	b.goTo("/attempts")
	b.press(b.word("bounces.tab.bounces", nil))
	b.see("filter.cy@example.org")
	b.pick(b.word("bounce.kind", nil), b.word("bounce.kind.complaint", nil))
	b.seeNoMore("filter.cy@example.org")
	b.see("dora.angry@example.org")

	// The demo's month has more complaints than mail providers want. The same note is at home, and leads here.
	b.goTo("/")
	b.press(b.word("home.rates", nil))
	b.see(b.word("statistics.class", nil))
	b.see(b.word("rate.complained", object{"share": ""})[:len("Spam complaints")])
	b.press(b.word("bounce.kind.block", nil))
	b.see("filter.cy@example.org")
	b.seeNoMore("dora.angry@example.org")

	owner.patch(users+"records/"+owner.id, object{"language": "ru"}).want(200)
	b.reload()
	look(views[2:]...)
}
