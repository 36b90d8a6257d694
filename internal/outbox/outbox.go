// Package outbox is a mail server on loopback that catches e-mails and delivers none: the mail server of `gonets demo` and
// of tests.
//
// It behaves like a real one (PIPELINING, SIZE, 8BITMIME, SMTPUTF8, enhanced codes, `250 2.0.0 OK queued as …`),
// keeps the newest e-mails in memory (List, One), and counts all of them by address and by
// Message-ID (Count, Total, MessageIDs), so that a test can prove that nobody was mailed twice.
// Rules make it refuse, defer or close the connection, as real mail servers do; see DemoRules. What it has accepted can come
// back later, as bounces and complaints; see DemoReturns.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/emersion/go-smtp"

	"gonets/internal/mailserver"
)

// Defaults and limits.
const (
	// defaultKeep is how many e-mails are kept: more than anybody scrolls through.
	defaultKeep = 2000
	// defaultKeepBytes (64 MiB) bounds the memory of a demo whose mails carry attachments.
	defaultKeepBytes = 64 << 20
	// defaultMaxMailBytes (30 MiB) is the limit of large mail providers.
	defaultMaxMailBytes = 30 << 20
)

const (
	// domain is the name the server greets with.
	domain = "outbox.localhost"
	// maxRecipients of one envelope; a server must take 100 (RFC 5321 § 4.5.3.1.8).
	maxRecipients = 100
	// readTimeout is how long a silent client stays connected: at least 5 minutes (RFC 5321 § 4.5.3.2.7).
	readTimeout = 5 * time.Minute
	// writeTimeout is how long a client may not read an answer.
	writeTimeout = time.Minute
)

// errNotLoopback is the error of Start for an address that other machines can reach.
var errNotLoopback = errors.New("not a loopback address such as 127.0.0.1:0")

// Options say how an outbox behaves. The zero value is a server on a free port of 127.0.0.1 that accepts
// everything at once.
type Options struct {
	// Addr is a loopback IP address with a port, "[::1]:2525"; port 0 picks a free one. Default "127.0.0.1:0".
	Addr string
	// Keep is how many mails are kept, the newest; default defaultKeep, negative keeps none and only counts.
	Keep int
	// KeepBytes bounds the size of the kept sources together; default defaultKeepBytes. A mail larger than
	// that is counted and not kept.
	KeepBytes int64
	// MaxMailBytes is announced as SIZE (RFC 1870); a mail has to be smaller or is refused with 552 5.3.4.
	// Default defaultMaxMailBytes.
	MaxMailBytes int64
	// Latency is the delay of each e-mail's final answer, so that the progress of a demo can be watched.
	Latency time.Duration
	// Rules decide which recipients are not accepted; nil accepts all.
	Rules Rules
	// Returns decide which accepted e-mails come back, as reports to their envelope sender; nil returns none.
	Returns Returns
	// ReturnTo is the mail server that takes the reports, "127.0.0.1:2525".
	ReturnTo string
	// Log gets the errors of the server, also broken connections; nil drops them.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	if o.KeepBytes == 0 {
		o.KeepBytes = defaultKeepBytes
	}
	if o.MaxMailBytes == 0 {
		o.MaxMailBytes = defaultMaxMailBytes
	}
	return o
}

// Outbox is a running server. Its methods may be called from any goroutine, also after Close.
type Outbox struct {
	options   Options
	server    *mailserver.Server
	store     *store
	tries     tries
	returner  *returner   // nil if nothing comes back
	forgetCtx func() bool // stops watching the context of Start
}

// Start listens and serves until Close or until ctx is done.
// The error is errNotLoopback or that of listening.
func Start(ctx context.Context, options Options) (*Outbox, error) {
	options = options.withDefaults()
	addr, err := netip.ParseAddrPort(options.Addr)
	if err != nil || !addr.Addr().IsLoopback() {
		return nil, fmt.Errorf("outbox: listen on %q: %w", options.Addr, errNotLoopback)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", options.Addr)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}

	o := &Outbox{
		options: options,
		server:  mailserver.New(l, mailserver.Limits{}),
		store:   newStore(options.Keep, options.KeepBytes),
	}
	if options.Returns != nil {
		o.returner = startReturner(options.Returns, options.ReturnTo, o.logger())
	}
	o.server.Start(o.newServer())
	o.forgetCtx = context.AfterFunc(ctx, func() { o.Close() })
	return o, nil
}

func (o *Outbox) newServer() *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{outbox: o, conn: c.Conn()}, nil
	}))
	s.Domain = domain
	s.MaxMessageBytes = o.options.MaxMailBytes
	s.MaxRecipients = maxRecipients
	s.ReadTimeout = readTimeout
	s.WriteTimeout = writeTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(o.logger().Handler(), slog.LevelWarn)
	return s
}

func (o *Outbox) logger() *slog.Logger {
	if o.options.Log == nil {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return o.options.Log
}

// Addr is where the server listens, "127.0.0.1:40123".
func (o *Outbox) Addr() string {
	return o.server.Addr().String()
}

// Port is the port of Addr.
func (o *Outbox) Port() int {
	return o.server.Addr().(*net.TCPAddr).Port
}

// Close closes all connections, waits until the server's goroutines have ended, and returns the error of closing the listener.
// Caught e-mails can still be read; what was to come back does not. A second Close waits for the first and returns the same.
func (o *Outbox) Close() error {
	o.forgetCtx()
	if o.returner != nil {
		o.returner.close()
	}
	return o.server.Close()
}
