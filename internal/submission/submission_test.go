package submission

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"gonets/internal/token"
)

func plain(secret string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00anybody\x00" + secret))
}

const order = "From: \"Магазин\" <News@example.org>\nTo: Ivan <ivan@example.com>\nBcc: eve@example.com,\n\tmallory@example.com\nSubject: =?utf-8?B?0JfQsNC60LDQtw==?=\n" +
	"Message-ID: <order-17@shop.example.org>\nDate: Sat, 01 Jun 2030 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" +
	"Спасибо, {{ data.order }}\n..two dots\n"

func TestAnEmailGoesOutAsItCame(t *testing.T) {
	w := newWorld(t, false)
	c := w.signedIn(t)
	answer := c.mails("ivan@example.com eve@example.com", order, "250 2.0.0 ")
	w.arrived(2)
	want := strings.ReplaceAll(order, "\n", "\r\n")
	want = strings.ReplaceAll(want, "Bcc: eve@example.com,\r\n\tmallory@example.com\r\n", "")
	want = strings.ReplaceAll(want, "\r\n..two", "\r\n.two")
	to := ""
	for _, m := range w.peer.Mails() {
		to += strings.Join(m.To, ",") + " "
		signature, rest, _ := strings.Cut(string(m.Body), "Received: by mail.example.org with ESMTPA; ")
		_, rest, _ = strings.Cut(rest, "\r\n")
		if rest != want {
			t.Errorf("it is\n%s\nwant\n%s", rest, want)
		}
		if !strings.HasPrefix(signature, "DKIM-Signature: ") || !strings.Contains(m.Parameters, "BODY=8BITMIME") || m.From != "news@example.org" {
			t.Errorf("signature %q, from %s, %s", signature, m.From, m.Parameters)
		}
		w.verified(m.Body)
	}
	if to != "ivan@example.com eve@example.com " && to != "eve@example.com ivan@example.com " {
		t.Errorf("it went to %s", to)
	}
	calls := w.calls()
	if len(calls) != 1 || calls[0].Subject != "Заказ" || calls[0].Source != "smtp" || calls[0].Total != 2 || calls[0].FromEmail != "news@example.org" || !strings.Contains(answer, calls[0].ID) {
		t.Fatalf("%+v, answered %s", calls, answer)
	}
	// A program that got no answer sends the same once more; with another text it is another e-mail.
	c.mails("eve@example.com ivan@example.com", order, "250 2.0.0 ")
	if n := len(w.calls()); n != 1 {
		t.Errorf("the same once more makes %d calls", n)
	}
	c.mails("eve@example.com ivan@example.com", order+"P. S.\n", "250 2.0.0 ")
	if n := len(w.calls()); n != 2 {
		t.Errorf("another e-mail makes %d calls", n)
	}
}

// verified checks the signature of an e-mail.
func (w *world) verified(body []byte) {
	w.T.Helper()
	record, err := w.key.Record()
	if err != nil {
		w.T.Fatal(err)
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(body), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != w.key.Name() {
			return nil, fmt.Errorf("no record %s", name)
		}
		return []string{record}, nil
	}})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		w.T.Errorf("the signature does not hold: %v %+v", err, found)
	}
}

func TestALargeEmailIsWholeAndOneThatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t, false)
	c := w.signedIn(t)
	line := strings.Repeat("0123456789", 7) + "\n"
	body := strings.Repeat(line, 3<<20/len(line))
	c.mails("ivan@example.com", "From: news@example.org\n\n"+body, "250 2.0.0 ")
	m := w.arrived(1)
	if _, got, _ := bytes.Cut(m.Body, []byte("\r\n\r\n")); string(got) != strings.ReplaceAll(body, "\n", "\r\n") {
		t.Errorf("%d bytes have arrived", len(got))
	}
	w.verified(m.Body)
	w.Eventually("its file is removed", func() bool {
		var n int
		err := w.App.ConcurrentDB().NewQuery(`SELECT COUNT(*) FROM transactional WHERE waiting > 0`).Row(&n)
		return err == nil && n == 0
	})
	c.mails("ivan@example.com", "From: news@example.org\n\n"+strings.Repeat(body, 10)+body[:1<<20], "552 5.3.4 ")
	c.says(fmt.Sprintf("MAIL FROM:<> SIZE=%d", maxSize+1), "552 5.3.4 ")
	if n := len(w.calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestWhoMaySendAsWhom(t *testing.T) {
	w := newWorld(t, false)
	boss := w.NewSender(w.peer, map[string]any{"name": "boss", "from_email": "boss@example.org"})
	w.Allow(boss, "chosen")
	c := w.signedIn(t)
	for _, m := range []struct{ name, source, want string }{
		{"another's address", "From: boss@example.org\n\nx\n", "550 5.7.1 From is boss@example.org, which you may not use: you may use news@example.org"},
		{"two fields From", "From: news@example.org\nFrom: boss@example.org\n\nx\n", "550 5.7.1 The e-mail has 2 fields From"},
		{"two fields From, one with a space", "From: news@example.org\nFrom : boss@example.org\n\nx\n", "550 5.7.1 The e-mail has 2 fields From"},
		{"two addresses", "From: news@example.org, boss@example.org\n\nx\n", "550 5.7.1 From must have one address"},
		{"no address", "From: root (Cron Daemon)\n\nx\n", "550 5.7.1 From must have one address"},
		{"another's address in Sender", "From: news@example.org\nSender: boss@example.org\n\nx\n", "550 5.7.1 Sender is boss@example.org"},
		{"none, and another's in the envelope", "Subject: x\n\nx\n", "550 5.7.1 From is www-data@program.test"},
		{"no header", "Hello, Ivan\n", "554 5.6.0 "},
		{"nothing", "", "554 5.6.0 "},
		{"a field without a name", ": x\nFrom: news@example.org\n\nx\n", "554 5.6.0 "},
		{"a fold before the first field", " x\nFrom: news@example.org\n\nx\n", "554 5.6.0 "},
		{"a header that is too long", strings.Repeat("X: y\n", held/5) + "From: news@example.org\n\nx\n", "554 5.6.0 "},
		{"a circle", strings.Repeat("Received: by mail.example.org; now\n", maxHops+1) + "From: news@example.org\n\nx\n", "554 5.4.6 "},
		{"a name in an old character set", "From: =?koi8-r?B?7cHHwdrJzg==?= <news@example.org>\n\nx\n", "250 2.0.0 "},
	} {
		t.Run(m.name, func(t *testing.T) {
			c.t = t
			c.mails("ivan@example.com", m.source, m.want)
		})
	}
	c.t = t
	c.says("MAIL FROM:<news@example.org>", "250 ")
	c.says("RCPT TO:<ivan@example..com>", "553 5.1.3 ")
	c.says("RCPT TO:<ivan@example.com>", "250 ")
	c.says("DATA", "354 ")
	c.says("Subject: no From\r\n\r\nx\r\n.", "250 ")
	m := w.arrived(2)
	for _, want := range []string{"\r\nFrom: <news@example.org>\r\n", "\r\nDate: ", "\r\nMessage-ID: <"} {
		if !strings.Contains(string(m.Body), want) {
			t.Errorf("%q is not in %s", want, m.Body)
		}
	}
	w.Allow(boss, "everyone")
	c.mails("ivan@example.com", "From: boss@example.org\n\nx\n", "250 2.0.0 ")
}

func TestHowProgramsSignIn(t *testing.T) {
	w := newWorld(t, false)
	c := w.dial(t)
	c.says("MAIL FROM:<news@example.org>", "530 5.7.0 ")
	c.says("AUTH PLAIN "+plain("gnt_"+strings.Repeat("a", 40)), "535 5.7.8 ")
	c.says("AUTH PLAIN "+plain(w.token(token.Read, token.Write)), "535 5.7.8 The token lacks the scope send")
	c.says("AUTH LOGIN", "334 VXNlcm5hbWU6")
	c.says(base64.StdEncoding.EncodeToString([]byte("anna")), "334 UGFzc3dvcmQ6")
	c.says(base64.StdEncoding.EncodeToString([]byte(w.secret)), "235 ")
	c.mails("ivan@example.com", "From: news@example.org\n\nx\n", "250 ")
	w.SetUser("blocked", true)
	c.says("MAIL FROM:<news@example.org>", "421 4.7.0 ")
	if _, err := c.ReadLine(); err == nil {
		t.Error("the connection of somebody who is blocked goes on")
	}
	w.SetUser("blocked", false)

	c = w.dial(t)
	for range maxFailed - 1 {
		c.says("AUTH PLAIN "+plain("guess"), "535 5.7.8 ")
	}
	c.says("AUTH PLAIN "+plain("guess"), "421 4.7.0 ")
	if _, err := c.ReadLine(); err == nil {
		t.Error("somebody who guesses goes on")
	}
	for range guessed {
		w.in.failed.note(netip.MustParseAddr("127.0.0.1"))
	}
	w.dial(t).says("AUTH PLAIN "+plain(w.secret), "421 4.7.0 ")
}

func TestWhatIsLeftOfTheDay(t *testing.T) {
	w := newWorld(t, false)
	w.SetUser("transactional_quota", 2)
	c := w.signedIn(t)
	c.says("MAIL FROM:<news@example.org>", "250 ")
	c.says("RCPT TO:<a@example.com>", "250 ")
	c.says("RCPT TO:<b@example.com>", "250 ")
	c.says("RCPT TO:<c@example.com>", "452 4.5.3 ")
	c.says("DATA", "354 ")
	c.says("From: news@example.org\r\n\r\nx\r\n.", "250 ")
	c.says("MAIL FROM:<news@example.org>", "451 4.7.1 ")
	w.SetUser("transactional_quota", 0)
	c.says("MAIL FROM:<news@example.org>", "550 5.7.1 ")
}

// TestHalfAnEmail breaks off in the middle: nothing is taken.
func TestHalfAnEmail(t *testing.T) {
	w := newWorld(t, false)
	for _, command := range []string{"DATA", "BDAT 1000 LAST"} {
		c := w.signedIn(t)
		c.says("MAIL FROM:<news@example.org>", "250 ")
		c.says("RCPT TO:<ivan@example.com>", "250 ")
		if _, err := io.WriteString(c.net, command+"\r\nFrom: news@example.org\r\n\r\nhalf\r\n"); err != nil {
			t.Fatal(err)
		}
		_ = c.net.Close()
	}
	c := w.signedIn(t)
	c.says("MAIL FROM:<news@example.org>", "250 ")
	c.says("RCPT TO:<ivan@example.com>", "250 ")
	c.says("BDAT 26 LAST\r\nFrom: news@example.org\n\nx\n", "250 2.0.0 ")
	if n := len(w.calls()); n != 1 {
		t.Errorf("%d e-mails were taken", n)
	}
	if m := w.arrived(1); !strings.HasSuffix(string(m.Body), "\r\n\r\nx\r\n") {
		t.Errorf("%s", m.Body)
	}
}
