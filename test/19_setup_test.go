package e2e

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// setupLink is what a service without a superuser prints.
var setupLink = regexp.MustCompile(`http://\S+(/#/setup/[A-Za-z0-9]{40})`)

// linkOf waits for the address of the setup, and returns what follows the host in it.
func (w *world) linkOf() string {
	w.t.Helper()
	var link []string
	eventually(w.ctx, w.t, "the service prints the address of the setup", func() bool {
		link = setupLink.FindStringSubmatch(w.server.stdout.String())
		return link != nil
	})
	return link[1]
}

// From an empty folder to a delivered email, without a terminal but for the start.
func Test19AServiceIsSetUpInTheBrowser(t *testing.T) {
	for _, v := range []viewport{desktop, phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t, 4*time.Minute)
			w.catchMail(outbox.Options{})
			w.serve()
			old := w.linkOf()
			w.restart() // each start has another link
			link := w.linkOf()
			b := w.openBrowser(v)
			b.expect("setup/check") // links that are not good
			b.open("/?1" + old[1:])
			b.see(b.word("setup.refused.setup_unknown", nil))

			b.open("/?2" + link[1:])
			b.settled()
			b.accessible("setup-superuser-" + v.name())
			b.look("setup-superuser", v)
			b.fill(b.word("auth.email", nil), rootEmail)
			b.fill(b.word("auth.password", nil), password)
			b.submit(b.word("setup.superuser.act", nil))

			b.see(b.word("setup.service.title", nil))
			b.fill(b.word("setup.service.name", nil), "Our letters")
			b.fill(b.word("setup.service.address", nil), "https://mail.gonets.example")
			b.submit(b.word("setup.save", nil))

			b.see(b.word("setup.mail.title", nil))
			host, port, err := net.SplitHostPort(w.outbox.Addr())
			if err != nil {
				t.Fatal(err)
			}
			b.pick(b.word("setup.mail.preset", nil), b.word("preset.gmail", nil))
			if got := b.value(b.word("setup.mail.port", nil)); got != "465" {
				t.Errorf("with Gmail the port is %s", got)
			}
			b.pick(b.word("setup.mail.preset", nil), b.word("preset.other", nil))
			b.fill(b.word("setup.mail.host", nil), host)
			b.fill(b.word("setup.mail.port", nil), "1") // nobody listens there
			b.fill(b.word("setup.mail.from", nil), fromAddress)
			b.submit(b.word("setup.mail.save", nil))
			b.press(b.word("setup.mail.test", nil))
			b.see(b.word("setup.mail.stage.connect", nil))
			b.fill(b.word("setup.mail.port", nil), port)
			b.submit(b.word("setup.mail.save", nil))
			b.press(b.word("setup.mail.send", object{"email": rootEmail}))
			b.see(b.word("setup.mail.sent", object{"email": rootEmail}))
			w.mails(rootEmail, 1)

			// Left here, it goes on after the sign-in where it stopped.
			b.forget()
			b.open("/?3" + link[1:])
			b.see(b.word("setup.refused.setup_done", nil))
			b.press(b.word("auth.signIn", nil))
			b.settled()
			b.expect("users/auth-with-password") // which is tried before that of superusers
			b.fill(b.word("auth.email", nil), rootEmail)
			b.fill(b.word("auth.password", nil), password)
			b.submit(b.word("auth.signIn", nil))
			b.see(b.word("setup.domain.title", nil))
			b.submit(b.word("domains.add", nil))
			b.see("gonets1._domainkey")
			b.see("v=DMARC1; p=none")
			b.press(b.word("setup.next", nil))

			b.see(b.word("setup.registration.title", nil))
			b.pick(b.word("setup.registration.who", nil), b.word("setup.registration.closed", nil))
			b.submit(b.word("setup.save", nil))

			b.see(b.word("setup.manager.title", nil))
			b.fill(b.word("auth.name", nil), "Marta")
			b.fill(b.word("auth.email", nil), "marta@gonets.example")
			b.fill(b.word("auth.password", nil), password)
			b.submit(b.word("setup.save", nil))
			b.see(b.word("setup.done", nil))
			b.look("setup-done", v)

			// The manager signs in and sends, signed with the keys of the domain.
			var s signedIn
			w.nobody.signIn("users", "marta@gonets.example", password).want(200).into(&s)
			marta := w.nobody.as(s)
			marta.post("/api/collections/clients/records", object{"email": "reader@example.org"}).want(200)
			message := marta.post("/api/collections/messages/records", object{"name": "First", "subject": "First", "body": "<p>Hello</p>"}).want(200).id()
			marta.after(marta.mailing(message, nil), "completed", "send", nil)
			if mail := w.mails("reader@example.org", 1); strings.Count(mail.Source, "d=gonets.example;") != 2 {
				t.Errorf("the email is not signed twice:\n%s", mail.Source)
			}
		})
	}
}
