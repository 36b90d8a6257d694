package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Conn is an open connection to a mail server, ready for mails. It is used by one goroutine at a time; only
// Close may come from another.
type Conn struct {
	*wire
	server    Server
	greeting  Answer
	can       extensions
	encrypted bool
	loopback  bool

	state state
	// blocks writes the current body.
	blocks blockWriter
	// next is the envelope that was begun, in the states begun and sent.
	next Envelope
	// ownAnswer is our own answer to it, in the state refused.
	ownAnswer Answer
	// unclean is true while the server may still have an unfinished transaction: RSET has to be sent first.
	unclean bool
	// resetting is true when a RSET has been written ahead of next.
	resetting bool
	// end is why the connection can no longer be used; nil while it can.
	end *ConnectionError
}

// state is the progress of the current envelope.
type state int

const (
	idle    state = iota // there is none
	begun                // nothing of it is written
	refused              // refused by ourselves; nothing of it will be written
	sent                 // MAIL, RCPT and DATA are written, their replies are not read
	open                 // the server waits for the body
)

// quitTimeout is the wait for the reply to QUIT. It is short because all mails are delivered by then.
const quitTimeout = 5 * time.Second

// Greeting is the first reply of the server, to show that it is there.
func (c *Conn) Greeting() Answer { return c.greeting }

// Pipelining is true when the server accepts several commands at once (RFC 2920). The next envelope given to Finish
// then needs no round trip of its own.
func (c *Conn) Pipelining() bool { return c.can.pipelining }

// Encrypted is true when the conversation is protected by TLS.
func (c *Conn) Encrypted() bool { return c.encrypted }

// SizeLimit is the longest mail in bytes that the server announced to take (RFC 1870), 0 when it named no limit.
func (c *Conn) SizeLimit() int64 { return max(c.can.size, 0) }

// Refuses is our own answer to an envelope that exceeds what the server announced, or that must never be written to
// a connection. refused is false when there is none: the server has to decide.
func (c *Conn) Refuses(e Envelope) (answer Answer, refused bool) { return c.can.refusal(e) }

// Begin sets the next envelope. Nothing is written until Begun is called. (An envelope that is given to Finish instead
// is written together with the body before it.)
//
// It fails with *ConnectionError when the connection has ended. The reason does not concern the envelope's recipient.
func (c *Conn) Begin(e Envelope) error {
	if c.end != nil {
		return c.ended()
	}
	if c.state != idle {
		return errors.New("relay: an envelope was begun before the last one was finished or abandoned")
	}
	c.setNext(e)
	return nil
}

func (c *Conn) setNext(e Envelope) {
	c.next, c.state = e, begun
	if answer, ok := c.can.refusal(e); ok {
		c.ownAnswer, c.state = answer, refused
	}
}

// Begun returns the answer to the envelope. Answer.Open means that the server waits for the body, and that Finish or
// Abandon has to be called. Any other answer is the refusal of the sender, the recipient or the body, and the connection
// is ready for the next Begin.
//
// It fails with *ConnectionError, AfterDot false, when the conversation broke before there was an answer.
func (c *Conn) Begun(ctx context.Context) (Answer, error) {
	if c.end != nil {
		return Answer{}, c.ended()
	}
	defer c.bind(ctx)()
	var (
		answer Answer
		broken *ConnectionError
	)
	switch {
	case c.state == refused:
		c.state = idle
		return c.ownAnswer, nil
	case c.state == sent:
		answer, broken = c.readEnvelopeReplies()
	case c.state == begun && c.in.Buffered() > 0:
		broken = c.unexpectedReply()
	case c.state == begun && c.can.pipelining:
		answer, broken = c.sendEnvelope()
	case c.state == begun:
		answer, broken = c.exchangeEnvelope()
	default:
		return Answer{}, errors.New("relay: no envelope was begun")
	}
	if broken != nil {
		return Answer{}, broken
	}
	c.state = idle
	if answer.Open() {
		c.state = open
	}
	return answer, nil
}

// Finish sends the body of the envelope that is open, and returns the server's answer to it. If the server accepts
// several commands at once, next is written together with the body; call Begun afterwards for the answer to next. A nil
// next begins no envelope.
//
// body writes a complete message with CRLF line ends; dots are stuffed here. It can be longer than the available memory.
//
// It fails with *ConnectionError, whose AfterDot says whether the mail may have been delivered. A body that could not be
// read is a *SourceError in it.
func (c *Conn) Finish(ctx context.Context, body io.WriterTo, next *Envelope) (Answer, error) {
	if c.end != nil {
		return Answer{}, c.ended()
	}
	if c.state != open {
		return Answer{}, errors.New("relay: no envelope is open")
	}
	defer c.bind(ctx)()
	if c.in.Buffered() > 0 {
		return Answer{}, c.unexpectedReply()
	}
	c.state = idle
	if next != nil {
		c.setNext(*next)
	}
	if err := c.writeBody(body); err != nil {
		var source *SourceError
		if errors.As(err, &source) {
			return Answer{}, c.broken(StageBody, false, Answer{}, err)
		}
		return c.finalReply(false, err)
	}
	dot := len(c.out)
	c.out = append(c.out, ".\r\n"...)
	if c.state == begun && c.can.pipelining {
		c.appendEnvelope()
	}
	if written, err := c.flush(c.server.Timeouts.Block); err != nil {
		// A dot without its line end does not end the mail (RFC 5321), but some servers may accept it. So a partly
		// written final dot counts as possibly delivered.
		return c.finalReply(written > dot, err)
	}
	r, err := c.readReply(c.server.Timeouts.Final)
	if err == nil && !r.isSuccess() && !r.isRefusal() {
		err = protocolError{fmt.Sprintf("%d to a body", r.code)}
	}
	if err != nil {
		return Answer{}, c.broken(StageBody, true, Answer{}, err)
	}
	answer := r.answer(StageBody)
	if r.isClosing() {
		c.broken(StageBody, false, answer, nil)
	}
	return answer, nil
}

// Deliver sends one mail: it calls Begin, Begun and Finish, and returns their error.
func (c *Conn) Deliver(ctx context.Context, e Envelope, body io.WriterTo) (Answer, error) {
	if err := c.Begin(e); err != nil {
		return Answer{}, err
	}
	answer, err := c.Begun(ctx)
	if err != nil || !answer.Open() {
		return answer, err
	}
	return c.Finish(ctx, body, nil)
}

// Abandon gives up the envelope that was begun. If nothing of it is written, it is dropped. Otherwise the connection is
// closed: a server that waits for a body takes anything else as the body.
func (c *Conn) Abandon() {
	switch {
	case c.end != nil:
	case c.state == begun || c.state == refused:
		c.state = idle
	case c.state == sent || c.state == open:
		c.broken(StageData, false, Answer{}, errAbandoned)
	}
}

var (
	errAbandoned = errors.New("the envelope was abandoned")
	errClosed    = errors.New("the connection was closed")
)

// Quit sends QUIT and closes the connection. If an envelope is not finished, it only closes. The error is for a log:
// it does not change the answers to earlier mails.
func (c *Conn) Quit(ctx context.Context) error {
	if c.end != nil {
		return nil
	}
	defer c.broken(StageQuit, false, Answer{}, errClosed)
	if c.state == sent || c.state == open {
		return nil
	}
	defer c.bind(ctx)()
	c.out = append(c.out, "QUIT\r\n"...)
	if _, err := c.flush(quitTimeout); err != nil {
		return fmt.Errorf("saying goodbye: %w", err)
	}
	if _, err := c.readReply(quitTimeout); err != nil {
		return fmt.Errorf("saying goodbye: %w", err)
	}
	return nil
}

// Close closes the connection at once. A call under way in another goroutine returns *ConnectionError.
func (c *Conn) Close() error { return c.raw.Close() }
