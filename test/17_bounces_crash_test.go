package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/smtp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonets/internal/mtatest"
	"gonets/internal/outbox"
	"gonets/internal/smtptest"
)

// dsn is a report that an address does not exist (RFC 3464), for a return path.
func dsn(to, recipient string) string {
	return fmt.Sprintf(`From: MAILER-DAEMON@mx.example.net
To: <%s>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
`, to, recipient)
}

// Test17AKillLosesNoBounceAndBooksNoneTwice kills the process in the middle of 1000 bounces: half of them are in a mailbox of a
// real Dovecot, and half are handed over by a real Postfix.
func Test17AKillLosesNoBounceAndBooksNoneTwice(t *testing.T) {
	const (
		total = 1000
		kills = 5
	)
	w := newWorld(t, 4*time.Minute, outbox.Options{Keep: total})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	host, digits, err := net.SplitHostPort(w.outbox.Addr())
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(digits)
	sender := w.root.post("/api/collections/senders/records", object{
		"name": "news", "from_email": fromAddress, "host": host, "port": port, "tls": "none", "access": "everyone",
		"return_path": "bounces@news.example", "return_path_style": "plus",
	}).want(200).id()
	id := owner.mailing(owner.message(nil), object{"sender": sender})
	owner.verb(id, "send", nil).want(202)
	owner.reaches(id, "completed")

	lmtp := freeAddress(t)
	_, digits, _ = net.SplitHostPort(lmtp)
	behind, _ := strconv.Atoi(digits)
	mta := mtatest.Postfix(t, mtatest.Config{Behind: behind, LMTP: true, Settings: []string{
		"minimal_backoff_time = 1s", "maximal_backoff_time = 1s", "queue_run_delay = 1s", "transport_retry_time = 1s",
	}})
	certificate, _, err := smtptest.Certificate([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	boxes := mtatest.Dovecot(t, certificate)
	w.root.post("/api/collections/mailboxes/records", object{
		"name": "bounces", "kind": "imap", "host": "127.0.0.1", "port": boxes.IMAP, "tls": "none", "username": "bounces",
		"password": mtatest.DovecotPassword, "delete_after_days": 0, "active": true,
	}).want(200)
	for i, m := range w.outbox.List(0, total, "").Items {
		mail, _ := w.outbox.One(m.ID)
		report := dsn(mail.EnvelopeFrom, mail.To[0])
		if i%2 == 0 {
			boxes.Deliver(t, "bounces", report)
			continue
		}
		if err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", mta), nil, "", []string{mail.EnvelopeFrom}, []byte(report)); err != nil {
			t.Fatal(err)
		}
	}

	bounced := func() int {
		var m struct{ Bounced int }
		owner.get("/api/collections/mailings/records/" + id).want(200).into(&m)
		return m.Bounced
	}
	w.flags = []string{"--bounce-lmtp", lmtp}
	w.restart()
	for kill := range kills {
		// Some time in the part of the rest that would be this kill's if they came evenly.
		before := bounced()
		until := before + 1 + rand.IntN(max(1, (total-before)/(kills-kill+1)))
		eventually(w.ctx, t, fmt.Sprint(until, " have bounced"), func() bool { return bounced() >= min(until, total) })
		w.restart()
		t.Logf("killed at %d", bounced())
	}
	eventually(w.ctx, t, "all have bounced, and none is left in the mailbox", func() bool { return bounced() == total && boxes.Left(t, "bounces") == 0 })

	emails := map[string]int{}
	for page := 1; len(emails) < total; page++ {
		var answer struct {
			Items []struct{ Email, Kind string }
		}
		owner.get(fmt.Sprintf("/api/collections/bounces/records?sort=id&skipTotal=1&perPage=500&page=%d", page)).want(200).into(&answer)
		for _, b := range answer.Items {
			if emails[b.Email]++; b.Kind != "hard" {
				t.Errorf("booked as %+v", b)
			}
		}
		if len(answer.Items) == 0 {
			t.Fatalf("%d of %d addresses are booked", len(emails), total)
		}
	}
	for email, n := range emails {
		if n > 1 {
			t.Errorf("%s is booked %d times", email, n)
		}
	}
	if m := owner.read(id); m.Sent != 0 || m.Total != total || m.Failed+m.Uncertain+m.Skipped != 0 {
		t.Errorf("the mailing is %+v", m)
	}
	var stopped struct{ TotalItems int }
	owner.get("/api/collections/suppressions/records?perPage=1").want(200).into(&stopped)
	if stopped.TotalItems != total {
		t.Errorf("%d addresses are on the stop list", stopped.TotalItems)
	}
}

// Test17ServeTakesBouncesOrSaysWhyNot starts serve with addresses that are taken or wrong.
func Test17ServeTakesBouncesOrSaysWhyNot(t *testing.T) {
	w := emptyWorld(t, time.Minute)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct{ flag, value, says string }{
		{"--bounce-listen", taken.Addr().String(), "--bounce-listen " + taken.Addr().String()},
		{"--bounce-lmtp", taken.Addr().String(), "address already in use"},
		{"--bounce-lmtp", "2424", "HOST:PORT"},
	} {
		r := w.command("serve", "--http", w.listen, c.flag, c.value)
		r.wantCode(t, couldNot).says(t, c.says)
	}
	at := freeAddress(t)
	w.flags = []string{"--bounce-listen", at}
	w.serve()
	c, err := smtp.Dial(at)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Mail(""); err != nil {
		t.Fatal(err)
	}
	if err := c.Rcpt("bounces@news.example"); err == nil || !strings.Contains(err.Error(), "5.1.1") {
		t.Errorf("an address that is none of ours is answered %v", err)
	}
	if code := w.server.stop(); code != 0 {
		t.Errorf("serve ends with %d", code)
	}
	if _, err := net.Dial("tcp", at); err == nil {
		t.Error("it still listens")
	}
}
