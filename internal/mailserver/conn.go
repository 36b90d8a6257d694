package mailserver

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// readBuffer takes a usual mail and the commands behind it in one read.
	readBuffer = 32 << 10
	// partingWrite is how long a closing connection may take to get rid of its last answers.
	partingWrite = time.Second
)

// tooMany is said to a connection that is one too many, and tooLong to one with too many commands (RFC 5321 § 3.8).
const (
	tooMany = "421 4.3.2 Too many connections, try again later\r\n"
	tooLong = "421 4.7.0 Too many commands in one connection, connect again\r\n"
)

// errEnded is the error of reading from a connection that has ended, in place of io.EOF: go-smtp copies a chunk of BDAT
// with io.Copy, for which io.EOF is no error, and would take what has arrived of an email for the whole. It is a
// net.ErrClosed, about which go-smtp complains no more than about io.EOF.
var errEnded = fmt.Errorf("the connection has ended: %w", net.ErrClosed)

// listener remembers its open connections, because go-smtp can either cut connections or wait for them, and
// Close does both.
type listener struct {
	net.Listener
	limits Limits
	mu     sync.Mutex
	conns  map[*conn]struct{}
	hosts  map[netip.Addr]int // open connections of each host
}

func newListener(l net.Listener, limits Limits) *listener {
	return &listener{Listener: l, limits: limits, conns: make(map[*conn]struct{}), hosts: make(map[netip.Addr]int)}
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.open(accepted); c != nil {
			return c, nil
		}
		_ = accepted.SetWriteDeadline(time.Now().Add(partingWrite))
		_, _ = io.WriteString(accepted, tooMany) // a few bytes, which the network takes at once
		_ = accepted.Close()
	}
}

// open takes a connection, unless it is one too many.
func (l *listener) open(accepted net.Conn) *conn {
	c := &conn{
		Conn:     accepted,
		in:       bufio.NewReaderSize(accepted, readBuffer),
		out:      bufio.NewWriter(accepted),
		listener: l,
	}
	if tcp, ok := accepted.RemoteAddr().(*net.TCPAddr); ok {
		c.host = tcp.AddrPort().Addr().Unmap()
	}
	if now := time.Now(); l.limits.Lifetime > 0 {
		c.lifetime = now.Add(l.limits.Lifetime)
		c.until = now.Add(cmp.Or(l.limits.Strange, l.limits.Lifetime))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limits.Connections > 0 && len(l.conns) >= l.limits.Connections || l.limits.PerHost > 0 && l.hosts[c.host] >= l.limits.PerHost {
		return nil
	}
	l.conns[c] = struct{}{}
	l.hosts[c.host]++
	return c
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, open := l.conns[c]; !open {
		return
	}
	delete(l.conns, c)
	if l.hosts[c.host]--; l.hosts[c.host] == 0 {
		delete(l.hosts, c.host)
	}
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

// conn buffers answers until all commands that have arrived are read, so that a pipelined group is answered in one packet
// (RFC 2920 § 3.2); go-smtp would write each answer separately.
type conn struct {
	net.Conn
	in       *bufio.Reader
	mu       sync.Mutex // guards out: other goroutines call Close
	out      *bufio.Writer
	listener *listener
	host     netip.Addr
	until    time.Time // when the connection ends, whatever is said on it; zero for never
	lifetime time.Time // what until becomes with Trust
	commands int       // that have come
	parting  atomic.Bool
}

// SetReadDeadline sets the deadline, but none past the end of the connection. go-smtp calls it before each command and at no
// other time, if it has a ReadTimeout: so this is where commands are counted, those that wait in its buffer too.
func (c *conn) SetReadDeadline(t time.Time) error {
	if c.parting.Load() {
		return errEnded
	}
	if c.commands++; c.listener.limits.Commands > 0 && c.commands > c.listener.limits.Commands {
		if _, err := io.WriteString(c, tooLong); err != nil {
			return err
		}
		return errEnded
	}
	if !c.until.IsZero() && (t.IsZero() || t.After(c.until)) {
		t = c.until
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *conn) Read(p []byte) (int, error) {
	if c.in.Buffered() == 0 {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	n, err := c.in.Read(p)
	if errors.Is(err, io.EOF) {
		err = errEnded
	}
	return n, err
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
