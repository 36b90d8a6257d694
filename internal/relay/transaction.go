package relay

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// sendEnvelope sends MAIL, RCPT and DATA in one write and reads their replies.
func (c *Conn) sendEnvelope() (Answer, *ConnectionError) {
	c.appendEnvelope()
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		return Answer{}, c.writeFailed(StageMail, err)
	}
	return c.readEnvelopeReplies()
}

// appendEnvelope adds the next envelope to the next write. DATA is the last command of the group, as RFC 2920 § 3.1
// requires.
func (c *Conn) appendEnvelope() {
	if c.unclean {
		c.out = append(c.out, "RSET\r\n"...)
		c.unclean, c.resetting = false, true
	}
	c.out = c.can.appendMail(c.out, c.next)
	c.out = appendRcpt(c.out, c.next)
	c.out = append(c.out, "DATA\r\n"...)
	c.state = sent
}

// readEnvelopeReplies reads the replies to what appendEnvelope wrote. Each command has a reply, even if the first was refused.
func (c *Conn) readEnvelopeReplies() (Answer, *ConnectionError) {
	if c.resetting {
		c.resetting = false
		if _, broken := c.step(StageReset); broken != nil {
			return Answer{}, broken
		}
	}
	var refusal Answer
	for _, stage := range [...]Stage{StageMail, StageRcpt, StageData} {
		r, broken := c.step(stage)
		switch {
		case broken != nil && refusal.Code != 0 && !isProtocolError(broken):
			// The server refused before the connection ended: many servers close the connection after several
			// refusals.
			return refusal, nil
		case broken != nil:
			return Answer{}, broken
		case r.isRefusal() && refusal.Code == 0:
			refusal = c.envelopeAnswer(r, stage)
			c.unclean = true
		case r.code == 354 && refusal.Code == 0:
			return Answer{Stage: StageData, Code: r.code}, nil
		case r.code == 354:
			return c.answerUnwanted(refusal)
		case r.isSuccess() && refusal.Stage == StageMail:
			// A recipient without a sender: the replies do not belong to our commands, or the recipient was added to
			// another mail.
			return Answer{}, c.broken(stage, false, Answer{}, protocolError{"RCPT accepted after MAIL was refused"})
		}
	}
	return refusal, nil
}

// envelopeAnswer is the answer to a part of the envelope.
func (c *Conn) envelopeAnswer(r reply, stage Stage) Answer {
	a := r.answer(stage)
	a.NamesSender = containsAddress(a.Text, c.next.From) && !containsAddress(a.Text, c.next.To)
	return a
}

// containsAddress reports whether a text contains an address, in upper or lower case.
func containsAddress(text, address string) bool {
	return address != "" && strings.Contains(strings.ToLower(text), strings.ToLower(address))
}

// answerUnwanted sends an empty body to a server that waits for one although it accepted no recipient: nothing but the
// final dot ends that state.
func (c *Conn) answerUnwanted(refusal Answer) (Answer, *ConnectionError) {
	c.out = append(c.out, ".\r\n"...)
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		c.broken(StageBody, false, Answer{}, err)
		return refusal, nil
	}
	_, broken := c.step(StageBody)
	if broken != nil && isProtocolError(broken) {
		return Answer{}, broken
	}
	return refusal, nil
}

// exchangeEnvelope sends one command at a time, for servers without PIPELINING: some close the connection if commands
// arrive early.
func (c *Conn) exchangeEnvelope() (Answer, *ConnectionError) {
	if c.unclean {
		c.out = append(c.out, "RSET\r\n"...)
		if _, broken := c.exchange(StageReset); broken != nil {
			return Answer{}, broken
		}
		c.unclean = false
	}
	for _, stage := range [...]Stage{StageMail, StageRcpt, StageData} {
		switch stage {
		case StageMail:
			c.out = c.can.appendMail(c.out, c.next)
		case StageRcpt:
			c.out = appendRcpt(c.out, c.next)
		case StageData:
			c.out = append(c.out, "DATA\r\n"...)
		}
		r, broken := c.exchange(stage)
		if broken != nil {
			return Answer{}, broken
		}
		if r.isRefusal() {
			c.unclean = true
			return c.envelopeAnswer(r, stage), nil
		}
	}
	return Answer{Stage: StageData, Code: 354}, nil
}

// exchange writes what was appended and reads the reply to it.
func (c *Conn) exchange(stage Stage) (reply, *ConnectionError) {
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		return reply{}, c.writeFailed(stage, err)
	}
	return c.step(stage)
}

// step reads the reply to the command of one stage. A reply of a class that this command cannot have, and a 421, end the
// connection.
func (c *Conn) step(stage Stage) (reply, *ConnectionError) {
	r, err := c.readReply(c.server.Timeouts.Command)
	if err != nil {
		return reply{}, c.broken(stage, false, Answer{}, err)
	}
	if r.isClosing() {
		return reply{}, c.broken(stage, false, r.answer(stage), nil)
	}
	isExpected := r.isSuccess()
	switch stage {
	case StageMail, StageRcpt, StageBody:
		isExpected = r.isSuccess() || r.isRefusal()
	case StageData:
		isExpected = r.code == 354 || r.isRefusal()
	}
	if !isExpected {
		return reply{}, c.broken(stage, false, Answer{}, protocolError{fmt.Sprintf("%d at %s", r.code, stage)})
	}
	return r, nil
}

// unexpectedReply reads a reply that arrived without a command: either that the server closes the connection, or something
// that would be taken for the reply to the next command.
func (c *Conn) unexpectedReply() *ConnectionError {
	r, err := c.readReply(c.server.Timeouts.Command)
	switch {
	case err != nil:
		return c.broken(StageIdle, false, Answer{}, err)
	case r.isClosing():
		return c.broken(StageIdle, false, r.answer(StageIdle), nil)
	}
	return c.broken(StageIdle, false, Answer{}, protocolError{fmt.Sprintf("%d without being asked", r.code)})
}

// writeFailed ends the connection because commands could not be written. It reads the reason if the server sent one.
func (c *Conn) writeFailed(stage Stage, cause error) *ConnectionError {
	if c.ctx.Err() == nil && !errors.Is(cause, os.ErrDeadlineExceeded) {
		if r, err := c.readReply(finalReplyTimeout); err == nil && r.isClosing() {
			return c.broken(stage, false, r.answer(stage), cause)
		}
	}
	return c.broken(stage, false, Answer{}, cause)
}

// broken closes the connection and returns the reason.
func (c *Conn) broken(stage Stage, afterDot bool, answer Answer, err error) *ConnectionError {
	_ = c.raw.Close()
	c.end = &ConnectionError{Stage: stage, AfterDot: afterDot, Answer: answer, Err: err}
	return c.end
}

// ended is the error for an envelope that begins after the connection has ended.
func (c *Conn) ended() *ConnectionError {
	late := *c.end
	late.Stage, late.AfterDot = StageIdle, false
	if !(reply{code: late.Answer.Code}).isClosing() {
		late.Answer = Answer{} // it is about another mail
	}
	return &late
}

func isProtocolError(b *ConnectionError) bool {
	var wrong protocolError
	return errors.As(b.Err, &wrong)
}
