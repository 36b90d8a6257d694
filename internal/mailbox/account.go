// Package mailbox reads the bounces in a mailbox on a mail server, by IMAP or POP3. It hands each email to whoever books it,
// with one email in memory at a time, and remembers nothing itself: what was read is in the Ledger of its caller.
package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/relay"
)

// Kind is how a mailbox is read.
type Kind string

const (
	// IMAP is RFC 3501 and RFC 9051. New emails are announced by the server if it knows IDLE (RFC 2177).
	IMAP Kind = "imap"
	// POP3 is RFC 1939. The inbox is looked at from time to time.
	POP3 Kind = "pop3"
)

// UsualPort is the TCP port at which mail servers offer a kind of mailbox, or 0 if kind or mode is unknown.
func UsualPort(kind Kind, mode relay.TLSMode) int {
	clear := mode == relay.TLSNone || mode == relay.TLSStartTLS
	switch {
	case kind == IMAP && mode == relay.TLSImplicit:
		return 993
	case kind == IMAP && clear:
		return 143
	case kind == POP3 && mode == relay.TLSImplicit:
		return 995
	case kind == POP3 && clear:
		return 110
	}
	return 0
}

// Account is a mailbox and how it is to be read.
type Account struct {
	Kind Kind
	// Host is a name or an IP address. Certificates are verified against it.
	Host string
	// Port is the TCP port, usually 993, 143, 995 or 110.
	Port int
	// TLS is how the connection is encrypted: none, starttls or implicit. Without encryption, a password is sent to a
	// loopback address only.
	TLS relay.TLSMode
	// Username and Password log in.
	Username, Password string
	// Folder is the folder that is read by IMAP; "" means INBOX. POP3 has none.
	Folder string
	// DeleteAfter is how long after it was booked an email is deleted; 0 means at once, and nil never. Emails that are no
	// bounce of ours are never deleted.
	DeleteAfter *time.Duration
	// RootCAs are the authorities to trust; nil means those of the system.
	RootCAs *x509.CertPool
	// Timeout is how long the server may be silent. Default 1 min.
	Timeout time.Duration
}

// Note is what a Ledger remembers of an email.
type Note struct {
	// Outcome is what Take returned for it.
	Outcome arrival.Outcome
	// At is when it was noted.
	At time.Time
}

// Ledger remembers which emails of one mailbox were read, and books them.
type Ledger interface {
	// Noted returns what was noted of those of the keys that were. There are at most 500. As long as the mailbox is read, it
	// is asked for the key of every email there is at least once a day: a note that nobody asks for can be dropped.
	Noted(ctx context.Context, keys []string) (map[string]Note, error)
	// Take books an email, as arrival.Take says: in one transaction with the note.
	Take(ctx context.Context, mail arrival.Mail) (arrival.Outcome, error)
}

// Limits of what is read, beside those of package pop3.
const (
	// maxMessages is the maximum number of emails in a mailbox. It is not read if there are more.
	maxMessages = 250_000
	// maxPOP3Size is the maximum size of an email that is read by POP3, which cannot stop in the middle of one; longer ones
	// stay where they are. By IMAP, the beginning of every email is read.
	maxPOP3Size = 64 << 20
	// chunk is how many keys the ledger is asked for at a time, and how many emails are asked for at a time.
	chunk = 500
	// mailTime is how many times the timeout the transfer of one email may take.
	mailTime = 5
	// defaultTimeout is Account.Timeout if it is 0.
	defaultTimeout = time.Minute
	// longestReason is the maximum length of what an error repeats of a server's words, in characters.
	longestReason = 500
)

var errUnencrypted = errors.New("the password would travel unencrypted: set TLS to starttls or implicit for this mailbox")

// String is host:port. It keeps the password out of logs.
func (a Account) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

func (a Account) timeout() time.Duration {
	if a.Timeout > 0 {
		return a.Timeout
	}
	return defaultTimeout
}

// check returns an error for an account that cannot work.
func (a Account) check() error {
	switch a.TLS {
	case relay.TLSNone, relay.TLSStartTLS, relay.TLSImplicit:
	default:
		return fmt.Errorf("unknown TLS mode %q", a.TLS)
	}
	switch {
	case a.Kind != IMAP && a.Kind != POP3:
		return fmt.Errorf("unknown kind of mailbox %q", a.Kind)
	case a.Host == "":
		return errors.New("no mail server is named")
	case a.Port < 1 || a.Port > 65535:
		return fmt.Errorf("%d is no TCP port", a.Port)
	case strings.ContainsAny(a.Username+a.Password+a.Folder, "\r\n\x00"):
		return errors.New("the username, the password or the folder has a line end in it")
	}
	return nil
}

// session is a connection to a mailbox, which was logged in to.
type session interface {
	// pass reads the mailbox once.
	pass(ctx context.Context, ledger Ledger, done *Pass) error
	// wait waits until something may have arrived, until wake, or so long. The session cannot wait if it returns
	// errNoWait.
	wait(ctx context.Context, wake <-chan struct{}, longest time.Duration) error
	// end says goodbye.
	end()
}

// errNoWait is the error of a session that has ended after one pass.
var errNoWait = errors.New("the session has ended")

// open connects, begins TLS and logs in. Every error is a *Trouble.
func open(ctx context.Context, a Account) (session, error) {
	if err := a.check(); err != nil {
		return nil, a.trouble(StageConnect, err)
	}
	dialer := net.Dialer{Timeout: a.timeout()}
	raw, err := dialer.DialContext(ctx, "tcp", a.String())
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, a.trouble(StageConnect, err)
	}
	if a.TLS == relay.TLSNone && !isLoopback(raw.RemoteAddr()) {
		_ = raw.Close()
		return nil, a.trouble(StageTLS, errUnencrypted)
	}
	metered := &meter{Conn: raw}
	metered.allow(maxTalk)
	var conn net.Conn = metered
	if a.TLS == relay.TLSImplicit {
		limited, cancel := context.WithTimeout(ctx, a.timeout())
		defer cancel()
		secure := tls.Client(conn, a.tlsConfig())
		if err := secure.HandshakeContext(limited); err != nil {
			_ = raw.Close()
			return nil, a.trouble(StageTLS, err)
		}
		conn = secure
	}
	if a.Kind == POP3 {
		return openPOP3(ctx, a, conn, metered)
	}
	return openIMAP(ctx, a, conn, metered)
}

func (a Account) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: strings.TrimSuffix(a.Host, "."), RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12}
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// isDue is true for an email that is to be deleted.
func (a Account) isDue(n Note, now time.Time) bool {
	return a.DeleteAfter != nil && (n.Outcome == arrival.Booked || n.Outcome == arrival.Known) && !now.Before(n.At.Add(*a.DeleteAfter))
}
