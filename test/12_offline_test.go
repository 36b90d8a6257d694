package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

// The server goes away while somebody works, as it does when it is updated, and comes back.
func Test12ThePageOutlivesTheServer(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop.inTheDark(), phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			w := newWorld(t, 2*time.Minute, outbox.Options{})
			owner := w.user("owner@gonets.example", "owner")
			owner.patch(users+"records/"+owner.id, object{"language": v.language}).want(200)
			b := w.openBrowser(v)
			b.expect("net::ERR_") // a connection can end at any point of a request, and each has a name of its own
			b.signIn(owner.email, password)

			// At home the page has a line to the server: it needs no click to see that it is gone.
			w.server.kill()
			b.see(b.word("shell.unreachable", nil))
			b.look("offline-home", v)
			w.serve()
			b.seeNoMore(b.word("shell.unreachable", nil))

			// What is typed meanwhile is kept by the page, and by the browser when the page goes too.
			b.goTo("/messages/new")
			b.fill(b.word("message.subject", nil), "Before the break")
			w.server.kill()
			b.fill(b.word("message.subject", nil), "Written in the break")
			b.submit(b.word("do.save", nil))
			b.see(b.word("shell.unreachable", nil))
			b.see(b.word("trouble.offline", nil))
			b.accessible("offline-message")
			if kept := b.value(b.word("message.subject", nil)); kept != "Written in the break" {
				t.Errorf("after a save that failed the subject is %q", kept)
			}
			w.serve()
			b.seeNoMore(b.word("shell.unreachable", nil))
			b.reload()
			if b.asked == 0 {
				t.Error("the browser did not ask whether to leave what is not saved")
			}
			b.see(b.word("draft.found.text", nil))
			b.press(b.word("draft.restore", nil))
			b.submit(b.word("do.save", nil))
			b.see(b.word("message.saved", nil))
			if owner.newest("messages", `subject="Written in the break"`) == "" {
				t.Error("the message is not saved")
			}

			// A page that had not come in time comes by itself, and so does what an open one shows.
			w.server.kill()
			b.press(b.word("nav.clients", nil))
			b.see(b.word("trouble.offline", nil))
			b.accessible("offline-clients")
			w.serve()
			b.see(b.word("clients.none", nil))
			w.addClients(owner, 1, numbered)
			b.goTo("/clients?search=client")
			b.see("Client 0")
		})
	}
}
