package outbox

import (
	"bufio"
	"net"
	"sync"
	"time"
)

const (
	// readBuffer is the size for a usual e-mail and the commands after it in one read.
	readBuffer = 32 << 10
	// partingWrite is how long a closing connection may take to write its last answers.
	partingWrite = time.Second
)

// listener keeps its open connections: go-smtp can either close connections or wait for them, and Close does both.
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

// cut closes all open connections.
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

// conn buffers answers until all commands that have arrived are read, so that a pipelined group is answered in one packet
// (RFC 2920 § 3.2); go-smtp would write each answer separately.
type conn struct {
	net.Conn
	in       *bufio.Reader
	mu       sync.Mutex // guards out: other goroutines call Close
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

// Close sends the buffered answers, the 221 of QUIT too, unless a write is blocked.
func (c *conn) Close() error {
	if c.mu.TryLock() {
		_ = c.SetWriteDeadline(time.Now().Add(partingWrite))
		_ = c.out.Flush()
		c.mu.Unlock()
	}
	c.listener.forget(c)
	return c.Conn.Close()
}
