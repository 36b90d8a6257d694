// Package submission takes e-mails of programs by SMTP (RFC 6409): they sign in with a token as the password, and their e-mails
// go out as transactional ones. An e-mail is answered 250 when it is on disk, not before.
package submission

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/listening"
	"gonets/internal/mailserver"
	"gonets/internal/parallel"
	"gonets/internal/token"
	"gonets/internal/transactional"
)

// maxSize is the maximum length of an e-mail in bytes.
const maxSize = 30 << 20

// Limits of what a client can take. docs/security.md has them.
const (
	// maxConnections and maxPerHost are how many connections may be open, of all hosts and of one IP address.
	maxConnections = 50
	maxPerHost     = 20
	// maxAtOnce is how many e-mails of one owner are received at the same time.
	maxAtOnce = 10
	// strange is how long a connection may last that has not signed in, and lifetime how long any may.
	strange  = time.Minute
	lifetime = time.Hour
	// maxMails is how many e-mails a connection may hand over, and maxCommands how many commands it may say.
	maxMails    = 1000
	maxCommands = 20_000
	// maxFailed is how many sign-ins of a connection may fail before it is closed, and maxRefused how many recipients may be no
	// addresses.
	maxFailed  = 3
	maxRefused = 100
	// maxLine is the maximum length of a line in bytes. Programs write whole HTML pages in one line.
	maxLine = 1 << 20
	// readTimeout is how long a client may be silent, and how long one e-mail may take.
	readTimeout = 10 * time.Minute
	// writeTimeout is how long a client may leave an answer unread.
	writeTimeout = time.Minute
	// submitTimeout is how long it may take to write an e-mail into the database.
	submitTimeout = time.Minute
)

// server is a running server.
type server struct {
	app     core.App
	service *transactional.Service
	smtp    *mailserver.Server
	name    string // in the greeting
	secure  bool   // sign-in needs TLS
	failed  *guesses
	uses    *token.Uses
	now     *parallel.Limit // e-mails that are being received, by owner
	log     *slog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
}

// start listens and serves until Close. encryption is nil for a server without TLS; secure says that programs have to use it
// before they sign in. The error is that of listening.
func start(app core.App, service *transactional.Service, at string, encryption *tls.Config, secure bool) (*server, error) {
	ctx, cancel := context.WithCancel(context.Background())
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", at)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("listen for e-mails: %w", err)
	}
	v := &server{
		app: app, service: service, name: listening.Hostname(app), secure: secure, failed: newGuesses(), uses: token.NewUses(),
		smtp: mailserver.New(l, mailserver.Limits{
			Connections: maxConnections, PerHost: maxPerHost, Lifetime: lifetime, Strange: strange, Commands: maxCommands,
		}),
		now: parallel.New(maxAtOnce), log: app.Logger(), ctx: ctx, cancel: cancel,
	}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: v, conn: c}, nil }))
	s.Domain = v.name
	s.TLSConfig = encryption
	s.AllowInsecureAuth = !secure
	s.MaxMessageBytes = maxSize
	s.MaxRecipients = transactional.MaxRecipients
	s.MaxLineLength = maxLine
	s.ReadTimeout = readTimeout
	s.WriteTimeout = writeTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(v.log.Handler(), slog.LevelDebug) // it tells of clients that break off
	v.smtp.Start(s)
	return v, nil
}

// Close cuts all connections and waits until nothing is being taken in.
func (v *server) Close() error {
	v.cancel()
	return v.smtp.Close()
}
