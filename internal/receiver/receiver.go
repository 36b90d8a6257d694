// Package receiver takes bounces by SMTP (RFC 5321) and LMTP (RFC 2033). It takes emails for return paths only, relays
// nothing, and says 250 when an email is booked, not before.
package receiver

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"gonets/internal/arrival"
	"gonets/internal/mailserver"
)

// Limits of what a client can take.
const (
	// maxConnections and maxPerHost are how many connections may be open, of all hosts and of one IP address. A mail server
	// on the same machine hands on everything from one address: Postfix has up to 20 connections at a time, and opens the next
	// before it is noticed here that another one has ended.
	maxConnections = 50
	maxPerHost     = 30
	// lifetime is how long a connection may last. A mail server that has more to say connects again.
	lifetime = 15 * time.Minute
	// maxMails is how many emails a connection may hand over, and maxRecipients how many recipients an email may have (RFC
	// 5321 § 4.5.3.1.8). A bounce has one.
	maxMails      = 100
	maxRecipients = 100
	// maxCommands is how many commands a connection may say, whatever they are.
	maxCommands = 2000
	// maxRefused is how many recipients of a connection may be unknown before the connection is closed.
	maxRefused = 20
	// maxLine is the maximum length of a line in bytes. Emails within bounces can have long ones.
	maxLine = 256 << 10
	// readTimeout is how long a client may be silent, and how long one email may take.
	readTimeout = 5 * time.Minute
	// writeTimeout is how long a client may leave an answer unread.
	writeTimeout = time.Minute
	// bookTimeout is how long the booking of an email may take; mail servers wait at least ten minutes (RFC 5321 §
	// 4.5.3.2.6).
	bookTimeout = time.Minute
	// defaultPatience is Options.Patience if it is 0, and patienceStep how often an email is handed on meanwhile.
	defaultPatience = 10 * time.Second
	patienceStep    = 200 * time.Millisecond
)

// Options say what a receiver takes.
type Options struct {
	// Addr is where it listens, such as "127.0.0.1:2525".
	Addr string
	// LMTP is for LMTP instead of SMTP.
	LMTP bool
	// Hostname is the name in the greeting. Default "localhost".
	Hostname string
	// IsOurs says whether an address is one of our return paths. It is asked for every recipient. An error refuses
	// the recipient for now.
	IsOurs func(ctx context.Context, recipient string) (bool, error)
	// Take books an email.
	Take arrival.Take
	// Patience is how long an email waits here that can only be booked later: a bounce can come back before it is known that
	// its email was sent, and mail servers try again after minutes only, some never. Default 10 s.
	Patience time.Duration
	// Log gets what goes wrong here, not what clients do wrong; nil drops it.
	Log *slog.Logger
}

// Receiver is a running server. Its methods may be called from any goroutine, also after Close.
type Receiver struct {
	options Options
	server  *mailserver.Server
	log     *slog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
}

// Start listens and serves until Close or until ctx ends. The error is that of listening.
func Start(ctx context.Context, o Options) (*Receiver, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for bounces: %w", err)
	}
	o.Patience = cmp.Or(o.Patience, defaultPatience)
	limits := mailserver.Limits{Connections: maxConnections, PerHost: maxPerHost, Lifetime: lifetime, Commands: maxCommands}
	r := &Receiver{
		options: o,
		server:  mailserver.New(l, limits),
		log:     cmp.Or(o.Log, slog.New(slog.NewTextHandler(io.Discard, nil))),
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{receiver: r, conn: c}, nil
	}))
	s.LMTP = o.LMTP
	s.Domain = cmp.Or(o.Hostname, "localhost")
	s.MaxMessageBytes = arrival.MaxSize
	s.MaxRecipients = maxRecipients
	s.MaxLineLength = maxLine
	s.ReadTimeout = readTimeout
	s.WriteTimeout = writeTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(r.log.Handler(), slog.LevelDebug) // it tells of clients that break off
	r.server.Start(s)
	context.AfterFunc(r.ctx, func() { _ = r.server.Close() })
	return r, nil
}

// Addr is where the receiver listens.
func (r *Receiver) Addr() net.Addr { return r.server.Addr() }

// Close cuts all connections and waits until nothing is being booked. An email that was being booked may be booked
// without an answer: its mail system will hand it over again.
func (r *Receiver) Close() error {
	r.cancel()
	return r.server.Close()
}
