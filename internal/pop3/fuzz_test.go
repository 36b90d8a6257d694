package pop3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"gonets/internal/pop3"
)

// saying is a connection to a server that says what it says, whatever it is told.
type saying struct {
	net.Conn // panics if something else is called
	said     *bytes.Reader
}

func (s *saying) Read(p []byte) (int, error) {
	if len(p) > 7 { // replies arrive in pieces, so that what is said too early cannot be told from what is not
		p = p[:7]
	}
	return s.said.Read(p)
}
func (*saying) Write(p []byte) (int, error)      { return len(p), nil }
func (*saying) Close() error                     { return nil }
func (*saying) SetDeadline(time.Time) error      { return nil }
func (*saying) SetReadDeadline(time.Time) error  { return nil }
func (*saying) SetWriteDeadline(time.Time) error { return nil }

// FuzzReplies lets a server say anything: the client must neither panic nor return an email whose end it has not seen.
func FuzzReplies(f *testing.F) {
	f.Add([]byte("+OK\r\n+OK\r\nUIDL\r\n.\r\n+OK\r\n+OK\r\n+OK\r\n1 a\r\n.\r\n+OK\r\n1 5\r\n.\r\n+OK\r\nSubject: x\r\n\r\n..\r\n.\r\n+OK\r\n+OK\r\n"))
	f.Add([]byte("+OK\r\n+OK\r\nSASL PLAIN\r\n.\r\n+ \r\n-ERR [AUTH] no\r\n"))
	f.Add([]byte("-ERR [SYS/TEMP\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		c, err := pop3.New(context.Background(), &saying{said: bytes.NewReader(said)}, time.Second)
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if err := c.Login("ann", "secret"); err != nil {
			return
		}
		messages, err := c.List()
		if err != nil {
			return
		}
		for _, m := range messages {
			if m.Number < 1 || m.UID == "" || m.Size < 0 {
				t.Errorf("message %+v", m)
			}
			text, err := c.Retrieve(m.Number)
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, text); err == nil && !bytes.Contains(said, []byte(".\r\n")) && !bytes.Contains(said, []byte(".\n")) {
				t.Error("an email without its end is taken for a whole one")
			} else if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("read: %v", err)
			}
			if err := c.Delete(m.Number); err != nil {
				return
			}
		}
		_ = c.Quit()
	})
}
