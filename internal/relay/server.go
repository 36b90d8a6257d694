// Package relay is a connection to a mail server: the SMTP conversation of RFC 5321 with pipelining,
// TLS, AUTH and typed answers.
//
// A Conn sends one mail after another. Each takes three steps, so that the caller can record the attempt before the
// mail can be delivered:
//
//	Begin   sets the next envelope
//	Begun   returns whether the server wants its body (354) or refuses it
//	Finish  sends the body, returns the server's answer, and can write the next envelope along with the body
//
// The result says who is responsible, and so what may be done next:
//
//	Answer    the server's answer to this mail: sent, or refused temporarily or permanently
//	*ServerError  Dial failed because of the server; no recipient is concerned
//	*ConnectionError   the connection ended before the answer; AfterDot says whether sending again is safe
package relay

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// TLSMode is how a connection to a mail server is encrypted. The zero value is TLSNone.
type TLSMode string

const (
	// TLSNone never encrypts. A password is then sent to a loopback address only.
	TLSNone TLSMode = "none"
	// TLSStartTLS begins in clear and requires STARTTLS (RFC 3207); without it Dial fails.
	TLSStartTLS TLSMode = "starttls"
	// TLSImplicit begins with the handshake (RFC 8314 § 3.3), as on port 465.
	TLSImplicit TLSMode = "implicit"
	// TLSIfOffered uses STARTTLS if the server offers it, and no encryption otherwise. PocketBase's own mail settings do
	// this when TLS is off. A sender of Gonets cannot choose it: an attacker between us and the server can remove the
	// offer.
	TLSIfOffered TLSMode = "if_offered"
)

// Server is a mail server and how to connect to it.
type Server struct {
	// Host is a name or an IP address. Certificates are verified against it.
	Host string
	// Port is the TCP port: 25, 465, 587 or the operator's own.
	Port int
	// TLS is how the connection is encrypted.
	TLS TLSMode
	// Username and Password log in (RFC 4954). An empty Username means no login.
	Username, Password string
	// LocalName is our name in EHLO. If it is empty, the address of the connection is sent, as RFC 5321 § 4.1.4 requires
	// from a host without a name.
	LocalName string
	// RootCAs are the authorities to trust; nil means those of the system.
	RootCAs *x509.CertPool
	// Timeouts limit every wait; zero fields have their defaults.
	Timeouts Timeouts
}

// Timeouts limit the waits of a connection. RFC 5321 § 4.5.3.2 has the recommended minimums; most defaults are shorter,
// because longer waits rarely bring an answer. A zero or negative field means its default.
type Timeouts struct {
	// Connect limits name resolution and the TCP handshake. Default 15 s.
	Connect time.Duration
	// Greeting is the wait for the server's first line; some servers delay it on purpose. Default 30 s, RFC 5 min.
	Greeting time.Duration
	// Handshake limits a TLS handshake. Default 30 s.
	Handshake time.Duration
	// Command is the wait for the reply to any command. Default 60 s, RFC 5 min (DATA 2 min).
	Command time.Duration
	// Block limits the writing of each 64 KiB of a body. Default 60 s, RFC 3 min.
	Block time.Duration
	// Final is the wait for the answer to a body. After this timeout it is unknown whether the server has the mail, so
	// the default is long. Default 2 min, RFC 10 min.
	Final time.Duration
}

// String is host:port. It keeps the password out of logs.
func (s Server) String() string { return s.address() }

func (s Server) address() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// check returns an error for settings that cannot work.
func (s Server) check() error {
	switch s.TLS {
	case TLSNone, TLSStartTLS, TLSImplicit, TLSIfOffered:
	default:
		return fmt.Errorf("unknown TLS mode %q", s.TLS)
	}
	if s.Host == "" {
		return errors.New("no mail server is named")
	}
	if s.Port < 1 || s.Port > 65535 {
		return fmt.Errorf("%d is no TCP port", s.Port)
	}
	if strings.ContainsFunc(s.LocalName, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return fmt.Errorf("our own name %q cannot be said in EHLO", s.LocalName)
	}
	return nil
}

// filled returns the server with its defaults.
func (s Server) filled() Server {
	if s.TLS == "" {
		s.TLS = TLSNone
	}
	t := &s.Timeouts
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Connect, 15 * time.Second},
		{&t.Greeting, 30 * time.Second},
		{&t.Handshake, 30 * time.Second},
		{&t.Command, time.Minute},
		{&t.Block, time.Minute},
		{&t.Final, 2 * time.Minute},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return s
}
