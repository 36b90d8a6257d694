package outbox

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// largestPooled is the capacity up to which a buffer is kept for the next mail.
const largestPooled = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// errClosing is the answer during an e-mail when the outbox closes (RFC 5321 § 3.8).
var errClosing = &smtp.SMTPError{
	Code:         421,
	EnhancedCode: smtp.EnhancedCode{4, 3, 2},
	Message:      domain + " closing connection",
}

// session is one connection.
type session struct {
	outbox *Outbox
	conn   net.Conn
	hungUp bool // by a rule; commands in the buffer are ignored

	from  string
	to    []string
	final *Reply // the answer of a rule at the end of the e-mail
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.hungUp {
		return errClosing
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	to = strings.ToLower(to)
	reply := s.outbox.judge(s.from, to)
	if reply != nil && reply.Stage == AtRecipient {
		return s.refuse(reply)
	}
	if s.final == nil {
		s.final = reply
	}
	s.to = append(s.to, to)
	return nil
}

// Data receives the e-mail and returns its answer, for go-smtp as an error even when it is a 250.
func (s *session) Data(r io.Reader) error {
	o := s.outbox
	if s.hungUp || !o.server.Enter() {
		return errClosing
	}
	defer o.server.Leave()
	mail := caught{envelopeFrom: s.from, to: s.to, status: statusAccepted}
	final := s.final

	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= largestPooled {
			buf.Reset()
			buffers.Put(buf)
		}
	}()
	if _, err := buf.ReadFrom(r); err != nil {
		return err
	}
	if !o.linger() {
		return errClosing
	}

	mail.at = time.Now()
	mail.id = o.store.nextID()
	answer := &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "OK queued as " + mail.id}
	switch {
	case final == nil:
		mail.answer = line(answer)
	case final.Code == 0:
		mail.status = statusUnanswered
	default:
		answer = final.smtp()
		mail.status, mail.answer = statusRefused, line(answer)
	}
	o.store.catch(&mail, buf.Bytes())
	if o.returner != nil && mail.status != statusRefused {
		o.returner.add(&mail, buf.Bytes())
	}
	if mail.status == statusUnanswered {
		return s.refuse(final)
	}
	return answer
}

func (s *session) Reset() {
	s.from, s.to, s.final = "", nil, nil
}

func (s *session) Logout() error {
	return nil
}

// refuse gives the answer of a rule, or closes the connection for Code 0.
func (s *session) refuse(reply *Reply) error {
	if reply.Code == 0 {
		s.hungUp = true
		_ = s.conn.Close()
		return errClosing
	}
	return reply.smtp()
}

// judge asks the rules about one recipient.
func (o *Outbox) judge(from, rcpt string) *Reply {
	if o.options.Rules == nil {
		return nil
	}
	return o.options.Rules(from, rcpt, o.tries.next(from, rcpt))
}

// linger waits for the latency and reports whether the outbox is still open then.
func (o *Outbox) linger() bool {
	if o.options.Latency > 0 {
		timer := time.NewTimer(o.options.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-o.server.Closing():
		}
	}
	select {
	case <-o.server.Closing():
		return false
	default:
		return true
	}
}

// smtp is the reply for go-smtp, which replaces an invalid enhanced code by X.0.0.
func (r *Reply) smtp() *smtp.SMTPError {
	e := &smtp.SMTPError{Code: r.Code, Message: r.Text}
	for i, digits := range strings.SplitN(r.Enhanced, ".", 3) {
		n, err := strconv.Atoi(digits)
		if err != nil {
			e.EnhancedCode = smtp.EnhancedCodeNotSet
			break
		}
		e.EnhancedCode[i] = n
	}
	return e
}

// line is an answer as the client reads it, without the line break.
func line(e *smtp.SMTPError) string {
	code := e.EnhancedCode
	if code == smtp.EnhancedCodeNotSet {
		code = smtp.EnhancedCode{e.Code / 100, 0, 0}
	}
	return fmt.Sprintf("%d %d.%d.%d %s", e.Code, code[0], code[1], code[2], e.Message)
}
