package receiver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"gonets/internal/arrival"
	"gonets/internal/mailserver"
	"gonets/internal/printable"
)

// The answers. 421 ends a connection (RFC 5321 § 3.8).
var (
	errUnknown   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "This address takes no email"}
	errNoBounce  = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "This address takes bounces only, and this email is none of ours"}
	errNotNow    = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The email cannot be booked now, try again later"}
	errNoLookUp  = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The address cannot be looked up now, try again later"}
	errClosing   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "The service stops"}
	errTooMany   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Too many emails in one connection, connect again"}
	errGuessing  = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Too many unknown addresses"}
	errBrokenOff = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "The email did not arrive whole"}
	booked       = &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Booked"}
)

// session is one client's conversation. With BDAT (RFC 3030), go-smtp calls Data in a goroutine of its own, and the client can
// say RSET or begin another email before it has run.
type session struct {
	receiver *Receiver
	conn     *smtp.Conn
	mails    int // handed over
	refused  int // recipients that are none of ours

	mu   sync.Mutex // guards what follows
	from string
	to   []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	switch {
	case s.refused >= maxRefused:
		return s.part(errGuessing)
	case s.mails >= maxMails:
		return s.part(errTooMany)
	}
	s.mails++
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.refused >= maxRefused {
		return s.part(errGuessing)
	}
	ours, err := s.receiver.options.IsOurs(s.receiver.ctx, to)
	switch {
	case err != nil:
		s.receiver.log.Error("a return path could not be looked up", "err", err)
		return errNoLookUp
	case !ours:
		s.refused++
		return errUnknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

// part ends the connection with an answer.
func (s *session) part(answer *smtp.SMTPError) error {
	mailserver.Part(s.conn)
	return answer
}

// Data takes the email and returns its answer, which go-smtp wants as an error even when it is a 250.
func (s *session) Data(r io.Reader) error {
	if !s.receiver.server.Enter() {
		return errClosing
	}
	defer s.receiver.server.Leave()
	s.mu.Lock()
	// If another email has begun, this is its envelope, and reading r fails.
	mail := arrival.Mail{Sender: s.from, Recipients: s.to}
	s.mu.Unlock()
	source, err := io.ReadAll(r)
	if answer := (*smtp.SMTPError)(nil); errors.As(err, &answer) {
		return answer // it is too long
	} else if err != nil {
		return errBrokenOff
	}
	mail.Source = source
	return s.receiver.take(mail)
}

// LMTPData is Data with an answer for each recipient (RFC 2033 § 4.2), which is the same one for all.
func (s *session) LMTPData(r io.Reader, _ smtp.StatusCollector) error {
	return s.Data(r)
}

func (r *Receiver) take(mail arrival.Mail) error {
	ctx, cancel := context.WithTimeout(r.ctx, bookTimeout)
	defer cancel()
	outcome, err := r.book(ctx, mail)
	switch {
	case err != nil && r.ctx.Err() != nil:
		return errClosing
	case err != nil:
		r.log.Error("a bounce could not be booked", "err", err, slog.String("sender", printable.Line(mail.Sender)))
		return errNotNow
	case outcome == arrival.Booked, outcome == arrival.Known:
		return booked
	case outcome == arrival.NotOurs:
		return errNoBounce
	}
	return errNotNow
}

// book hands an email on, again and again as long as it can only be booked later and there is Patience.
func (r *Receiver) book(ctx context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	for until := time.Now().Add(r.options.Patience); ; {
		outcome, err := r.options.Take(ctx, mail)
		if err != nil || outcome != arrival.Later || time.Now().After(until) {
			return outcome, err
		}
		select {
		case <-ctx.Done():
			return outcome, ctx.Err()
		case <-time.After(patienceStep):
		}
	}
}

func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = "", nil
}

func (s *session) Logout() error { return nil }
