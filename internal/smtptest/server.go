// Package smtptest is a mail server for tests, which misbehaves exactly as it is told to.
//
// Left alone it is a good server: it announces what Postfix does, takes every mail and keeps it. It is strict where
// real ones are: a MAIL inside a transaction is refused, and a transaction stays open after a refused RCPT or DATA.
package smtptest

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Script is how a server behaves. The zero Script is a good one.
type Script struct {
	// Rules are asked in order at every point of a conversation; the first with an opinion decides.
	Rules []Rule
	// Lockstep leaves PIPELINING out of the offers and cuts off who does not wait for replies, as OpenSMTPD does.
	Lockstep bool
	// Without are keywords that EHLO does not offer, such as "SMTPUTF8".
	Without []string
	// Offers are further lines of the reply to EHLO.
	Offers []string
	// HeloOnly makes EHLO an unknown command.
	HeloOnly bool
	// EagerData answers DATA with 354 although no recipient was accepted.
	EagerData bool
	// SizeLimit is announced, and longer mails are refused; 0 means 10 MiB.
	SizeLimit int64
	// TLS is how the server encrypts.
	TLS TLS
	// CertNames are who the certificate is for; nil means 127.0.0.1 and localhost.
	CertNames []string
	// Accounts are passwords by username. With any, AUTH is offered and MAIL demands it.
	Accounts map[string]string
	// Logins are the mechanisms that AUTH offers; nil means PLAIN, LOGIN and CRAM-MD5.
	Logins []string
	// Latency is how long replies take to the client. Replies to commands that came together take it once.
	Latency time.Duration
	// DropBodies keeps only the envelopes of accepted mails, for tests with very many.
	DropBodies bool
	// Transcript keeps every command line, for tests that ask what exactly was said.
	Transcript bool
}

// TLS is how a server encrypts.
type TLS int

const (
	NoTLS    TLS = iota // not at all
	StartTLS            // when asked by STARTTLS
	Implicit            // from the first byte
)

// Mail is one that the server has accepted: it answered the final dot with 2xx, or was told to take it.
type Mail struct {
	// Conn is the connection it came over, 1 for the first.
	Conn int
	// From and To are the envelope.
	From string
	To   []string
	// Parameters are what MAIL said after the address, such as "SIZE=512 SMTPUTF8".
	Parameters string
	// User is who had logged in.
	User string
	// Body is the message with CRLF line ends and without the dots added for transport.
	Body []byte
}

// Server is a running server.
type Server struct {
	script Script
	addr   string
	cert   tls.Certificate
	roots  *x509.CertPool

	conns atomic.Int64
	turns atomic.Int64
	// done ends stalls and waits when the server closes.
	done chan struct{}
	// sessions are the goroutines of the listener and of each connection.
	sessions sync.WaitGroup

	mu       sync.Mutex
	changed  sync.Cond
	listener net.Listener
	down     bool
	live     map[net.Conn]struct{}
	mails    []Mail
	commands []string
}

// Start runs a server on a free port of the loopback interface until the test ends.
func Start(t testing.TB, s Script) *Server {
	t.Helper()
	p := &Server{script: s, done: make(chan struct{}), live: map[net.Conn]struct{}{}}
	p.changed.L = &p.mu
	if s.TLS != NoTLS {
		names := s.CertNames
		if names == nil {
			names = []string{"127.0.0.1", "localhost"}
		}
		var err error
		if p.cert, p.roots, err = Certificate(names); err != nil {
			t.Fatalf("smtptest: making a certificate: %v", err)
		}
	}
	if err := p.listen("127.0.0.1:0"); err != nil {
		t.Fatalf("smtptest: %v", err)
	}
	t.Cleanup(p.close)
	return p
}

// Host is the address the server listens on.
func (p *Server) Host() string { return "127.0.0.1" }

// Port is the port the server listens on. It stays the same over Down and Up.
func (p *Server) Port() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	addr, err := net.ResolveTCPAddr("tcp", p.addr)
	if err != nil {
		panic(err) // it was listening there
	}
	return addr.Port
}

// Roots are the authorities that vouch for the server's certificate; nil without TLS.
func (p *Server) Roots() *x509.CertPool { return p.roots }

// Conns is how many connections were accepted so far.
func (p *Server) Conns() int { return int(p.conns.Load()) }

// Turns is how often the server had said all it had to say and waited for the client: the round trips a client
// spent, greetings included.
func (p *Server) Turns() int { return int(p.turns.Load()) }

// Mails are the accepted mails so far, in the order of acceptance.
func (p *Server) Mails() []Mail {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Mail(nil), p.mails...)
}

// Commands are the lines said so far by all clients, in the order of arrival, without bodies. It needs
// Script.Transcript.
func (p *Server) Commands() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.commands...)
}

// WaitMails waits until n mails are accepted and returns all there are. It fails when ctx ends first.
func (p *Server) WaitMails(ctx context.Context, n int) ([]Mail, error) {
	wake := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})
	defer wake()
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.mails) < n {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%d of %d mails arrived: %w", len(p.mails), n, context.Cause(ctx))
		}
		p.changed.Wait()
	}
	return append([]Mail(nil), p.mails...), nil
}

// Down refuses new connections and cuts the open ones, as a server that died.
func (p *Server) Down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	_ = p.listener.Close()
	for nc := range p.live {
		_ = nc.Close()
	}
}

// Up listens again on the same port.
func (p *Server) Up() error {
	return p.listen(net.JoinHostPort(p.Host(), strconv.Itoa(p.Port())))
}

func (p *Server) listen(addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.listener, p.down = listener, false
	p.addr = listener.Addr().String()
	p.mu.Unlock()
	p.sessions.Go(func() { p.accept(listener) })
	return nil
}

func (p *Server) accept(listener net.Listener) {
	for {
		nc, err := listener.Accept()
		if err != nil {
			return // closed by Down or close
		}
		p.mu.Lock()
		p.live[nc] = struct{}{}
		if p.down {
			_ = nc.Close() // accepted while Down was at work
		}
		p.mu.Unlock()
		s := &session{server: p, raw: nc, nc: nc, number: int(p.conns.Add(1))}
		s.in = bufio.NewReaderSize(turning{s}, 64<<10)
		p.sessions.Go(func() {
			s.serve()
			_ = nc.Close()
			p.mu.Lock()
			delete(p.live, nc)
			p.mu.Unlock()
		})
	}
}

func (p *Server) close() {
	close(p.done)
	p.Down()
	p.sessions.Wait()
}

func (p *Server) keep(m Mail) {
	if p.script.DropBodies {
		m.Body = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, m)
	p.changed.Broadcast()
}

func (p *Server) note(line string) {
	if !p.script.Transcript {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commands = append(p.commands, line)
}
