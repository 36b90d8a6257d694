// Package relay is a connection to a mail server: the SMTP conversation of RFC 5321 with pipelining,
// TLS, AUTH and typed answers.
//
// A Conn hands over one mail after another. Each has three steps, so that the caller can record what it
// is about to do before the step that matters:
//
//	Begin   names the next envelope
//	Begun   tells whether the server wants its body (354) or refuses it, in its own words
//	Finish  sends the body and returns the server's verdict, opening the next envelope on the way
//
// What comes back says whose trouble it is, and so what may be done next:
//
//	Answer    the server judged this mail: it is sent, or refused for now or for good
//	*Trouble  Dial failed: the server's trouble, no recipient is touched
//	*Broken   the conversation ended in the middle; AfterDot tells whether sending again is safe
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
	// TLSStartTLS begins in clear and demands STARTTLS (RFC 3207); without it Dial fails.
	TLSStartTLS TLSMode = "starttls"
	// TLSImplicit begins with the handshake (RFC 8314 § 3.3), as on port 465.
	TLSImplicit TLSMode = "implicit"
	// TLSIfOffered uses STARTTLS where it is offered and goes on in clear where it is not. It is what
	// PocketBase's own mail settings mean by "TLS off", and no choice for a sender of Gonets: whoever
	// sits in between can take the offer away.
	TLSIfOffered TLSMode = "if_offered"
)

// Server is a mail server and how to talk to it.
type Server struct {
	// Host is a name or an IP address. Certificates are verified against it.
	Host string
	// Port is the TCP port: 25, 465, 587 or the operator's own.
	Port int
	// TLS is how the connection is encrypted.
	TLS TLSMode
	// Username and Password log in (RFC 4954). An empty Username means no login.
	Username, Password string
	// LocalName is what we call ourselves in EHLO. When it is empty we give the connection's own
	// address, as RFC 5321 § 4.1.4 wants from a host without a name.
	LocalName string
	// RootCAs are the authorities to trust; nil means those of the system.
	RootCAs *x509.CertPool
	// Timeouts bound every wait; zero fields take their defaults.
	Timeouts Timeouts
}

// Timeouts bound the waits of a conversation. RFC 5321 § 4.5.3.2 names the longest that are reasonable;
// the defaults are shorter where waiting longer has never brought an answer. A zero or negative field
// means its default.
type Timeouts struct {
	// Connect bounds name resolution and the TCP handshake. Default 15 s.
	Connect time.Duration
	// Greeting is the wait for the server's first line; some pause on purpose. Default 30 s, RFC 5 min.
	Greeting time.Duration
	// Handshake bounds a TLS handshake. Default 30 s.
	Handshake time.Duration
	// Command is the wait for the reply to any command. Default 60 s, RFC 5 min (DATA 2 min).
	Command time.Duration
	// Block bounds the writing of each 64 KiB of a body. Default 60 s, RFC 3 min.
	Block time.Duration
	// Final is the wait for the verdict on a body. When it passes, nobody knows whether the mail was
	// taken, so it is the one wait to be generous with. Default 2 min, RFC 10 min.
	Final time.Duration
}

// String names the server as people do, host:port, and keeps the password out of every log.
func (s Server) String() string { return s.address() }

func (s Server) address() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// check finds what cannot work before anything is tried.
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

// filled returns the server with every default in place.
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
