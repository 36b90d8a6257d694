package receiver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/mtatest"
	"gonets/internal/receiver"
)

// books takes what is for bounces+…@example.org. An email says in its subject what becomes of it.
type books struct {
	mu    sync.Mutex
	mails []arrival.Mail
}

func isOurs(_ context.Context, to string) (bool, error) {
	if strings.HasPrefix(to, "bounces+broken") {
		return false, errors.New("the database is locked")
	}
	return strings.HasPrefix(to, "bounces+") && strings.HasSuffix(to, "@example.org"), nil
}

func (b *books) take(_ context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	source := string(mail.Source)
	switch {
	case strings.Contains(source, "Subject: error"):
		return "", errors.New("the database is locked")
	case strings.Contains(source, "Subject: later"):
		return arrival.Later, nil
	case strings.Contains(source, "Subject: hello"):
		return arrival.NotOurs, nil
	case strings.Contains(source, "Subject: known"):
		return arrival.Known, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, mail)
	return arrival.Booked, nil
}

func (b *books) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.mails)
}

func start(t *testing.T, lmtp bool, take arrival.Take) *receiver.Receiver {
	t.Helper()
	r, err := receiver.Start(t.Context(), receiver.Options{Addr: "127.0.0.1:0", LMTP: lmtp, IsOurs: isOurs, Take: take, Patience: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// talk is a client that says exactly what the test says.
type talk struct {
	t    *testing.T
	conn net.Conn
	*textproto.Conn
}

func dial(t *testing.T, r *receiver.Receiver) talk {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return talk{t, conn, textproto.NewConn(conn)}
}

// says sends a line and checks how the answer begins.
func (c talk) says(line, want string) {
	c.t.Helper()
	if line != "" {
		if _, err := io.WriteString(c.W, line+"\r\n"); err != nil {
			c.t.Fatalf("%.60q: %v", line, err)
		}
		if err := c.W.Flush(); err != nil {
			c.t.Fatalf("%.60q: %v", line, err)
		}
	}
	c.answers(line, want)
}

func (c talk) answers(line, want string) {
	c.t.Helper()
	got, err := c.ReadLine()
	for err == nil && len(got) > 3 && got[3] == '-' {
		got, err = c.ReadLine()
	}
	if err != nil || !strings.HasPrefix(got, want) {
		c.t.Fatalf("%.60q was answered %q, %v, want %q", line, got, err, want)
	}
}

func TestAnswers(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		t.Run(fmt.Sprint("LMTP ", lmtp), func(t *testing.T) {
			var b books
			c := dial(t, start(t, lmtp, b.take))
			hello := "EHLO mx.test"
			if lmtp {
				hello = "LHLO mx.test"
			}
			c.says("", "220 ")
			c.says(hello, "250 ")
			for subject, want := range map[string]string{
				"bounce": "250 2.0.0 ", "known": "250 2.0.0 ", "later": "451 4.3.0 ", "error": "451 4.3.0 ", "hello": "550 5.7.1 ",
			} {
				if lmtp { // which names the recipient
					want = want[:10] + "<bounces+a@example.org> "
				}
				c.says("MAIL FROM:<>", "250 ")
				c.says("RCPT TO:<bounces+a@example.org>", "250 ")
				c.says("RCPT TO:<bounces+b@example.net>", "550 5.1.1 ")
				c.says("RCPT TO:<bounces+broken@example.org>", "451 4.3.0 ")
				c.says("DATA", "354 ")
				c.says("Subject: "+subject+"\r\n\r\n..\r\n.", want)
			}
			c.says("MAIL FROM:<ann@example.net> SIZE=10485761", "552 5.3.4")
			c.says("MAIL FROM:<ann@example.net>", "250 ")
			c.says("DATA", "502 ")
			c.says("AUTH PLAIN", "523 ")
			c.says("QUIT", "221 ")
			if b.count() != 1 {
				t.Fatalf("%d emails are booked, want one", b.count())
			}
			mail := b.mails[0]
			if mail.Sender != "" || fmt.Sprint(mail.Recipients) != "[bounces+a@example.org]" || string(mail.Source) != "Subject: bounce\r\n\r\n.\r\n" {
				t.Errorf("booked %q from %q to %q", mail.Source, mail.Sender, mail.Recipients)
			}
		})
	}
}

func TestTooLongAnEmail(t *testing.T) {
	var b books
	r := start(t, false, b.take)
	err := smtp.SendMail(r.Addr().String(), nil, "mx@example.net", []string{"bounces+a@example.org"},
		[]byte("Subject: bounce\r\n\r\n"+strings.Repeat(strings.Repeat("x", 70)+"\r\n", 150_000)))
	var refused *textproto.Error
	if !errors.As(err, &refused) || refused.Code != 552 {
		t.Errorf("got %v, want 552", err)
	}
	if b.count() != 0 {
		t.Error("it was booked")
	}
}

func TestHostileClients(t *testing.T) {
	var b books
	r := start(t, false, b.take)
	t.Run("a line without end", func(t *testing.T) {
		c := dial(t, r)
		c.says("", "220 ")
		c.says("EHLO "+strings.Repeat("x", 300<<10), "500 ")
	})
	t.Run("unknown commands", func(t *testing.T) {
		c := dial(t, r)
		c.says("", "220 ")
		c.says("EHLO mx.test", "250 ")
		for range 4 {
			c.says("GET / HTTP/1.1", "50")
		}
		c.answers("", "500 5.5.1 Too many errors")
		if _, err := c.ReadLine(); !errors.Is(err, io.EOF) {
			t.Errorf("it was not cut off: %v", err)
		}
	})
	t.Run("guessed addresses", func(t *testing.T) {
		c := dial(t, r)
		c.says("", "220 ")
		c.says("EHLO mx.test", "250 ")
		c.says("MAIL FROM:<>", "250 ")
		for n := range receiver.MaxRefused {
			c.says(fmt.Sprintf("RCPT TO:<guess%d@example.org>", n), "550 5.1.1 ")
		}
		c.says("RCPT TO:<bounces+a@example.org>\r\nRSET\r\nMAIL FROM:<>", "421 4.7.0 ")
		c.ends()
	})
	t.Run("too many emails", func(t *testing.T) {
		c := dial(t, r)
		c.says("", "220 ")
		c.says("EHLO mx.test", "250 ")
		for range receiver.MaxMails {
			c.says("MAIL FROM:<>", "250 ")
			c.says("RSET", "250 ")
		}
		c.says("MAIL FROM:<>\r\nRSET", "421 4.7.0 ")
		c.ends()
	})
	t.Run("an email that breaks off", func(t *testing.T) {
		c := dial(t, r)
		c.says("", "220 ")
		c.says("EHLO mx.test", "250 ")
		c.says("MAIL FROM:<>", "250 ")
		c.says("RCPT TO:<bounces+a@example.org>", "250 ")
		c.says("DATA", "354 ")
		// Line feeds alone end no email (SMTP smuggling), and neither does the end of the connection.
		if err := c.PrintfLine("Subject: bounce\r\n\r\nhalf of\n.\nit"); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	})
	t.Run("too many connections", func(t *testing.T) {
		r := start(t, false, b.take)
		for range receiver.MaxPerHost {
			dial(t, r).says("", "220 ")
		}
		dial(t, r).says("", "421 4.3.2 ")
	})
	_ = r.Close() // it waits for what is being taken
	if b.count() != 0 {
		t.Errorf("%d emails are booked", b.count())
	}
}

// TestPatience hands over a bounce of an email of which it is not known yet that it was sent.
func TestPatience(t *testing.T) {
	tries := 0
	r, err := receiver.Start(t.Context(), receiver.Options{Addr: "127.0.0.1:0", IsOurs: isOurs, Take: func(context.Context, arrival.Mail) (arrival.Outcome, error) {
		if tries++; tries < 3 {
			return arrival.Later, nil
		}
		return arrival.Booked, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	err = smtp.SendMail(r.Addr().String(), nil, "", []string{"bounces+a@example.org"}, []byte("Subject: bounce\r\n\r\n"))
	if err != nil || tries != 3 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

// What is being booked when the service stops is booked or not, but never answered 250 without being booked.
func TestCloseWaitsForTheBooking(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	r := start(t, false, func(context.Context, arrival.Mail) (arrival.Outcome, error) {
		close(begun)
		<-release
		return arrival.Booked, nil
	})
	c := dial(t, r)
	c.says("", "220 ")
	c.says("EHLO mx.test", "250 ")
	c.says("MAIL FROM:<>", "250 ")
	c.says("RCPT TO:<bounces+a@example.org>", "250 ")
	c.says("DATA", "354 ")
	if err := c.PrintfLine("Subject: bounce\r\n\r\nx\r\n."); err != nil {
		t.Fatal(err)
	}
	<-begun
	closed := make(chan struct{})
	go func() {
		_ = r.Close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("it did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	<-closed
	if _, err := net.Dial("tcp", r.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

// TestPostfix lets a real Postfix hand over emails by LMTP, and by SMTP: those that are booked leave its queue,
// those for other addresses come back, and what cannot be booked now is tried again.
func TestPostfix(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		t.Run(fmt.Sprint("LMTP ", lmtp), func(t *testing.T) {
			var b books
			var tries sync.Map
			r := start(t, lmtp, func(ctx context.Context, mail arrival.Mail) (arrival.Outcome, error) {
				if _, again := tries.LoadOrStore(mail.Hash()[:8]+strings.Join(mail.Recipients, ","), true); !again && strings.Contains(string(mail.Source), "Subject: second try") {
					return arrival.Later, nil
				}
				return b.take(ctx, mail)
			})
			port := r.Addr().(*net.TCPAddr).Port
			settings := []string{"minimal_backoff_time = 1s", "maximal_backoff_time = 1s", "queue_run_delay = 1s"}
			mta := mtatest.Postfix(t, mtatest.Config{Behind: port, LMTP: lmtp, Settings: settings})
			const mails = 50
			for n := range mails {
				subject := "bounce"
				if n == 7 {
					subject = "second try"
				}
				source := fmt.Sprintf("Subject: %s\r\n\r\n%d\r\n", subject, n)
				if err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", mta), nil, "mx@example.net", []string{fmt.Sprintf("bounces+%d@example.org", n)}, []byte(source)); err != nil {
					t.Fatal(err)
				}
			}
			deadline := time.Now().Add(60 * time.Second)
			for b.count() < mails {
				if time.Now().After(deadline) {
					t.Fatalf("%d of %d emails are booked", b.count(), mails)
				}
				time.Sleep(20 * time.Millisecond)
			}
			seen := map[string]bool{}
			for _, mail := range b.mails {
				seen[mail.Recipients[0]] = true
				if mail.Sender != "mx@example.net" || len(mail.Recipients) != 1 {
					t.Errorf("envelope %q to %q", mail.Sender, mail.Recipients)
				}
			}
			if len(seen) != mails {
				t.Errorf("%d recipients, want %d", len(seen), mails)
			}
		})
	}
}
