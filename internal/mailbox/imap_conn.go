package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"gonets/internal/printable"
)

// guarded is a connection as the IMAP client gets it. It keeps from it what makes go-imap v2.0.0-beta.8 loop without
// end: a parenthesis in a list of capabilities. No server of the world sends one.
type guarded struct {
	net.Conn
	// first is said before what comes over the connection.
	first string
	// line is the beginning of the current line, and end the digits of "{123}" at its end. Closed is true after the "]"
	// that ends capabilities in the middle of a line; a text can follow.
	line   []byte
	end    []byte
	closed bool
	// literal is how many bytes of a literal are to come: they are no lines.
	literal int64
}

var errCapabilities = errors.New("the server has a parenthesis in its capabilities")

func (g *guarded) Read(p []byte) (int, error) {
	if g.first != "" {
		n := copy(p, g.first)
		g.first = g.first[n:]
		return n, nil
	}
	n, err := g.Conn.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		if g.literal > 0 {
			skipped := min(g.literal, int64(len(rest)))
			g.literal -= skipped
			rest = rest[skipped:]
			continue
		}
		if !g.isGood(rest[0]) {
			_ = g.Close()
			return 0, errCapabilities
		}
		rest = rest[1:]
	}
	return n, err
}

// isGood follows the lines of the server, and is false for the byte that must not reach the client.
func (g *guarded) isGood(b byte) bool {
	switch {
	case b == '\n':
		if size, ok := bytes.CutSuffix(g.end, []byte("}")); ok {
			g.literal, _ = strconv.ParseInt(string(size), 10, 63)
		} else {
			g.line, g.closed = g.line[:0], false
		}
		g.end = g.end[:0]
		return true
	case b == '\r':
		return true
	case b == '{':
		g.end = g.end[:0]
	case len(g.end) < 20: // longer than any number
		g.end = append(g.end, b)
	}
	if len(g.line) < 64 {
		g.line = append(g.line, b)
	}
	switch b {
	case ']':
		g.closed = g.closed || bytes.Contains(bytes.ToUpper(g.line), []byte("[CAPABILITY"))
	case '(':
		return g.closed || !bytes.Contains(bytes.ToUpper(g.line), []byte("CAPABILITY"))
	}
	return true
}

var (
	errNoStartTLS = errors.New("the server does not offer STARTTLS: choose another TLS mode or port for it")
	errInjected   = errors.New("something was said in clear between STARTTLS and the handshake: somebody is on the line")
)

// startTLS begins TLS on a connection that began in clear (RFC 3501 § 6.2.1), and returns it as if it were new: the IMAP
// client must not believe anything that was said before.
func (s *folder) startTLS(ctx context.Context, conn net.Conn) (*guarded, error) {
	a := s.account
	if err := conn.SetDeadline(time.Now().Add(a.timeout())); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 4096)
	greeting, err := in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("the greeting: %w", err)
	}
	if status := strings.Fields(strings.ToUpper(string(greeting))); len(status) < 2 || status[0] != "*" || status[1] != "OK" {
		return nil, fmt.Errorf("the server greets with %s", printable.Line(string(greeting)))
	}
	if _, err := io.WriteString(conn, "S1 STARTTLS\r\n"); err != nil {
		return nil, err
	}
	for lines := 0; ; lines++ {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("the answer to STARTTLS: %w", err)
		}
		words := strings.Fields(strings.ToUpper(string(line)))
		if len(words) < 2 || words[0] != "S1" {
			if lines == 100 {
				return nil, errTooMuch
			}
			continue
		}
		if words[1] != "OK" {
			return nil, errNoStartTLS
		}
		break
	}
	if in.Buffered() > 0 {
		return nil, errInjected
	}
	secure := tls.Client(conn, a.tlsConfig())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return &guarded{Conn: secure, first: "* OK encrypted\r\n"}, nil
}
