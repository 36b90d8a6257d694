package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// failing is a network that takes so many bytes, then fails.
type failing struct {
	net.Conn // nil: what is not defined here must not be called
	room     int
}

func (f *failing) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, syscall.EPIPE
	}
	return n, nil
}

func (*failing) Read([]byte) (int, error)         { return 0, io.EOF }
func (*failing) SetReadDeadline(time.Time) error  { return nil }
func (*failing) SetWriteDeadline(time.Time) error { return nil }
func (*failing) Close() error                     { return nil }

// TestAWriteThatFails is safe to try again exactly as long as the final dot has not left.
func TestAWriteThatFails(t *testing.T) {
	long := append(bytes.Repeat([]byte("x"), blockSize+10), "\r\n"...)
	cases := []struct {
		name     string
		body     string
		room     int
		afterDot bool
	}{
		{"before anything left", "hello\r\n", 0, false},
		{"in the body", "hello\r\n", 3, false},
		{"at the end of the body", "hello\r\n", 7, false},
		{"after a dot that is text", "hello\r\n.\r\n", 9, false},
		{"after the final dot", "hello\r\n", 8, true},
		{"between the final dot and its line end", "hello\r\n", 9, true},
		{"after the final dot and its line end", "hello\r\n", 10, true},
		{"in the first block of a long body", string(long), blockSize - 1, false},
		{"between the blocks of a long body", string(long), blockSize, false},
		{"at the end of a long body", string(long), len(long), false},
		{"after the final dot of a long body", string(long), len(long) + 1, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := &Conn{
				server: Server{}.filled(),
				wire:   newWire(&failing{room: tc.room}),
				can:    extensions{pipelining: true},
				state:  open,
			}
			next := Envelope{From: "a@example.org", To: "b@example.com"}
			_, err := c.Finish(context.Background(), bytes.NewBufferString(tc.body), &next)
			var broken *ConnectionError
			if !errors.As(err, &broken) || broken.AfterDot != tc.afterDot {
				t.Errorf("%#v, want AfterDot %v", err, tc.afterDot)
			}
			if _, err := c.Begun(context.Background()); !errors.As(err, &broken) || broken.AfterDot {
				t.Errorf("the next mail: %v, want it untouched", err)
			}
		})
	}
}
