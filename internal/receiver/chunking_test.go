package receiver_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"gonets/internal/receiver"
)

// chunks sends commands and chunks together, as a client may (RFC 3030 § 2), and checks how each answer begins.
func (c talk) chunks(sent string, answers ...string) {
	c.t.Helper()
	if _, err := io.WriteString(c.W, sent); err != nil {
		c.t.Fatal(err)
	}
	if err := c.W.Flush(); err != nil {
		c.t.Fatal(err)
	}
	for _, want := range answers {
		c.answers(sent, want)
	}
}

// TestChunks takes emails in chunks (BDAT, RFC 3030), whole or not at all, whatever comes between them.
func TestChunks(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		t.Run(fmt.Sprint("LMTP ", lmtp), func(t *testing.T) {
			var b books
			r := start(t, lmtp, b.take)
			hello := "EHLO mx.test"
			if lmtp {
				hello = "LHLO mx.test"
			}
			begun := func(t *testing.T) talk {
				b.mails = nil
				c := dial(t, r)
				c.says("", "220 ")
				c.says(hello, "250 ")
				return c
			}
			booked := func(t *testing.T, want ...string) {
				t.Helper()
				b.mu.Lock()
				defer b.mu.Unlock()
				if len(b.mails) != len(want) {
					t.Fatalf("%d emails are booked, want %d", len(b.mails), len(want))
				}
				for i, mail := range b.mails {
					if got := mail.Sender + " " + fmt.Sprint(mail.Recipients) + " " + string(mail.Source); got != want[i] {
						t.Errorf("booked %q, want %q", got, want[i])
					}
				}
			}
			const envelope = "MAIL FROM:<mx@example.net>\r\nRCPT TO:<bounces+a@example.org>\r\n"
			t.Run("in three chunks, with what would end DATA in one of them", func(t *testing.T) {
				c := begun(t)
				c.chunks(envelope+"BDAT 5\r\nSubjeBDAT 18\r\nct: x\r\n.\r\nQUIT\r\n\r\nBDAT 0 LAST\r\n", "250 ", "250 ", "250 ", "250 ", "250 2.0.0 ")
				booked(t, "mx@example.net [bounces+a@example.org] Subject: x\r\n.\r\nQUIT\r\n\r\n")
			})
			t.Run("given up with RSET", func(t *testing.T) {
				c := begun(t)
				c.chunks(envelope+"BDAT 5\r\nSubjeRSET\r\nBDAT 3 LAST\r\nxyzNOOP\r\n", "250 ", "250 ", "250 ", "250 ", "502 ", "250 ")
				booked(t)
			})
			t.Run("other commands between the chunks", func(t *testing.T) {
				c := begun(t)
				c.chunks(envelope+"BDAT 4\r\none\nMAIL FROM:<eve@example.net>\r\nRCPT TO:<bounces+b@example.org>\r\nDATA\r\nBDAT 4 LAST\r\ntwo\n",
					"250 ", "250 ", "250 ", "502 ", "502 ", "502 ", "250 2.0.0 ")
				booked(t, "mx@example.net [bounces+a@example.org] one\ntwo\n")
			})
			t.Run("broken off in the last chunk", func(t *testing.T) {
				c := begun(t)
				c.chunks(envelope+"BDAT 1000 LAST\r\nSubject: bounce\r\n\r\nhalf", "250 ", "250 ")
				hangUp(t, c)
				booked(t)
			})
			t.Run("broken off between the chunks", func(t *testing.T) {
				c := begun(t)
				c.chunks(envelope+"BDAT 4\r\none\n", "250 ", "250 ", "250 ")
				hangUp(t, c)
				booked(t)
			})
			t.Run("longer than 10 MB together", func(t *testing.T) {
				c := begun(t)
				half := strings.Repeat("one line\r\n", 600_000)
				c.chunks(envelope+"BDAT 6000000\r\n"+half+"BDAT 6000000 LAST\r\n"+half+"NOOP\r\n", "250 ", "250 ", "250 ", "552 5.3.4 ", "250 ")
				booked(t)
			})
			t.Run("a chunk that is refused holds no commands", func(t *testing.T) {
				c := begun(t)
				c.chunks("BDAT 8 LAST\r\nQUIT\r\n\r\nNOOP\r\n", "502 ", "250 ")
				c.chunks("BDAT -1\r\nBDAT x LAST\r\nBDAT 1 FIRST\r\nNOOP\r\n", "501 ", "501 ", "501 ", "250 ")
				booked(t)
			})
		})
	}
}

// hangUp ends what the client says, and waits until the server has closed the connection.
func hangUp(t *testing.T, c talk) {
	t.Helper()
	if err := c.conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "250 ") {
			t.Errorf("it was answered %q", line)
		}
	}
}

func TestTooManyCommands(t *testing.T) {
	var b books
	c := dial(t, start(t, false, b.take))
	c.says("", "220 ")
	if _, err := io.WriteString(c.W, strings.Repeat("NOOP\r\n", receiver.MaxCommands)+"NOOP\r\nNOOP\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := c.W.Flush(); err != nil {
		t.Fatal(err)
	}
	for range receiver.MaxCommands {
		c.answers("NOOP", "250 ")
	}
	c.answers("NOOP", "421 4.7.0 ")
	c.ends()
}

// ends checks that the server has closed the connection and says nothing more.
func (c talk) ends() {
	c.t.Helper()
	if line, err := c.ReadLine(); err == nil {
		c.t.Errorf("it goes on with %q", line)
	}
}
