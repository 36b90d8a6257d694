package mailbox

import (
	"bytes"
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/relay"
)

// saying is a connection to a server that says what it says, whatever it is told.
type saying struct {
	net.Conn // panics if something else is called
	said     *bytes.Reader
	closed   atomic.Bool
}

func (s *saying) Read(p []byte) (int, error) { return s.said.Read(p) }

func (s *saying) Write(p []byte) (int, error) {
	if s.closed.Load() {
		return 0, net.ErrClosed
	}
	return len(p), nil
}

func (s *saying) Close() error {
	s.closed.Store(true)
	return nil
}

func (*saying) SetDeadline(time.Time) error      { return nil }
func (*saying) SetReadDeadline(time.Time) error  { return nil }
func (*saying) SetWriteDeadline(time.Time) error { return nil }

// nothing is a ledger that has noted nothing.
type nothing struct{ t *testing.T }

func (nothing) Noted(context.Context, []string) (map[string]Note, error) { return nil, nil }

func (n nothing) Take(_ context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	if mail.Key == "" {
		n.t.Error("an email without a key was handed on")
	}
	return arrival.Booked, nil
}

// FuzzIMAP lets a server of IMAP say anything. The client must not panic, and must come to an end.
func FuzzIMAP(f *testing.F) {
	f.Add([]byte("* OK [CAPABILITY IMAP4rev1] ready\r\nT1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\nT2 OK [READ-WRITE] x\r\n" +
		"* SEARCH 5\r\nT3 OK x\r\n* 1 FETCH (UID 5 BODY[]<0> {8}\r\nbounce\r\n)\r\nT4 OK x\r\nT5 OK x\r\n"))
	f.Add([]byte("* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] ready\r\n* OK [UIDVALIDITY 3] x\r\nT1 OK x\r\n* ESEARCH (TAG \"T2\") UID ALL 9:1,4:*\r\nT2 OK x\r\n"))
	f.Add([]byte("* BYE [UNAVAILABLE] later\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		a := Account{Kind: IMAP, Host: "mx.test", Port: 143, TLS: relay.TLSNone, Username: "ann", Password: "secret", Timeout: time.Second}
		metered := &meter{Conn: &saying{said: bytes.NewReader(said)}}
		metered.allow(maxTalk)
		s, err := openIMAP(ctx, a, metered, metered)
		if err != nil {
			return
		}
		_ = s.pass(ctx, nothing{t}, &Pass{})
		s.end()
		if ctx.Err() != nil {
			t.Error("it came to no end")
		}
	})
}
