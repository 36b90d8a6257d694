package e2e

import (
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonets/internal/mtatest"
	"gonets/internal/outbox"
	"gonets/internal/smtptest"
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

// submissionServer is a Postfix that wants TLS and a password, and passes what it accepts on to the outbox. Its certificate is for
// localhost and no address, and gonets trusts it.
func (w *world) submissionServer() (port int) {
	w.t.Helper()
	certificate, _, err := smtptest.Certificate([]string{"localhost"})
	if err != nil {
		w.t.Fatal(err)
	}
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if err := os.WriteFile(filepath.Join(w.folder, authoritiesFile), authority, 0o644); err != nil {
		w.t.Fatal(err)
	}
	_, behind, err := net.SplitHostPort(w.outbox.Addr())
	if err != nil {
		w.t.Fatal(err)
	}
	n, err := strconv.Atoi(behind)
	if err != nil {
		w.t.Fatal(err)
	}
	return mtatest.Submission(w.t, n, certificate)
}

// From an empty folder to a delivered email, without a terminal but for the start.
func Test19AServiceIsSetUpInTheBrowser(t *testing.T) {
	for _, v := range []viewport{desktop, phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t, 4*time.Minute)
			w.catchMail(outbox.Options{})
			server := w.submissionServer()
			w.serve()
			old := w.linkOf()
			w.restart() // each start has another link
			link := w.linkOf()
			b := w.openBrowser(v)
			begun := time.Now()
			step := func(name string) { // what docs/install.md promises is that all of it takes ten minutes
				t.Logf("%-15s after %4.1f s", name, time.Since(begun).Seconds())
			}
			looked := func(name string) { // before anything of it is set up; the tour of all pages sees it afterwards
				t.Helper()
				b.settled()
				b.seeAs(name, v.inTheDark(), (*browser).readable)
				b.seeAs(name, v, (*browser).accessible)
				b.lookAs(v)
			}
			b.expect("setup/check") // links that are not good
			b.open("/?1" + old[1:])
			b.see(b.word("setup.refused.setup_unknown", nil))

			b.open("/?2" + link[1:])
			looked("setup-superuser")
			b.fill(b.word("auth.email", nil), rootEmail)
			b.fill(b.word("auth.password", nil), password)
			b.submit(b.word("setup.superuser.act", nil))

			b.see(b.word("setup.service.title", nil))
			step("administrator")
			looked("setup-first-service")
			b.fill(b.word("setup.service.name", nil), "Our letters")
			b.fill(b.word("setup.service.address", nil), "https://mail.gonets.example")
			b.submit(b.word("setup.save", nil))

			b.see(b.word("setup.mail.title", nil))
			step("service")
			looked("setup-first-mail")
			b.pick(b.word("server.preset", nil), b.word("preset.gmail", nil))
			if got := b.value(b.word("server.port", nil)); got != "465" {
				t.Errorf("with Gmail the port is %s", got)
			}
			b.pick(b.word("server.preset", nil), b.word("preset.other", nil))
			b.pick(b.word("server.tls", nil), b.word("server.tls.offered", nil))
			b.fill(b.word("server.from_email", nil), fromAddress)
			b.fill(b.word("server.host", nil), "127.0.0.1")
			b.fill(b.word("server.port", nil), "1") // nobody listens there
			b.submit(b.word("do.save", nil))
			test := func(want string) {
				t.Helper()
				b.settled()
				b.press(b.word("server.test", nil))
				b.see(b.word(want, nil))
			}
			test("server.fault.closed_port.do")
			b.fill(b.word("server.port", nil), strconv.Itoa(server))
			b.submit(b.word("do.save", nil))
			b.seeNoMore(b.word("server.test.unsaved", nil))
			test("server.fault.certificate_name.do")
			b.fill(b.word("server.host", nil), "localhost")
			b.fill(b.word("server.username", nil), "anna")
			b.fill(b.word("auth.password", nil), "wrong")
			b.see(b.word("server.test.unsaved", nil))
			b.submit(b.word("do.save", nil))
			b.seeNoMore(b.word("server.test.unsaved", nil))
			test("server.fault.wrong_password.do")
			looked("setup-mail-refused")
			b.fill(b.word("auth.password", nil), mtatest.DovecotPassword)
			b.submit(b.word("do.save", nil))
			b.seeNoMore(b.word("server.test.unsaved", nil))
			b.settled()
			b.press(b.word("server.test.send", nil))
			b.see(b.word("server.test.sent", object{"to": rootEmail}))
			b.see(b.word("server.test.encrypted", nil))
			w.mails(rootEmail, 1)

			step("mail server")

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
			looked("setup-first-domain")
			b.submit(b.word("domains.add", nil))
			b.see("gonets1._domainkey")
			b.see("v=DMARC1; p=none")
			b.press(b.word("setup.next", nil))

			b.see(b.word("setup.registration.title", nil))
			step("domain")
			looked("setup-first-registration")
			b.pick(b.word("setup.registration.who", nil), b.word("setup.registration.closed", nil))
			b.submit(b.word("setup.save", nil))

			b.see(b.word("setup.manager.title", nil))
			step("registration")
			looked("setup-first-manager")
			b.fill(b.word("auth.name", nil), "Marta")
			b.fill(b.word("auth.email", nil), "marta@gonets.example")
			b.fill(b.word("auth.password", nil), password)
			b.submit(b.word("setup.save", nil))
			b.see(b.word("setup.done", nil))
			looked("setup-done")
			step("manager")

			// The manager signs in and sends, signed with the keys of the domain.
			var s signedIn
			w.nobody.signIn("users", "marta@gonets.example", password).want(200).into(&s)
			marta := w.nobody.as(s)
			marta.post("/api/collections/clients/records", object{"email": "reader@example.org"}).want(200)
			message := marta.post("/api/collections/messages/records", object{"name": "First", "subject": "First", "body": "<p>Hello</p>"}).want(200).id()
			marta.after(marta.mailing(message, nil), "completed", "send", nil)
			step("first mailing")
			if mail := w.mails("reader@example.org", 1); strings.Count(mail.Source, "d=gonets.example;") != 2 {
				t.Errorf("the email is not signed twice:\n%s", mail.Source)
			}
		})
	}
}
