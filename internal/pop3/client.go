// Package pop3 is a client for mailboxes that are read by POP3 (RFC 1939), with the capabilities of RFC 2449, STLS (RFC
// 2595) and SASL PLAIN (RFC 5034). It trusts nothing that the server says to be short, quick or in order.
package pop3

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// Limits of what a server may say.
const (
	// longestLine is the maximum length of a line in bytes, with its CRLF, in everything but emails. RFC 2449 § 4 allows
	// 512; some servers exceed it a little.
	longestLine = 4096
	// mostCapabilities is the maximum number of lines of CAPA. Dovecot has ten.
	mostCapabilities = 100
	// maxMessages is the maximum number of emails in a mailbox. List fails if there are more.
	maxMessages = 250_000
	// defaultTimeout is how long the server may be silent (RFC 1939 § 3 lets the server wait ten times as long).
	defaultTimeout = time.Minute
	// longestReply is how many times the timeout a reply of many lines may take.
	longestReply = 10
)

// errNoSTLS is the error of StartTLS for a server that does not offer it.
var errNoSTLS = errors.New("the server does not offer STLS")

var errInjected = errors.New("something was said in clear between STLS and the handshake: somebody is on the line")

// Client is a connection to a POP3 server. It must be used by one goroutine at a time.
type Client struct {
	ctx     context.Context
	release func() bool
	conn    net.Conn
	in      *bufio.Reader
	timeout time.Duration
	// until is when the current reply must have ended.
	until time.Time
	// message is the email that is being received, nil if there is none.
	message *message
	// can has the capabilities of the server, in upper case, with what stands behind each.
	can map[string][]string
}

// New takes over a connection, on which TLS has begun if it is to begin with it, reads the greeting, and asks for the
// capabilities. Timeout is how long the server may be silent; 0 means defaultTimeout. The end of ctx closes the connection,
// also later on. After an error the connection is closed.
func New(ctx context.Context, conn net.Conn, timeout time.Duration) (*Client, error) {
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	c := &Client{ctx: ctx, timeout: timeout, release: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	c.use(conn)
	if _, err := c.reply("greeting", 1); err != nil {
		_ = c.Close()
		return nil, err
	}
	if err := c.capabilities(); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// use replaces the connection by conn. Data of the old connection that was not read is dropped.
func (c *Client) use(conn net.Conn) {
	c.conn = conn
	c.in = bufio.NewReaderSize(deadlineReader{c}, longestLine)
}

// Close closes the connection at once. Nothing is deleted then: only Quit deletes (RFC 1939 § 6).
func (c *Client) Close() error {
	c.release()
	return c.conn.Close()
}

// capabilities asks what the server can (RFC 2449 § 5). A server that does not know CAPA can what RFC 1939 requires.
func (c *Client) capabilities() error {
	c.can = map[string][]string{}
	_, err := c.ask("CAPA")
	if refused := (*refusedError)(nil); errors.As(err, &refused) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.lines("CAPA", mostCapabilities, func(line string) error {
		if words := strings.Fields(strings.ToUpper(line)); len(words) > 0 {
			c.can[words[0]] = words[1:]
		}
		return nil
	})
}

// Offers is true if the server has announced a capability of RFC 2449 such as "UIDL".
func (c *Client) Offers(capability string) bool {
	_, ok := c.can[capability]
	return ok
}

// StartTLS encrypts the connection and verifies the certificate of the server by config. The capabilities are asked for
// again: an attacker could have changed those that were sent in clear. The error is errNoSTLS if the server does
// not offer it.
func (c *Client) StartTLS(config *tls.Config) error {
	if !c.Offers("STLS") {
		return errNoSTLS
	}
	if _, err := c.ask("STLS"); err != nil {
		return err
	}
	if c.in.Buffered() > 0 {
		return errInjected
	}
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return c.cause(err)
	}
	secure := tls.Client(c.conn, config)
	if err := secure.HandshakeContext(c.ctx); err != nil {
		return c.cause(err)
	}
	c.use(secure)
	return c.capabilities()
}

// Login logs in by SASL PLAIN if the server offers it, otherwise by USER and PASS. Both send the password, so the
// connection should be encrypted. The error is a *refusedError if the server does not accept the login.
func (c *Client) Login(username, password string) error {
	if strings.ContainsAny(username+password, "\r\n\x00") {
		return errors.New("a username or password with a line end in it cannot be said")
	}
	if slices.Contains(c.can["SASL"], "PLAIN") {
		return c.plain(username, password)
	}
	if _, err := c.ask("USER " + username); err != nil {
		return err
	}
	_, err := c.ask("PASS " + password)
	return err
}

// plain is AUTH PLAIN (RFC 5034 § 4). The secret is sent after the server has asked for it: with it, the command could
// be longer than the 255 bytes that a command may have.
func (c *Client) plain(username, password string) error {
	if err := c.send("AUTH PLAIN"); err != nil {
		return err
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "+ ") && line != "+" {
		if err := refusal("AUTH", line); err != nil {
			return err
		}
		return malformed{"it accepted a login before the password"}
	}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + username + "\x00" + password))
	if err := c.send(secret); err != nil {
		return err
	}
	_, err = c.reply("AUTH", 1)
	return err
}

// Quit deletes what was to be deleted, and closes the connection. After an error it is not known whether it was deleted.
func (c *Client) Quit() error {
	_, err := c.ask("QUIT")
	_ = c.Close() // the server has answered: how the connection ends says nothing any more
	return err
}

// cause returns the reason for a network error: the caller's context, the timeout or the server.
func (c *Client) cause(err error) error {
	var timeout net.Error
	switch {
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("the server was silent or slow for too long: %w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the server closed the connection: %w", io.ErrUnexpectedEOF)
	}
	return err
}
