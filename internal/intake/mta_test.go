package intake_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/delivery"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/mailingtest"
	"gonets/internal/mtatest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// fates are what the mail servers of the world say of recipients, by the beginning of their names, and what kind of bounce
// that is. Whoever is not among them is delivered to.
var fates = map[string]struct{ said, kind, status string }{
	"unknown": {"550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table", "hard", "5.1.1"},
	"full":    {"552 5.2.2 Mailbox full", "soft", "5.2.2"},
	"spam":    {"554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", "block", "5.7.1"},
}

func refusing(m smtptest.Moment) *smtptest.Act {
	if m.Command != smtptest.RCPT {
		return nil
	}
	name, _, _ := strings.Cut(m.To, "-")
	if fate, ok := fates[name]; ok {
		return &smtptest.Act{Reply: fate.said}
	}
	return nil
}

// waysIn has the ways by which bounces come back in these tests, each with a return path of its own.
type waysIn struct {
	w          *mailingtest.World
	world      *smtptest.Server // the mail servers of the recipients
	boxes      *mtatest.Mailboxes
	smtp, lmtp int // ports
	reader     *intake.Mailboxes
	pop3       string // id of the mailbox, which is looked at every five minutes only
}

func newWaysIn(t *testing.T) *waysIn {
	t.Helper()
	w := mailingtest.New(t)
	booker := feedback.New(w.App)
	servers, err := intake.Listen(t.Context(), w.App, booker, intake.Addresses{SMTP: "127.0.0.1:0", LMTP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = servers.Close() })
	in := &waysIn{w: w, world: smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refusing}}), boxes: dovecot(t), smtp: portOf(servers.Addrs()[0]), lmtp: portOf(servers.Addrs()[1])}
	for kind, port := range map[string]int{"imap": in.boxes.IMAP, "pop3": in.boxes.POP3} {
		in.boxes.Deliver(t, kind) // makes the mailbox
		id := (&world{World: w}).newMailbox(kind, port, map[string]any{"active": true, "delete_after_days": "0"})
		if kind == "pop3" {
			in.pop3 = id
		}
	}
	in.reader = intake.NewMailboxes(w.App, booker)
	(&world{World: w}).run(in.reader)
	return in
}

func portOf(addr net.Addr) int { return addr.(*net.TCPAddr).Port }

// check sends a mailing for each way through the mail server at a port, and waits until what comes back is booked.
func (in *waysIn) check(t *testing.T, port int, ways ...string) {
	t.Helper()
	w := in.w
	engine := delivery.New(w.App)
	engine.Start(t.Context())
	t.Cleanup(func() { engine.Stop(context.Background()) })
	mailings := map[string]string{}
	for _, way := range ways {
		sender := w.Save("senders", map[string]any{
			"name": way, "from_email": "news@example.org", "host": "127.0.0.1", "port": port, "tls": "none", "access": "everyone",
			"return_path": way + "@example.org", "return_path_style": "plus",
		}).Id
		picked := []string{w.NewClient("fine-" + way + "@example.com")}
		for name := range fates {
			picked = append(picked, w.NewClient(name+"-"+way+"@example.com"))
		}
		id := w.NewMailing(map[string]any{"name": way, "sender": sender, "audience": "picked", "recipients": picked})
		if _, err := engine.Launch(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
		mailings[way] = id
	}
	for way, id := range mailings {
		var p results.Progress
		w.Eventually("the bounces come back by "+way, func() bool {
			if way == "pop3" {
				if _, err := in.reader.Read(t.Context(), in.pop3); err != nil && !errors.Is(err, intake.ErrNotReading) {
					t.Fatal(err)
				}
			}
			var err error
			if p, err = results.ProgressOf(w.App, id); err != nil {
				t.Fatal(err)
			}
			return p.Bounced == len(fates)
		})
		if p.Sent != 1 || p.Total != len(fates)+1 {
			t.Errorf("%s: %+v", way, p)
		}
		var rows []struct {
			Email  string `db:"email"`
			Kind   string `db:"kind"`
			Status string `db:"enhanced_code"`
			Source string `db:"source"`
		}
		err := w.App.ConcurrentDB().NewQuery(`SELECT email, kind, enhanced_code, source FROM bounces WHERE mailing = {:id}`).
			Bind(dbx.Params{"id": id}).All(&rows)
		if err != nil {
			t.Fatal(err)
		}
		source := map[string]string{"imap": "mailbox", "pop3": "mailbox"}[way]
		if source == "" {
			source = "smtp"
		}
		for _, row := range rows {
			name, _, _ := strings.Cut(row.Email, "-")
			if fate := fates[name]; row.Kind != fate.kind || row.Status != fate.status || row.Source != source {
				t.Errorf("%s: booked as %+v", way, row)
			}
		}
		if len(rows) != len(fates) {
			t.Errorf("%s: %d bounces are booked", way, len(rows))
		}
	}
}

// TestPostfix sends mailings through a real Postfix, which makes reports of what other servers refuse and delivers them to the
// return paths as docs/bounces.md says: into mailboxes of a Dovecot, by LMTP, and by SMTP.
func TestPostfix(t *testing.T) {
	in := newWaysIn(t)
	port := mtatest.Postfix(t, mtatest.Config{
		Behind: in.world.Port(),
		Settings: []string{
			"recipient_delimiter = +",
			"transport_maps = regexp:{dir}/bounces",
			"virtual_mailbox_base = " + in.boxes.Base(),
			"virtual_mailbox_maps = inline:{ {imap@example.org = imap/}, {pop3@example.org = pop3/} }",
			"virtual_uid_maps = static:65534", "virtual_gid_maps = static:65534", "virtual_minimum_uid = 1",
		},
		Files: map[string]string{"bounces": fmt.Sprintf(`
/^lmtp([+-][a-z2-7]{29})?@example\.org$/ lmtp:inet:127.0.0.1:%d
/^smtp([+-][a-z2-7]{29})?@example\.org$/ smtp:[127.0.0.1]:%d
/^(imap|pop3)([+-][a-z2-7]{29})?@example\.org$/ virtual:
`, in.lmtp, in.smtp)},
	})
	in.check(t, port, "lmtp", "smtp", "imap", "pop3")
}

// TestExim does the same with an Exim, which delivers by LMTP and SMTP.
func TestExim(t *testing.T) {
	in := newWaysIn(t)
	route := func(way, protocol string, port int) (router, transport string) {
		router = "\n" + way + ":\ndriver = manualroute\ndomains = example.org\nlocal_parts = ^" + way + `([+-][a-z2-7]{29})?\$` +
			"\ntransport = " + way + "\nroute_list = * 127.0.0.1\nself = send\n"
		return router, fmt.Sprintf("\n%s:\ndriver = smtp\nprotocol = %s\nport = %d\n", way, protocol, port)
	}
	routerLMTP, transportLMTP := route("lmtp", "lmtp", in.lmtp)
	routerSMTP, transportSMTP := route("smtp", "smtp", in.smtp)
	port := mtatest.Exim(t, mtatest.Config{
		Behind: in.world.Port(), Routers: routerLMTP + routerSMTP, Transports: transportLMTP + transportSMTP,
		Settings: []string{"qualify_domain = mx.test", "tls_advertise_hosts ="},
	}, "")
	in.check(t, port, "lmtp", "smtp")
}
