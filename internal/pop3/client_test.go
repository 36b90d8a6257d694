package pop3_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gonets/internal/pop3"
)

func TestMailboxIsRead(t *testing.T) {
	c := client(t, append(greets("USER", "UIDL", "TOP"),
		step{"USER ann", "+OK\r\n"},
		step{"PASS se cret", "+OK logged in\r\n"},
		step{"UIDL", "+OK 2 messages\r\n3 b!~\r\n1 a\r\n.\r\n"},
		step{"LIST", "+OK\r\n1 120\r\n3 15 octets\r\n4 7\r\n.\r\n"},
		step{"RETR 1", "+OK 120 octets\r\nSubject: one\r\n\r\n..dot\r\n.\r\n"},
		step{"DELE 1", "+OK\r\n"},
		step{"RETR 3", "+OK\r\n" + strings.Repeat("x", 10_000) + "\r\n.\r\n"}, // no line of an email is too long
		step{"QUIT", "+OK bye\r\n"},
	)...)
	if err := c.Login("ann", "se cret"); err != nil {
		t.Fatal(err)
	}
	messages, err := c.List()
	if err != nil || fmt.Sprint(messages) != "[{1 a 120} {3 b!~ 15}]" {
		t.Fatalf("messages %v, %v", messages, err)
	}
	text, err := c.Retrieve(1)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(text); err != nil || string(all) != "Subject: one\n\n.dot\n" {
		t.Fatalf("email %q, %v", all, err)
	}
	if err := c.Delete(1); err != nil {
		t.Fatal(err)
	}
	if text, err = c.Retrieve(3); err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(text, make([]byte, 10)); err != nil || n != 10 {
		t.Fatalf("first bytes: %d, %v", n, err)
	}
	if err := c.Quit(); err != nil { // it skips the rest of the email
		t.Fatal(err)
	}
}

func TestLogin(t *testing.T) {
	for name, c := range map[string]struct {
		capability string
		steps      []step
		code       string // of the refusal; "none" if it is accepted
	}{
		"SASL PLAIN, with the password after the server has asked for it": {
			"SASL LOGIN PLAIN", []step{{"AUTH PLAIN", "+ \r\n"}, {"AGFubgBzZWNyZXQ=", "+OK\r\n"}}, "none",
		},
		"SASL PLAIN is refused": {
			"SASL PLAIN", []step{{"AUTH PLAIN", "+\r\n"}, {"AGFubgBzZWNyZXQ=", "-ERR [AUTH] wrong\r\n"}}, "AUTH",
		},
		"SASL PLAIN is not wanted now": {
			"SASL PLAIN", []step{{"AUTH PLAIN", "-ERR [SYS/TEMP] later\r\n"}}, "SYS/TEMP",
		},
		"the password is refused": {
			"USER", []step{{"USER ann", "+OK\r\n"}, {"PASS secret", "-ERR wrong\r\n"}}, "",
		},
		"somebody else reads the mailbox": {
			"USER", []step{{"USER ann", "+OK\r\n"}, {"PASS secret", "-ERR [in-use] locked\r\n"}}, "IN-USE",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := client(t, append(greets(c.capability), c.steps...)...).Login("ann", "secret")
			var refused *pop3.Refused
			switch {
			case c.code == "none":
				if err != nil {
					t.Error(err)
				}
			case !errors.As(err, &refused) || refused.Code != c.code:
				t.Errorf("got %v, want the code %q", err, c.code)
			}
		})
	}
}

func TestLoginSaysNoSecondCommand(t *testing.T) {
	c := client(t, greets("USER")...)
	if err := c.Login("ann", "x\r\nDELE 1"); err == nil {
		t.Error("a line end in the password was sent")
	}
}

func TestServerWithoutCapabilities(t *testing.T) {
	c := client(t, step{"", "+OK\r\n"}, step{"CAPA", "-ERR what?\r\n"}, step{"UIDL", "-ERR what?\r\n"})
	if err := c.StartTLS(&tls.Config{}); !errors.Is(err, pop3.ErrNoSTLS) {
		t.Errorf("STLS: %v", err)
	}
	if _, err := c.List(); !errors.Is(err, pop3.ErrNoUIDL) {
		t.Errorf("UIDL: %v", err)
	}
}

// What was said in clear between STLS and the handshake would be taken for what the server says in the encrypted
// connection (CVE-2021-33515).
func TestNothingGetsIntoTheEncryptedConnection(t *testing.T) {
	c := client(t, append(greets("STLS"), step{"STLS", "+OK\r\n+OK logged in\r\n"})...)
	if err := c.StartTLS(&tls.Config{ServerName: "127.0.0.1"}); err == nil || !strings.Contains(err.Error(), "in clear") {
		t.Errorf("got %v", err)
	}
}

func TestStrangeServers(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"speaks SMTP":              {[]step{{"", "220 mx.test ESMTP\r\n"}}, "does not fit"},
		"refuses at once":          {[]step{{"", "-ERR [SYS/PERM] go away\r\n"}}, "SYS/PERM"},
		"greets without end":       {[]step{{"", "+OK " + long}}, "more than 4096"},
		"hangs up":                 {[]step{{"", "+OK rea"}}, "closed the connection"},
		"hangs up at CAPA":         {[]step{{"", "+OK\r\n"}, {"CAPA", "+OK\r\nUIDL\r\n"}}, "closed the connection"},
		"has no end of capability": {[]step{{"", "+OK\r\n"}, {"CAPA", "+OK\r\n" + strings.Repeat("X\r\n", 200)}}, "more than 100"},
		"says more than it is asked": {
			[]step{{"", "+OK\r\n+OK once more\r\n"}}, "before it was asked",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := begins(t.Context(), t, 5*time.Second, c.steps...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestStrangeLists(t *testing.T) {
	for name, c := range map[string]struct{ uidl, list string }{
		"no number":       {"x abc", ""},
		"number 0":        {"0 abc", ""},
		"no identifier":   {"1", ""},
		"long identifier": {"1 " + strings.Repeat("a", 71), ""},
		"identifier with a space": {
			"1 a b", "",
		},
		"twice":         {"1 a\r\n1 b", ""},
		"size below 0":  {"1 a", "1 -5"},
		"size too long": {"1 a", "1 99999999999999999999"},
	} {
		t.Run(name, func(t *testing.T) {
			steps := append(greets(), step{"UIDL", "+OK\r\n" + c.uidl + "\r\n.\r\n"})
			if c.list != "" {
				steps = append(steps, step{"LIST", "+OK\r\n" + c.list + "\r\n.\r\n"})
			}
			if messages, err := client(t, steps...).List(); err == nil {
				t.Errorf("got %v", messages)
			}
		})
	}
}

func TestSilenceEnds(t *testing.T) {
	err := begins(t.Context(), t, 50*time.Millisecond, step{"", "+OK\r\n"}, step{"CAPA", ""}, step{hangUp, ""})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestContextEndsTheWait(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the service stops")
	time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
	if err := begins(ctx, t, time.Minute, step{"", "+OK\r\n"}, step{"CAPA", ""}, step{hangUp, ""}); !errors.Is(err, reason) {
		t.Errorf("got %v", err)
	}
}

func TestEmailThatBreaksOffIsNoWholeOne(t *testing.T) {
	c := client(t, append(greets(), step{"RETR 1", "+OK\r\nSubject: half\r\n"})...)
	text, err := c.Retrieve(1)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(text); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read %q, %v", all, err)
	}
}
