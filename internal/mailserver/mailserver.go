// Package mailserver runs a server of github.com/emersion/go-smtp: it bounds how many connections there are and how long they
// last, answers a group of commands at once, and ends with no goroutine left.
package mailserver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Limits bound what clients can take. A zero field means no limit.
type Limits struct {
	// Connections is how many may be open at the same time, and PerHost how many of one IP address. One that is too many is
	// answered 421.
	Connections, PerHost int
	// Lifetime is how long a connection may last, whatever is said on it.
	Lifetime time.Duration
	// Strange is how long a connection may last before Trust is called for it; 0 means Lifetime.
	Strange time.Duration
	// Commands is how many commands may come over a connection, whatever they are. The one that is too many is answered 421,
	// and the connection is closed.
	Commands int
}

// Server is a running server. Its methods may be called from any goroutine, also after Close.
type Server struct {
	listener *listener
	smtp     *smtp.Server

	mu     sync.Mutex
	closed bool           // nobody may join taking any more
	taking sync.WaitGroup // the mails that are being taken

	closing   chan struct{} // closed first, so that whoever waits for something wakes up
	served    chan struct{} // closed when the accept loop has ended
	closeOnce sync.Once
	closeErr  error
}

// New makes a server on a listener. It begins with Start, so that the sessions of the SMTP server can know it before.
func New(l net.Listener, limits Limits) *Server {
	return &Server{listener: newListener(l, limits), closing: make(chan struct{}), served: make(chan struct{})}
}

// Start serves with s until Close. It is called once.
func (m *Server) Start(s *smtp.Server) {
	m.smtp = s
	go func() {
		defer close(m.served)
		if err := s.Serve(m.listener); err != nil && !errors.Is(err, net.ErrClosed) {
			s.ErrorLog.Printf("the mail server stopped listening: %v", err)
		}
	}()
}

// Part closes the connection of a session after the answer to the current command, which is to be a 421 (RFC 5321 § 3.8).
// Commands that the client has sent behind it are not carried out: go-smtp itself would go on.
func Part(c *smtp.Conn) {
	if own := connOf(c); own != nil {
		own.parting.Store(true)
	}
}

// Trust lets the connection of a session last for Limits.Lifetime. It is called while a command is handled.
func Trust(c *smtp.Conn) {
	if own := connOf(c); own != nil {
		own.until = own.lifetime
	}
}

// connOf is the connection of a session, below TLS.
func connOf(c *smtp.Conn) *conn {
	network := c.Conn()
	if encrypted, ok := network.(*tls.Conn); ok {
		network = encrypted.NetConn()
	}
	own, _ := network.(*conn)
	return own
}

// Addr is where the server listens.
func (m *Server) Addr() net.Addr { return m.listener.Addr() }

// Enter makes Close wait for a mail that is being taken, until Leave: with BDAT, go-smtp takes it in a goroutine that its
// Shutdown does not wait for. False means that the server is closed.
func (m *Server) Enter() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.taking.Add(1)
	return true
}

// Leave ends what Enter has begun.
func (m *Server) Leave() { m.taking.Done() }

// Closing is closed when Close has begun.
func (m *Server) Closing() <-chan struct{} { return m.closing }

// Close cuts all connections, waits until the server's goroutines have ended, and returns the error of closing the
// listener. A second Close waits for the first and returns the same.
func (m *Server) Close() error {
	m.closeOnce.Do(func() {
		close(m.closing)
		m.closeErr = m.listener.Close()
		// Only when nobody accepts any more is it known who is left to cut and to wait for.
		<-m.served
		m.listener.cut()
		// The listener is closed twice by this; that second error says nothing.
		_ = m.smtp.Shutdown(context.Background())
		m.mu.Lock()
		m.closed = true
		m.mu.Unlock()
		m.taking.Wait()
	})
	return m.closeErr
}
