package outbox

import (
	"bufio"
	"net"
	"sync"
	"time"
)

const (
	// readBuffer takes a usual mail and the commands behind it in one read.
	readBuffer = 32 << 10
	// partingWrite is how long a closing connection may take to get rid of its last answers.
	partingWrite = time.Second
)

// listener remembers its open connections, because go-smtp can either cut connections or wait for them, and
// Close does both.
type listener struct {
	net.Listener
	mu    sync.Mutex
	conns map[*conn]struct{}
}

func newListener(l net.Listener) *listener {
	return &listener{Listener: l, conns: make(map[*conn]struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{
		Conn:     accepted,
		in:       bufio.NewReaderSize(accepted, readBuffer),
		out:      bufio.NewWriter(accepted),
		listener: l,
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[c] = struct{}{}
	return c, nil
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// cut closes all connections that are open.
func (l *listener) cut() {
	l.mu.Lock()
	open := make([]*conn, 0, len(l.conns))
	for c := range l.conns {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// conn holds answers back until the client's commands at hand are all read, so that a pipelined group is
// answered in one packet (RFC 2920 § 3.2); go-smtp would write each by itself.
type conn struct {
	net.Conn
	in       *bufio.Reader
	mu       sync.Mutex // over out: Close comes from other goroutines
	out      *bufio.Writer
	listener *listener
}

func (c *conn) Read(p []byte) (int, error) {
	if c.in.Buffered() == 0 {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	return c.in.Read(p)
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(p)
}

func (c *conn) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Flush()
}

// Close sends the answers held back, the 221 of QUIT among them, unless a write is stuck just now.
func (c *conn) Close() error {
	if c.mu.TryLock() {
		_ = c.SetWriteDeadline(time.Now().Add(partingWrite))
		_ = c.out.Flush()
		c.mu.Unlock()
	}
	c.listener.forget(c)
	return c.Conn.Close()
}
