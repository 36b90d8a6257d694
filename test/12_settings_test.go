package e2e

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
	"gonets/internal/smtptest"
)

// A superuser sets a mail server up: what is wrong is told with what to do, in the reader's language, until it works.
func Test12ASuperuserSetsUpAMailServer(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop, phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			w := newWorld(t, 3*time.Minute, outbox.Options{})
			secure := smtptest.Start(t, smtptest.Script{TLS: smtptest.Implicit})
			login := smtptest.Start(t, smtptest.Script{Accounts: map[string]string{"anna": "right"}})
			_, closed, err := net.SplitHostPort(freeAddress(t))
			if err != nil {
				t.Fatal(err)
			}
			_, works, err := net.SplitHostPort(w.outbox.Addr())
			if err != nil {
				t.Fatal(err)
			}

			b := w.openBrowser(v)
			b.signInAsSuperuser()
			b.goTo("/settings/servers/new")
			b.settled()
			b.fill(b.word("server.host", nil), "127.0.0.1")
			b.pick(b.word("server.tls", nil), b.word("server.tls.none", nil))
			b.fill(b.word("server.port", nil), closed)
			b.fill(b.word("server.name", nil), "Ours")
			b.fill(b.word("server.from_email", nil), fromAddress)
			b.submit(b.word("do.create", nil))
			b.see(b.word("server.test.title", nil))
			b.settled()
			test := func(want string) {
				t.Helper()
				b.press(b.word("server.test", nil))
				b.see(b.word(want, nil))
			}
			save := func(port string) {
				t.Helper()
				b.fill(b.word("server.port", nil), port)
				b.submit(b.word("do.save", nil))
				eventually(w.ctx, t, "it is saved", func() bool {
					var page struct{ Items []struct{ Port int } }
					w.root.get("/api/collections/senders/records").want(200).into(&page)
					return strconv.Itoa(page.Items[0].Port) == port
				})
				b.settled()
			}
			test("server.fault.closed_port.do")

			b.pick(b.word("server.tls", nil), b.word("server.tls.implicit", nil))
			save(strconv.Itoa(secure.Port()))
			test("server.fault.certificate_unknown.do")

			b.pick(b.word("server.tls", nil), b.word("server.tls.none", nil))
			save(works)
			test("server.test.ok")
			b.fill(b.word("server.test.to", nil), "boss@example.org")
			b.press(b.word("server.test.send", nil))
			b.see(b.word("server.test.sent", object{"to": "boss@example.org"}))
			b.look("server", v)
			if mail := w.mails("boss@example.org", 1); !strings.Contains(mail.From, fromAddress) {
				t.Errorf("it came from %s", mail.From)
			}

			b.fill(b.word("server.username", nil), "anna")
			b.fill(b.word("auth.password", nil), "wrong")
			save(strconv.Itoa(login.Port()))
			test("server.fault.wrong_password.do")
		})
	}
}
