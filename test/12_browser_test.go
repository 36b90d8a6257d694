package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test12ANewcomerSendsAMailingFromTheBrowser(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop, phone.in("ru").inTheDark()} {
		t.Run(v.name(), func(t *testing.T) {
			w := newWorld(t, 3*time.Minute, outbox.Options{Latency: 100 * time.Millisecond})
			owner := w.user("owner@gonets.example", "owner")
			owner.patch(users+"records/"+owner.id, object{"language": v.language, "name": "Anna Petrova"}).want(200)
			const total = 300
			w.addClients(owner, total, numbered)
			b := w.openBrowser(v)
			b.expect("/api/gonets/messages/preview") // on a busy machine typing pauses within a tag of the template

			b.signIn(owner.email, password)
			b.press(b.word("mailing.new", nil))
			b.settled()
			b.press(b.word("message.new", nil))
			b.settled()
			b.fill(b.word("message.name", nil), "Spring news")
			b.fill(b.word("message.subject", nil), "News for {{ client.full_name }}")
			b.fill(b.word("message.body", nil), "Hello {{ client.full_name }}, spring is here.")
			b.look("message", v)
			b.submit(b.word("message.saveAndMail", nil))

			b.see(b.word("step.message.title", nil))
			b.settled()
			b.fill(b.word("mailing.name", nil), "Spring")
			b.look("wizard-message", v)
			b.submit(b.word("do.next", nil))
			b.see(b.word("step.audience.title", nil))
			b.choose(b.word("audience.everyone", nil))
			b.see(b.word("reach.people", object{"count": total}))
			b.look("wizard-audience", v)
			b.submit(b.word("do.next", nil))
			b.see(b.word("step.when.title", nil))
			b.look("wizard-when", v)
			b.submit(b.word("do.next", nil))
			b.see(b.word("check.title", nil))
			b.settled()
			b.look("wizard-check", v)
			b.submit(b.word("do.send", nil))
			b.see(b.word("send.title", object{"count": total}))
			b.submit(b.word("do.send", nil))

			b.see(b.word("progress.of", object{"total": total}))
			b.runsToItsEnd()
			b.see(b.word("status.completed", nil))
			b.see("250 2.0.0 OK queued as")
			b.settled()
			b.look("mailing", v)
			b.fill(b.word("recipients.search", nil), numbered(299))
			b.see(numbered(299))
			b.look("mailing-search", v)

			var page struct{ Items []mailing }
			owner.get("/api/collections/mailings/records").want(200).into(&page)
			if len(page.Items) != 1 {
				t.Fatalf("there are %d mailings, want 1", len(page.Items))
			}
			w.balancedBooks(page.Items[0].ID)
			if mail := w.mails(numbered(7), 1); mail.Subject != "News for Client 7" || !strings.Contains(mail.HTML, "Hello Client 7, spring is here.") {
				t.Errorf("the mail is %q\n%s", mail.Subject, mail.HTML)
			}
		})
	}
}

// runsToItsEnd watches the figure of a mailing's page, which must move by itself until everyone is through.
func (b *browser) runsToItsEnd() {
	b.t.Helper()
	var seen []string
	eventually(b.ctx, b.t, "the mailing is through", func() bool {
		if now := b.text(".live .big"); now != "" && !slices.Contains(seen, now) {
			seen = append(seen, now)
		}
		return !ask[bool](b, fmt.Sprintf("!document.querySelector('.live .facts dt:nth-child(1)') || document.body.innerText.includes(%q)", b.word("progress.rate", nil)))
	})
	if len(seen) < 3 {
		b.t.Errorf("the page showed only %q on its way", seen)
	}
}
