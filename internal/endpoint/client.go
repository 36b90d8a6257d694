package endpoint

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"gonets/internal/build"
	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

const (
	// callTime is how long a call may take, from the look-up of the name to the last byte of the answer.
	callTime = 10 * time.Second
	// maxAnswer is how many bytes of an answer are read, and of its header.
	maxAnswer = 64 << 10
	// maxShown is how many characters of an answer are kept.
	maxShown = 500
)

// Client calls addresses. It reaches public addresses only, and the networks that are allowed.
type Client struct {
	http      *http.Client
	transport *http.Transport
	agent     string // User-Agent
	networks  atomic.Pointer[Networks]
}

// NewClient returns a client that keeps some connections open. Close closes them.
func NewClient() *Client { return newClient(nil) }

// newClient is NewClient with a resolver; nil is that of the system.
func newClient(resolver *net.Resolver) *Client {
	c := &Client{agent: "Gonets/" + build.Of().Version}
	c.networks.Store(&Networks{})
	dialer := &net.Dialer{
		Timeout:  callTime / 2,
		Resolver: resolver,
		// Called with each address that the name was resolved to, before it is connected to: nothing is resolved twice.
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("read the address %q: %w", address, err)
			}
			return (*c.networks.Load()).Check(to.Addr())
		},
	}
	c.transport = &http.Transport{
		Proxy:                  nil, // a proxy would resolve the name itself
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    callTime / 2,
		MaxIdleConns:           200,
		MaxIdleConnsPerHost:    100,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxAnswer,
		DisableCompression:     true, // a small answer may unpack to a large one
	}
	c.http = &http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Allow replaces the networks that are allowed. Connections that are not in use are closed.
func (c *Client) Allow(n Networks) {
	c.networks.Store(&n)
	c.transport.CloseIdleConnections()
}

// Close closes the connections that are not in use.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Answer is what came of a call.
type Answer struct {
	Status   int    // of HTTP; 0 if there was no answer
	Text     string // the beginning of the body
	Error    string // why there was no answer, or why the answer does not count, in English; "" for success
	Duration time.Duration
	// RetryAfter is how long the receiver wants to be left alone; 0 if it does not say.
	RetryAfter time.Duration
}

// OK reports whether the receiver has accepted the message.
func (a Answer) OK() bool { return a.Error == "" }

// Post sends a message, signed with the secrets. It takes callTime at most. Nothing of the address is in the answer.
func (c *Client) Post(ctx context.Context, address string, m Message, secrets ...string) (a Answer) {
	begun := time.Now()
	defer func() { a.Duration = time.Since(begun) }()
	u, err := Parse(address)
	if err != nil {
		return Answer{Error: "The address " + err.Error()}
	}
	signature, err := m.Signature(secrets...)
	if err != nil {
		return Answer{Error: "The secret " + err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(m.Body)) // a name and password become Basic authentication
	if err != nil {
		return Answer{Error: "The address cannot be called"}
	}
	req.Header = http.Header{
		"Content-Type":      {"application/json"},
		"User-Agent":        {c.agent},
		"Webhook-Id":        {m.ID},
		"Webhook-Timestamp": {m.Timestamp()},
		"Webhook-Signature": {signature},
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{Error: why(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	a = Answer{Status: res.StatusCode, Text: excerpt.Of(printable.Text(string(body)), maxShown), RetryAfter: retryAfter(res.Header.Get("Retry-After"))}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		a.Error = "The answer is a redirect, which is not followed"
	case res.StatusCode < 200 || res.StatusCode >= 300:
		a.Error = fmt.Sprintf("The answer is HTTP %d", res.StatusCode)
	case err != nil && ctx.Err() != nil: // it has said that it accepts the message, and does not come to an end
		a.Error = why(err)
	}
	return a
}

// why says why there was no answer. Errors of net/http contain the address, which may contain a secret.
func why(err error) string {
	var (
		wrapped  *url.Error
		dns      *net.DNSError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
	)
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, errNetwork):
		return "The host may not be called: " + errNetwork.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("There was no answer within %d seconds", int(callTime.Seconds()))
	case errors.Is(err, context.Canceled):
		return "The call was broken off, because this service stops"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "There is no host of this name"
	case errors.As(err, &dns):
		return "The name of the host could not be looked up"
	case errors.As(err, &unknown), errors.As(err, &hostname), errors.As(err, &invalid):
		return "The certificate is not valid for this host"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "The host does not speak TLS at this port"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "The host refuses the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "The host closed the connection without an answer"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "The host cannot be reached"
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "The host did not answer in time"
	}
	return "The call failed"
}

// longestWait bounds how long a receiver may want to be left alone.
const longestWait = time.Hour

// retryAfter reads a Retry-After in seconds or as a date (RFC 9110 § 10.2.3).
func retryAfter(value string) time.Duration {
	value = strings.TrimSpace(value)
	wait, err := time.ParseDuration(value + "s")
	if at, dated := http.ParseTime(value); err != nil && dated == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), longestWait)
}
