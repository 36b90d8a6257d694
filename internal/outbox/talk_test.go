package outbox

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

// start runs an outbox for the length of a test.
func start(t testing.TB, options Options) *Outbox {
	t.Helper()
	o, err := Start(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

// soon is a context for what takes no time unless it hangs.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// send hands one mail over with the standard library's client.
func send(t testing.TB, o *Outbox, to, source string) {
	t.Helper()
	if err := smtp.SendMail(o.Addr(), nil, "sender@example.org", []string{to}, []byte(source)); err != nil {
		t.Fatalf("send to %s: %v", to, err)
	}
}

// smallMail is a small mail in CRLF lines.
func smallMail(id, subject, body string) string {
	return fmt.Sprintf("From: Sender <sender@example.org>\r\nSubject: %s\r\nMessage-ID: <%s@example.org>\r\n\r\n%s\r\n", subject, id, body)
}

// talk is a client that writes and reads exactly what the test says.
type talk struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// dial connects and gets past the greeting and EHLO.
func dial(t testing.TB, o *Outbox) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", o.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	c := &talk{t: t, conn: conn, in: bufio.NewReader(conn)}
	c.want("220 ")
	c.write("EHLO client.example.org\r\n")
	for {
		if got := c.read(); strings.HasPrefix(got, "250 ") {
			return c
		}
	}
}

func (c *talk) write(s string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(s)); err != nil {
		c.t.Fatalf("write %.40q: %v", s, err)
	}
}

func (c *talk) read() string {
	c.t.Helper()
	got, err := c.in.ReadString('\n')
	if err != nil {
		c.t.Fatalf("read: %v (after %q)", err, got)
	}
	return strings.TrimRight(got, "\r\n")
}

// want reads one line for each prefix.
func (c *talk) want(prefixes ...string) {
	c.t.Helper()
	for _, prefix := range prefixes {
		if got := c.read(); !strings.HasPrefix(got, prefix) {
			c.t.Fatalf("the server said %q, want %q…", got, prefix)
		}
	}
}

// wantEnd is met when the server has closed the connection.
func (c *talk) wantEnd() {
	c.t.Helper()
	if got, err := c.in.ReadString('\n'); err == nil {
		c.t.Fatalf("the server said %q, want a closed connection", got)
	} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
		c.t.Fatal("the connection stayed open")
	}
}

// envelope is the group of commands that opens a mail.
func envelope(to string) string {
	return "MAIL FROM:<sender@example.org>\r\nRCPT TO:<" + to + ">\r\nDATA\r\n"
}
