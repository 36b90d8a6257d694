package smtptest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/smtptest"
)

func address(p *smtptest.Server) string { return net.JoinHostPort(p.Host(), strconv.Itoa(p.Port())) }

// TestAnotherClientFindsAGoodServer: the client of the standard library, with TLS and a login.
func TestAnotherClientFindsAGoodServer(t *testing.T) {
	for _, auth := range []smtp.Auth{
		smtp.PlainAuth("", "user", "secret", "127.0.0.1"),
		smtp.CRAMMD5Auth("user", "secret"),
	} {
		p := smtptest.Start(t, smtptest.Script{TLS: smtptest.StartTLS, Accounts: map[string]string{"user": "secret"}})
		c, err := smtp.Dial(address(p))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Mail("a@example.org"); code(err) != 530 {
			t.Errorf("MAIL without a login: %v", err)
		}
		if err := c.StartTLS(&tls.Config{ServerName: "127.0.0.1", RootCAs: p.Roots()}); err != nil {
			t.Fatal(err)
		}
		if err := c.Auth(auth); err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			send(t, c, fmt.Sprintf("b%d@example.com", n), "Subject: x\r\n\r\n.dot\r\n..\r\n")
		}
		mails, err := p.WaitMails(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		m := mails[2]
		if m.From != "a@example.org" || m.To[0] != "b2@example.com" || m.User != "user" || m.Conn != 1 ||
			string(m.Body) != "Subject: x\r\n\r\n.dot\r\n..\r\n" {
			t.Errorf("arrived: %+v", m)
		}
	}
}

// TestATransactionStaysOpen after a refused recipient or body, as with Postfix and Exim.
func TestATransactionStaysOpen(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.To("no@example.com", smtptest.RCPT, smtptest.Say("550 5.1.1 no"))}})
	c, err := textproto.Dial("tcp", address(p))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, _, err := c.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	for _, turn := range []struct {
		say  string
		want int
	}{
		{"MAIL FROM:<a@example.org>", 503},
		{"EHLO me", 250},
		{"RCPT TO:<b@example.com>", 503},
		{"MAIL FROM:<a@example.org>", 250},
		{"RCPT TO:<no@example.com>", 550},
		{"DATA", 554},
		{"MAIL FROM:<b@example.org>", 503},
		{"RCPT TO:<yes@example.com>", 250},
		{"RSET", 250},
		{"DATA", 554},
		{"MAIL FROM:b@example.org", 501},
		{"MAIL FROM:<b@example.org> SIZE=99999999", 552},
		{"MAIL FROM:<b@example.org>", 250},
		{"RCPT TO:<yes@example.com>", 250},
		{"DATA", 354},
		{".", 250},
		{"STARTTLS", 502},
		{"BDAT 1", 500},
		{"NOOP", 250},
		{"QUIT", 221},
	} {
		if err := c.PrintfLine("%s", turn.say); err != nil {
			t.Fatal(err)
		}
		if code, text, _ := c.ReadResponse(0); code != turn.want {
			t.Errorf("%s: %d %s, want %d", turn.say, code, text, turn.want)
		}
	}
	if mails := p.Mails(); len(mails) != 1 || mails[0].From != "b@example.org" {
		t.Errorf("arrived: %+v", mails)
	}
}

func TestWhoPipelinesUnaskedIsCutOff(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Lockstep: true})
	nc, err := net.Dial("tcp", address(p))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write([]byte("EHLO me\r\nNOOP\r\nNOOP\r\n")); err != nil {
		t.Fatal(err)
	}
	c := textproto.NewConn(nc)
	if _, _, err := c.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadResponse(421); err != nil {
		t.Error(err)
	}
}

func TestWaitingForMailsEndsWithItsContext(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := p.WaitMails(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for nothing: %v", err)
	}
}

// TestDownAndUp on the same port, with mail before and after.
func TestDownAndUp(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	c, err := smtp.Dial(address(p))
	if err != nil {
		t.Fatal(err)
	}
	send(t, c, "before@example.com", "x\r\n")
	p.Down()
	if err := c.Noop(); err == nil {
		t.Error("the connection outlived the server")
	}
	if _, err := smtp.Dial(address(p)); err == nil {
		t.Error("the server is down and answers")
	}
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	if c, err = smtp.Dial(address(p)); err != nil {
		t.Fatal(err)
	}
	send(t, c, "after@example.com", "x\r\n")
	if got := len(p.Mails()); got != 2 {
		t.Errorf("%d mails arrived, want 2", got)
	}
}

// TestManyConnectionsAtOnce lose no mail.
func TestManyConnectionsAtOnce(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{DropBodies: true})
	var clients sync.WaitGroup
	for n := range 20 {
		clients.Go(func() {
			c, err := smtp.Dial(address(p))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for i := range 50 {
				send(t, c, fmt.Sprintf("b%d.%d@example.com", n, i), "x\r\n")
			}
		})
	}
	clients.Wait()
	if got := len(p.Mails()); got != 20*50 || p.Conns() != 20 {
		t.Errorf("%d mails arrived over %d connections, want 1000 over 20", got, p.Conns())
	}
}

func send(t *testing.T, c *smtp.Client, to, body string) {
	t.Helper()
	if err := c.Mail("a@example.org"); err != nil {
		t.Error(err)
		return
	}
	if err := c.Rcpt(to); err != nil {
		t.Error(err)
		return
	}
	w, err := c.Data()
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := strings.NewReader(body).WriteTo(w); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func code(err error) int {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return 0
	}
	return said.Code
}
