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
	// blocks writes the body under way.
	blocks blockWriter
	// next is the envelope that was begun, in the states begun and sent.
	next Envelope
	// settled is our own answer to it, in the state refused.
	settled Answer
	// unclean is true while the server may still hold a transaction that came to nothing: RSET is due.
	unclean bool
	// resetting is true when a RSET has been written ahead of next.
	resetting bool
	// end is why the connection cannot be used any more.
	end *Broken
}

// state is how far the envelope at hand has come.
type state int

const (
	idle    state = iota // there is none
	begun                // known to us only
	refused              // refused by ourselves; the server will not hear of it
	sent                 // MAIL, RCPT and DATA are written, their replies are not read
	open                 // the server waits for the body
)

// patience with QUIT: the mails are through, so nobody should wait for a goodbye.
const quitPatience = 5 * time.Second

// Greeting is the first line the server said, for whoever wants to see that it is there.
func (c *Conn) Greeting() Answer { return c.greeting }

// Pipelining is true when the server takes several commands at once (RFC 2920). Finish then costs no round
// trip for its next envelope.
func (c *Conn) Pipelining() bool { return c.can.pipelining }

// Encrypted is true when the conversation is protected by TLS.
func (c *Conn) Encrypted() bool { return c.encrypted }

// SizeLimit is the longest mail in bytes that the server announced to take (RFC 1870), 0 when it named no limit.
func (c *Conn) SizeLimit() int64 { return max(c.can.size, 0) }

// Refuses is our own answer to an envelope that the server has announced not to take, or that must never be
// written to a connection. refused is false when there is none: it is the server's to answer.
func (c *Conn) Refuses(e Envelope) (answer Answer, refused bool) { return c.can.refusal(e) }

// Begin names the next envelope. Nothing is written until Begun, or rather: an envelope given to Finish instead
// is written along with the body before it.
//
// It fails with *Broken when the connection has ended, which the envelope's recipient has nothing to do with.
func (c *Conn) Begin(e Envelope) error {
	if c.end != nil {
		return c.over()
	}
	if c.state != idle {
		return errors.New("relay: an envelope was begun before the last one was finished or abandoned")
	}
	c.take(e)
	return nil
}

func (c *Conn) take(e Envelope) {
	c.next, c.state = e, begun
	if answer, ok := c.can.refusal(e); ok {
		c.settled, c.state = answer, refused
	}
}

// Begun tells what became of the envelope: Answer.Open when the server waits for the body, which Finish sends
// or Abandon keeps back; otherwise the refusal that decides, of the sender, of the recipient or of the body to
// come, and the connection is ready for the next Begin.
//
// It fails with *Broken, AfterDot false, when the conversation broke before there was an answer.
func (c *Conn) Begun(ctx context.Context) (Answer, error) {
	if c.end != nil {
		return Answer{}, c.over()
	}
	defer c.attend(ctx)()
	var (
		answer Answer
		broken *Broken
	)
	switch {
	case c.state == refused:
		c.state = idle
		return c.settled, nil
	case c.state == sent:
		answer, broken = c.hearEnvelope()
	case c.state == begun && c.in.Buffered() > 0:
		broken = c.unasked()
	case c.state == begun && c.can.pipelining:
		answer, broken = c.sendEnvelope()
	case c.state == begun:
		answer, broken = c.talkEnvelope()
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

// Finish sends the body of the envelope that is open, and returns the server's verdict on it. Where the server
// takes several commands at once, next goes out in the same write; in any case Begun is what tells about next
// afterwards. A nil next opens nothing.
//
// The body writes itself: a complete message with CRLF line ends, whose dots are stuffed here. It may be longer
// than what should be in memory.
//
// It fails with *Broken, whose AfterDot says whether the mail may have been delivered. A body that could not be
// read is a *SourceError in it.
func (c *Conn) Finish(ctx context.Context, body io.WriterTo, next *Envelope) (Answer, error) {
	if c.end != nil {
		return Answer{}, c.over()
	}
	if c.state != open {
		return Answer{}, errors.New("relay: no envelope is open")
	}
	defer c.attend(ctx)()
	if c.in.Buffered() > 0 {
		return Answer{}, c.unasked()
	}
	c.state = idle
	if next != nil {
		c.take(*next)
	}
	if err := c.writeBody(body); err != nil {
		var source *SourceError
		if errors.As(err, &source) {
			return Answer{}, c.broken(StageBody, false, Answer{}, err)
		}
		return c.lastWords(false, err)
	}
	dot := len(c.out)
	c.out = append(c.out, ".\r\n"...)
	if c.state == begun && c.can.pipelining {
		c.appendEnvelope()
	}
	if written, err := c.flush(c.server.Timeouts.Block); err != nil {
		// A dot without its line end ends nothing by the book, but we do not bet a second mail on the book.
		return c.lastWords(written > dot, err)
	}
	r, err := c.hear(c.server.Timeouts.Final)
	if err == nil && !r.fine() && !r.refusal() {
		err = misfit{fmt.Sprintf("%d to a body", r.code)}
	}
	if err != nil {
		return Answer{}, c.broken(StageBody, true, Answer{}, err)
	}
	answer := r.answer(StageBody)
	if r.closing() {
		c.broken(StageBody, false, answer, nil)
	}
	return answer, nil
}

// Deliver hands over one mail by itself: Begin, Begun and Finish in one. The error is theirs.
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

// Abandon gives up the envelope that was begun. One that the server has not heard of is forgotten; after that
// there is no way back in SMTP but to close the connection, for a server that waits for a body would take
// anything else as one.
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

// Quit says goodbye and closes the connection. With an envelope under way it just closes. The error is for a log:
// every mail that was answered stays answered.
func (c *Conn) Quit(ctx context.Context) error {
	if c.end != nil {
		return nil
	}
	defer c.broken(StageQuit, false, Answer{}, errClosed)
	if c.state == sent || c.state == open {
		return nil
	}
	defer c.attend(ctx)()
	c.out = append(c.out, "QUIT\r\n"...)
	if _, err := c.flush(quitPatience); err != nil {
		return fmt.Errorf("saying goodbye: %w", err)
	}
	if _, err := c.hear(quitPatience); err != nil {
		return fmt.Errorf("saying goodbye: %w", err)
	}
	return nil
}

// Close closes the connection at once. A call under way in another goroutine returns *Broken.
func (c *Conn) Close() error { return c.raw.Close() }
