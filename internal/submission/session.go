package submission

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/emersion/go-smtp"

	"gonets/internal/address"
	"gonets/internal/denial"
	"gonets/internal/mailserver"
	"gonets/internal/memory"
	"gonets/internal/printable"
	"gonets/internal/sender"
)

// The answers that are always the same. 421 ends a connection (RFC 5321 § 3.8).
var (
	errNoTLS       = refusal(530, smtp.EnhancedCode{5, 7, 0}, "Begin TLS first (STARTTLS), then sign in with a token as the password")
	errNotSignedIn = refusal(530, smtp.EnhancedCode{5, 7, 0}, "Sign in first (AUTH PLAIN or LOGIN): any user name, a token of the scope send as the password")
	errGuessing    = refusal(421, smtp.EnhancedCode{4, 7, 0}, "Too many failed sign-ins, try again later")
	errTooMany     = refusal(421, smtp.EnhancedCode{4, 7, 0}, "Too many e-mails in one connection, connect again")
	errRefused     = refusal(421, smtp.EnhancedCode{4, 7, 0}, "Too many recipients that are no addresses")
	errClosing     = refusal(421, smtp.EnhancedCode{4, 3, 2}, "The service stops")
	errNotNow      = refusal(451, smtp.EnhancedCode{4, 3, 0}, "The e-mail cannot be taken now, try again later")
	errAtOnce      = refusal(451, smtp.EnhancedCode{4, 3, 2}, "%d e-mails of yours are on their way in already, try again later", maxAtOnce)
	errBrokenOff   = refusal(451, smtp.EnhancedCode{4, 4, 2}, "The e-mail did not arrive whole")
)

// refusal makes an answer, in one line of ASCII.
func refusal(code int, enhanced smtp.EnhancedCode, format string, args ...any) *smtp.SMTPError {
	text := []rune(printable.Line(fmt.Sprintf(format, args...)))
	for i, r := range text {
		if r > '~' {
			text[i] = '?'
		}
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: string(text)}
}

// session is one program's conversation. With BDAT (RFC 3030), go-smtp calls Data in a goroutine of its own, and the program can
// say RSET or begin another e-mail before it has run.
type session struct {
	server  *server
	conn    *smtp.Conn
	secret  string // of the token; "" before the sign-in
	owner   string // of the token
	failed  int    // sign-ins
	mails   int    // that were begun
	refused int    // recipients

	mu       sync.Mutex // guards envelope
	envelope envelope
}

type envelope struct {
	from string
	to   []string
	left int // e-mails that the owner may send today
}

// Mail begins an e-mail, if its owner may send any.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.mails++; s.mails > maxMails {
		return s.part(errTooMany)
	}
	if err := s.mayGoOn(); err != nil {
		return err
	}
	left, err := s.server.service.Left(s.owner)
	if err != nil {
		return s.server.answer(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.envelope = envelope{from: from, left: left}
	return nil
}

// Rcpt takes a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.refused >= maxRefused {
		return s.part(errRefused)
	}
	if _, err := address.Normalize(to); err != nil {
		s.refused++
		return refusal(553, smtp.EnhancedCode{5, 1, 3}, "This is no e-mail address: %s", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.envelope.to) >= s.envelope.left {
		return refusal(452, smtp.EnhancedCode{4, 5, 3}, "Your quota of transactional e-mails leaves %d today: the next day begins at midnight UTC", s.envelope.left)
	}
	s.envelope.to = append(s.envelope.to, to)
	return nil
}

// part ends the connection with an answer.
func (s *session) part(answer *smtp.SMTPError) error {
	mailserver.Part(s.conn)
	return answer
}

// Data takes the e-mail and returns its answer, which go-smtp wants as an error even when it is a 250.
func (s *session) Data(r io.Reader) error {
	v := s.server
	if !v.smtp.Enter() {
		return errClosing
	}
	defer v.smtp.Leave()
	s.mu.Lock()
	// If another e-mail has begun, this is its envelope, and reading r fails.
	e := s.envelope
	s.mu.Unlock()
	done, ok := v.now.Begin(s.owner)
	if !ok {
		return errAtOnce
	}
	defer done()
	mail, err := receive(r)
	defer mail.remove()
	var answer *smtp.SMTPError
	switch {
	case errors.As(err, &answer):
		return answer // it is too long, or its header cannot be read
	case errors.Is(err, errDisk):
		v.log.Error("keep an e-mail that is being received", "err", err)
		return errNotNow
	case err != nil:
		return errBrokenOff
	}
	_, encrypted := s.conn.TLSConnectionState()
	call, err := v.callOf(s.owner, e, mail, encrypted)
	if err != nil {
		return v.answer(err)
	}
	ctx, cancel := context.WithTimeout(v.ctx, submitTimeout)
	defer cancel()
	accepted, err := v.service.Submit(ctx, call)
	if err != nil {
		return v.answer(err)
	}
	return refusal(250, smtp.EnhancedCode{2, 0, 0}, "Ok: queued as %s", accepted.ID)
}

// answer says why an e-mail is refused. What may be accepted later is a 4xx.
func (v *server) answer(err error) error {
	var (
		own    *smtp.SMTPError
		denied *denial.Error
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, memory.ErrBusy):
		return errNotNow
	case errors.Is(err, sender.ErrNoMailServer):
		return refusal(451, smtp.EnhancedCode{4, 3, 5}, "%s", err)
	case !errors.As(err, &denied):
		if v.ctx.Err() != nil {
			return errClosing
		}
		v.log.Error("take in an e-mail", "err", err)
		return errNotNow
	}
	switch denied.Status {
	case http.StatusTooManyRequests:
		return refusal(451, smtp.EnhancedCode{4, 7, 1}, "%s", denied.Message)
	case http.StatusForbidden:
		return refusal(550, smtp.EnhancedCode{5, 7, 1}, "%s", denied.Message)
	case http.StatusRequestEntityTooLarge:
		return refusal(452, smtp.EnhancedCode{4, 3, 1}, "%s", denied.Message)
	}
	return refusal(554, smtp.EnhancedCode{5, 6, 0}, "%s", denied.Message)
}

// Reset gives the e-mail up.
func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.envelope = envelope{}
}

// Logout does nothing: the connection ends.
func (s *session) Logout() error { return nil }
