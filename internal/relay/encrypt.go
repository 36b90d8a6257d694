package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"
)

// ErrNoStartTLS is the cause when the server cannot encrypt the connection as it is told to.
var ErrNoStartTLS = errors.New("the server does not offer STARTTLS: choose another TLS mode or port for it")

var errInjected = errors.New("something was said in clear between STARTTLS and the handshake: somebody is on the line")

// startTLS encrypts a connection that began in clear, if the server's TLS mode requires it, and sends EHLO again: an
// attacker could have changed the extensions that were sent in clear (RFC 3207 § 4.2).
func (c *Conn) startTLS() *ServerError {
	switch {
	case c.server.TLS == TLSIfOffered && !c.can.startTLS:
		return nil
	case c.server.TLS != TLSIfOffered && c.server.TLS != TLSStartTLS:
		return nil
	case !c.can.startTLS:
		return &ServerError{Stage: StageTLS, Err: ErrNoStartTLS}
	}
	r, err := c.ask("STARTTLS")
	if err != nil {
		return &ServerError{Stage: StageTLS, Err: err}
	}
	if r.code != 220 {
		return &ServerError{Stage: StageTLS, Answer: r.answer(StageTLS)}
	}
	if c.in.Buffered() > 0 {
		return &ServerError{Stage: StageTLS, Err: errInjected}
	}
	if err := c.handshake(); err != nil {
		return &ServerError{Stage: StageTLS, Err: err}
	}
	return c.hello()
}

// handshake encrypts the connection and verifies the certificate of the server.
func (c *Conn) handshake() error {
	timeout := c.server.Timeouts.Handshake
	ctx, cancel := context.WithTimeoutCause(c.ctx, timeout, errors.New("the TLS handshake took longer than "+timeout.String()))
	defer cancel()
	secure := tls.Client(c.nc, &tls.Config{
		ServerName: strings.TrimSuffix(c.server.Host, "."),
		RootCAs:    c.server.RootCAs,
		MinVersion: tls.VersionTLS12,
	})
	// The deadline of the greeting must not end the handshake; ctx does.
	if err := c.nc.SetDeadline(time.Time{}); err != nil {
		return err
	}
	if err := secure.HandshakeContext(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	c.use(secure)
	c.encrypted = true
	return nil
}
