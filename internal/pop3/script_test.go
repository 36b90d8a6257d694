package pop3_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"gonets/internal/pop3"
)

// step is what a server waits for, and what it says then. It waits for nothing if want is "".
type step struct{ want, say string }

// hangUp is what a server waits for that is left.
const hangUp = "nothing more"

// greets are the first steps of a server that has these capabilities.
func greets(capabilities ...string) []step {
	return []step{{"", "+OK ready\r\n"}, {"CAPA", "+OK\r\n" + strings.Join(append(capabilities, "."), "\r\n") + "\r\n"}}
}

// play plays a server on a loopback connection, and fails the test if the client says something else. secure, if
// set, encrypts after STLS.
func play(t *testing.T, secure *tls.Config, steps ...step) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- serve(listener, secure, steps) }()
	t.Cleanup(func() {
		_ = listener.Close()
		if err := <-done; err != nil && !t.Failed() {
			t.Errorf("the server: %v", err)
		}
	})
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func serve(listener net.Listener, secure *tls.Config, steps []step) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	for _, s := range steps {
		if s.want != "" {
			line, err := in.ReadString('\n')
			if s.want == hangUp && err != nil {
				return nil
			}
			if err != nil || strings.TrimRight(line, "\r\n") != s.want {
				return fmt.Errorf("waited for %q, got %q, %v", s.want, line, err)
			}
		}
		if _, err := conn.Write([]byte(s.say)); err != nil {
			return err
		}
		if s.want == "STLS" && secure != nil && strings.HasPrefix(s.say, "+OK") {
			conn = tls.Server(conn, secure)
			in = bufio.NewReader(conn)
		}
	}
	return nil
}

// client is a client that has read the greeting.
func client(t *testing.T, steps ...step) *pop3.Client {
	t.Helper()
	c, err := pop3.New(t.Context(), play(t, nil, steps...), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// begins is New with a server that says that.
func begins(ctx context.Context, t *testing.T, timeout time.Duration, steps ...step) error {
	t.Helper()
	c, err := pop3.New(ctx, play(t, nil, steps...), timeout)
	if err == nil {
		_ = c.Close()
	}
	return err
}
