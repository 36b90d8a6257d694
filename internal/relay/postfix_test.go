package relay_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gonets/internal/mtatest"
	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// postfixLimit is the longest mail that the Postfix of these tests takes, in bytes.
const postfixLimit = 100_000

// TestPostfix sends several hundred mails over one connection to a real Postfix, which refuses some of them at every
// stage it can, and passes the rest on to a peer. Each must end in the right result, and exactly those that were
// accepted must arrive, whole.
func TestPostfix(t *testing.T) {
	const mails = 400
	behind := smtptest.Start(t, smtptest.Script{})
	s := startPostfix(t, behind.Port())
	ctx := within(t)
	c := dial(t, s)
	if !c.Pipelining() || c.SizeLimit() != postfixLimit {
		t.Fatalf("pipelining %v, size limit %d", c.Pipelining(), c.SizeLimit())
	}
	to := func(n int) string {
		who := map[int]string{3: "unknown", 5: "later", 7: "policy", 9: "nodata"}[n%10]
		if who == "" {
			who = "reader"
		}
		return fmt.Sprintf("%s%d@example.com", who, n)
	}
	want := func(n int) string {
		switch {
		case n%20 == 11:
			return "refused at mail: 550 5.1.8 "
		case n%10 == 3:
			return "bad_address at rcpt: 550 5.1.1 "
		case n%10 == 5:
			return "deferred at rcpt: 450 4.7.1 "
		case n%10 == 7:
			return "policy at rcpt: 554 5.7.1 "
		case n%10 == 9:
			return "deferred at data: 451 4.3.5 "
		case n%50 == 0:
			return "too_long at body: 552 5.3.4 "
		}
		return "sent at body: 250 2.0.0 Ok: queued as "
	}
	mail := func(n int) relay.Envelope {
		from := "news@example.org"
		if n%20 == 11 {
			from = "banned@example.org"
		}
		return relay.Envelope{From: from, To: to(n)}
	}
	body := func(n int) []byte {
		b := fmt.Appendf(nil, "From: news@example.org\r\nTo: %s\r\nSubject: Message %d\r\nMessage-ID: <%d@example.org>\r\n"+
			"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\n.\r\n..dots\r\n", to(n), n, n)
		if n%50 == 0 {
			b = append(b, bytes.Repeat([]byte("too long\r\n"), postfixLimit/10)...)
		}
		return b
	}

	accepted := map[string][]byte{}
	for n, begun := 1, false; n <= mails; n++ {
		if !begun {
			if err := c.Begin(mail(n)); err != nil {
				t.Fatalf("mail %d: %v", n, err)
			}
		}
		begun = false
		answer, err := c.Begun(ctx)
		if err == nil && answer.Open() {
			var next *relay.Envelope
			if n < mails {
				e := mail(n + 1)
				next = &e
			}
			answer, err = c.Finish(ctx, text(body(n)), next)
			begun = err == nil && next != nil
		}
		if got := outcome(answer, err); !strings.HasPrefix(got, want(n)) {
			t.Fatalf("mail %d to %s: %s\nwant: %s…", n, to(n), got, want(n))
		}
		if answer.Success() {
			accepted[to(n)] = body(n)
		}
	}
	if err := c.Quit(ctx); err != nil {
		t.Error(err)
	}

	arrived, err := behind.WaitMails(ctx, len(accepted))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range arrived {
		body, ok := accepted[m.To[0]]
		if !ok {
			t.Errorf("a mail arrived that was not accepted, or twice: to %v", m.To)
			continue
		}
		delete(accepted, m.To[0])
		if !bytes.HasSuffix(m.Body, body) || m.From != "news@example.org" {
			t.Errorf("to %v arrived from %s: %q", m.To, m.From, m.Body)
		}
	}
}

// TestPostfixHangsUp on who is refused too often, at the very reply that is one too many. The refusals stand.
func TestPostfixHangsUp(t *testing.T) {
	s := startPostfix(t, smtptest.Start(t, smtptest.Script{}).Port(), "smtpd_hard_error_limit = 5")
	c := dial(t, s)
	refused := 0
	for n := range 20 {
		answer, err := c.Deliver(within(t), relay.Envelope{From: "news@example.org", To: fmt.Sprintf("unknown%d@example.com", n)}, smallMail(n))
		switch got := outcome(answer, err); {
		case strings.HasPrefix(got, "bad_address at rcpt: 550 5.1.1 "):
			refused++
		case strings.HasPrefix(got, "untouched"):
			if refused == 0 {
				t.Fatal("nobody was refused before it hung up")
			}
			return
		default:
			t.Fatalf("mail %d: %s", n, got)
		}
	}
	t.Error("it never hung up")
}

// startPostfix starts a Postfix that refuses senders, recipients and bodies of certain names.
func startPostfix(t *testing.T, behind int, settings ...string) relay.Server {
	t.Helper()
	port := mtatest.Postfix(t, mtatest.Config{
		Behind: behind,
		Settings: append([]string{
			fmt.Sprintf("message_size_limit = %d", postfixLimit),
			"smtpd_sender_restrictions = check_sender_access regexp:{dir}/senders",
			"smtpd_recipient_restrictions = check_recipient_access regexp:{dir}/recipients, reject_unauth_destination",
			"smtpd_data_restrictions = check_recipient_access regexp:{dir}/bodies",
		}, settings...),
		Files: map[string]string{
			"senders":    "/^banned/ 550 5.1.8 not this sender\n",
			"recipients": "/^unknown/ 550 5.1.1 no such user\n/^later/ 450 4.7.1 greylisted\n/^policy/ 554 5.7.1 not from you\n",
			"bodies":     "/^nodata/ 451 4.3.5 not now\n",
		},
	})
	return relay.Server{Host: "127.0.0.1", Port: port, LocalName: "gonets.test"}
}
