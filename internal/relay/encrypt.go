package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"
)

var (
	errNoStartTLS = errors.New("the server does not offer STARTTLS: choose another TLS mode or port for it")
	errInjected   = errors.New("something was said in clear between STARTTLS and the handshake: somebody is on the line")
)

// startTLS encrypts a conversation that began in clear, if that is what the server's TLS mode wants, and asks
// again what the server can do: what it said in clear anybody may have said (RFC 3207 § 4.2).
func (c *Conn) startTLS() *Trouble {
	switch {
	case c.server.TLS == TLSIfOffered && !c.can.startTLS:
		return nil
	case c.server.TLS != TLSIfOffered && c.server.TLS != TLSStartTLS:
		return nil
	case !c.can.startTLS:
		return &Trouble{Stage: StageTLS, Err: errNoStartTLS}
	}
	r, err := c.ask("STARTTLS")
	if err != nil {
		return &Trouble{Stage: StageTLS, Err: err}
	}
	if r.code != 220 {
		return &Trouble{Stage: StageTLS, Answer: r.answer(StageTLS)}
	}
	if c.in.Buffered() > 0 {
		return &Trouble{Stage: StageTLS, Err: errInjected}
	}
	if err := c.handshake(); err != nil {
		return &Trouble{Stage: StageTLS, Err: err}
	}
	return c.hello()
}

// handshake encrypts the connection and verifies that the server is who we meant.
func (c *Conn) handshake() error {
	patience := c.server.Timeouts.Handshake
	ctx, cancel := context.WithTimeoutCause(c.ctx, patience, errors.New("the TLS handshake took longer than "+patience.String()))
	defer cancel()
	secure := tls.Client(c.nc, &tls.Config{
		ServerName: strings.TrimSuffix(c.server.Host, "."),
		RootCAs:    c.server.RootCAs,
		MinVersion: tls.VersionTLS12,
	})
	// A deadline left from the greeting must not cut the handshake short; ctx bounds it.
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
