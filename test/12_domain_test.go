package e2e

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"gonets/internal/dnstest"
	"gonets/internal/outbox"
)

// A superuser adds a domain and has its own name server asked: each record is shown as expected and as found, with what to do, until
// all of them are right. Then what that name server has verifies both signatures of an email.
func Test12ADomainIsCheckedUntilItIsRight(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop, phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			const mail, strict = "mail A 203.0.113.5\n", "v=DMARC1; p=quarantine"
			names := dnstest.Run(t, map[string]string{
				"gonets.test": mail + dnstest.TXT("@", "v=spf1 ip4:192.0.2.1 +all") + dnstest.TXT("gonets1._domainkey", "v=DKIM1; k=rsa; p=") +
					dnstest.TXT("_dmarc", "v=DMARC1; p=perhaps"),
			})
			w := emptyWorld(t, 3*time.Minute)
			w.catchMail(outbox.Options{})
			w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
			w.flags = []string{"--dns", names.Address}
			w.serve()
			w.signInRoot()
			w.useMailServer(w.outbox.Addr())
			w.root.patch("/api/settings", object{"meta": object{"appURL": "https://mail.gonets.test"}}).want(200)
			_, port, err := net.SplitHostPort(w.outbox.Addr())
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.Atoi(port)
			if err != nil {
				t.Fatal(err)
			}
			sender := w.root.post("/api/collections/senders/records", object{
				"name": "Ours", "from_email": "news@gonets.test", "host": "127.0.0.1", "port": n, "tls": "none", "access": "everyone",
			}).want(200).id()

			b := w.openBrowser(v)
			b.signInAsSuperuser()
			b.goTo("/settings/domains")
			b.press(b.word("domains.add", nil))
			b.fill(b.word("domains.name", nil), "Gonets.test")
			b.submit(b.word("domains.add", nil))
			b.see(b.word("domains.badge.not_checked", nil))
			b.see(b.word("domains.alignment.unknown", nil))

			check := func() {
				t.Helper()
				b.press(b.word("domains.check", nil))
				b.see(b.word("domains.checked.now", nil))
			}
			check()
			for _, words := range []string{
				b.word("domains.verdict.allows_everybody", nil), b.word("domains.do.allows_everybody", nil), "v=spf1 ip4:192.0.2.1 +all",
				"v=spf1 ip4:192.0.2.1 a:mail.gonets.test ~all",
				b.word("domains.verdict.revoked", nil), b.word("domains.do.revoked", nil), "v=DKIM1; k=rsa; p=",
				b.word("domains.verdict.unreadable", nil), b.word("domains.do.unreadable", nil), "v=DMARC1; p=perhaps", "v=DMARC1; p=none",
				b.word("domains.badge.error", nil), b.word("domains.asked", object{"servers": names.Address}),
				b.word("domains.alignment.none", object{"from": "gonets.test"}),
			} {
				b.see(words)
			}
			b.seeAs("settings-domain-wrong", v.inTheDark(), (*browser).readable)
			b.seeAs("settings-domain-wrong", v, (*browser).accessible)
			b.lookAs(v)

			examined := func(name string, code int, says ...string) {
				t.Helper()
				r := w.command("doctor", "--domain", name, "--dns", names.Address).wantCode(t, code)
				for _, words := range says {
					if !strings.Contains(r.stdout, words) {
						t.Errorf("gonets doctor --domain %s says no %q:\n%s", name, words, r.stdout)
					}
				}
			}
			examined("gonets.test", 1, "v=spf1 ip4:192.0.2.1 +all", "v=spf1 ip4:192.0.2.1 a:mail.gonets.test ~all", "v=DMARC1; p=perhaps", "v=DMARC1; p=none")

			// What the page says is entered at the name server.
			var report struct {
				Records []struct{ Kind, Type, Name, Expected string }
			}
			w.root.get("/api/gonets/domains/gonets.test").want(200).into(&report)
			zone := mail
			for _, r := range report.Records {
				switch {
				case r.Type == "MX":
					zone += r.Name + ". MX 10 " + r.Expected + ".\n"
				case r.Kind == "dmarc": // a stricter policy is as good
					zone += dnstest.TXT(r.Name+".", strict)
				default:
					zone += dnstest.TXT(r.Name+".", r.Expected)
				}
			}
			names.Publish(t, "gonets.test", zone)
			check()
			b.see(b.word("domains.alignment.both", object{"from": "gonets.test", "name": "gonets.test", "envelope": "gonets.test"}))
			b.seeNoMore(b.word("domains.badge.error", nil))
			b.see(strict)
			examined("gonets.test", 0, strict)
			examined("refused.example", 1)
			b.seeAs("settings-domain-right", v.inTheDark(), (*browser).readable)
			b.seeAs("settings-domain-right", v, (*browser).accessible)
			b.lookAs(v)
			b.goTo("/settings/domains")
			b.see(b.word("domains.fine", nil))
			b.look("settings-domains-checked", v)

			// Domains that nobody answers for, and that are somebody else's.
			for name, verdict := range map[string]string{"refused.example": "no_answer", "gmail.com": "not_yours"} {
				w.root.post("/api/collections/domains/records", object{"name": name}).want(200)
				b.goTo("/settings/domains/" + name)
				check()
				b.see(b.word("domains.verdict."+verdict, nil))
				b.see(b.word("domains.do."+verdict, nil))
			}

			owner := w.user("owner@gonets.example", "owner")
			w.addClients(owner, 1, numbered)
			owner.after(owner.mailing(owner.message(nil), object{"sender": sender}), "completed", "send", nil)
			w.verifies(w.mails(numbered(0), 1), names.Address)
		})
	}
}

// verifies checks an email as a receiver does that asks a name server: it is signed by two keys.
func (w *world) verifies(mail outbox.Mail, names string) {
	w.t.Helper()
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, names)
	}}
	found, err := dkim.VerifyWithOptions(strings.NewReader(mail.Source), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return resolver.LookupTXT(w.ctx, name+".") },
	})
	if err != nil || len(found) != 2 {
		w.t.Fatalf("%d signatures, %v", len(found), err)
	}
	for _, f := range found {
		if f.Err != nil || f.Domain != "gonets.test" {
			w.t.Errorf("the signature of %s: %v", f.Domain, f.Err)
		}
	}
}
