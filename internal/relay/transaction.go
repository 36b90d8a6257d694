package relay

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// sendEnvelope says MAIL, RCPT and DATA in one write and reads their replies.
func (c *Conn) sendEnvelope() (Answer, *Broken) {
	c.appendEnvelope()
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		return Answer{}, c.hungUp(StageMail, err)
	}
	return c.hearEnvelope()
}

// appendEnvelope makes the next envelope part of the next write. RFC 2920 § 3.1 allows DATA as the last command
// of a group only, and it is.
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

// hearEnvelope reads the replies to what appendEnvelope wrote. All of them come, whatever the first says.
func (c *Conn) hearEnvelope() (Answer, *Broken) {
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
		case broken != nil && refusal.Code != 0 && !isMisfit(broken):
			// The recipient was judged before the connection ended: many servers hang up on who is
			// refused too often.
			return refusal, nil
		case broken != nil:
			return Answer{}, broken
		case r.refusal() && refusal.Code == 0:
			refusal = c.answerTo(r, stage)
			c.unclean = true
		case r.code == 354 && refusal.Code == 0:
			return Answer{Stage: StageData, Code: r.code}, nil
		case r.code == 354:
			return c.answerUnwanted(refusal)
		case r.fine() && refusal.Stage == StageMail:
			// A recipient without a sender: the replies are not those to our commands, or the recipient
			// was added to somebody else's mail.
			return Answer{}, c.broken(stage, false, Answer{}, misfit{"RCPT accepted after MAIL was refused"})
		}
	}
	return refusal, nil
}

// answerTo keeps the reply to a part of the envelope.
func (c *Conn) answerTo(r reply, stage Stage) Answer {
	a := r.answer(stage)
	a.NamesSender = names(a.Text, c.next.From) && !names(a.Text, c.next.To)
	return a
}

// names says whether a text has an address in it.
func names(text, address string) bool {
	return address != "" && strings.Contains(strings.ToLower(text), strings.ToLower(address))
}

// answerUnwanted ends the body that a server waits for although it accepted no recipient. Only the dot does.
func (c *Conn) answerUnwanted(refusal Answer) (Answer, *Broken) {
	c.out = append(c.out, ".\r\n"...)
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		c.broken(StageBody, false, Answer{}, err)
		return refusal, nil
	}
	_, broken := c.step(StageBody)
	if broken != nil && isMisfit(broken) {
		return Answer{}, broken
	}
	return refusal, nil
}

// talkEnvelope says one command at a time, for servers without PIPELINING: some cut off who does not wait.
func (c *Conn) talkEnvelope() (Answer, *Broken) {
	if c.unclean {
		c.out = append(c.out, "RSET\r\n"...)
		if _, broken := c.turn(StageReset); broken != nil {
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
		r, broken := c.turn(stage)
		if broken != nil {
			return Answer{}, broken
		}
		if r.refusal() {
			c.unclean = true
			return c.answerTo(r, stage), nil
		}
	}
	return Answer{Stage: StageData, Code: 354}, nil
}

// turn writes what was appended and reads the reply to it.
func (c *Conn) turn(stage Stage) (reply, *Broken) {
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		return reply{}, c.hungUp(stage, err)
	}
	return c.step(stage)
}

// step reads the reply to the command of one stage. A reply of a class that this command cannot have, and a 421,
// break the conversation.
func (c *Conn) step(stage Stage) (reply, *Broken) {
	r, err := c.hear(c.server.Timeouts.Command)
	if err != nil {
		return reply{}, c.broken(stage, false, Answer{}, err)
	}
	if r.closing() {
		return reply{}, c.broken(stage, false, r.answer(stage), nil)
	}
	fits := r.fine()
	switch stage {
	case StageMail, StageRcpt, StageBody:
		fits = r.fine() || r.refusal()
	case StageData:
		fits = r.code == 354 || r.refusal()
	}
	if !fits {
		return reply{}, c.broken(stage, false, Answer{}, misfit{fmt.Sprintf("%d at %s", r.code, stage)})
	}
	return r, nil
}

// unasked reads what the server said without being asked: that it is closing, or something that would be taken
// for the reply to the next command.
func (c *Conn) unasked() *Broken {
	r, err := c.hear(c.server.Timeouts.Command)
	switch {
	case err != nil:
		return c.broken(StageIdle, false, Answer{}, err)
	case r.closing():
		return c.broken(StageIdle, false, r.answer(StageIdle), nil)
	}
	return c.broken(StageIdle, false, Answer{}, misfit{fmt.Sprintf("%d without being asked", r.code)})
}

// hungUp breaks the conversation because commands could not be written. The server may have said why.
func (c *Conn) hungUp(stage Stage, cause error) *Broken {
	if c.ctx.Err() == nil && !errors.Is(cause, os.ErrDeadlineExceeded) {
		if r, err := c.hear(lastWordsPatience); err == nil && r.closing() {
			return c.broken(stage, false, r.answer(stage), cause)
		}
	}
	return c.broken(stage, false, Answer{}, cause)
}

// broken closes the connection for good and returns why.
func (c *Conn) broken(stage Stage, afterDot bool, answer Answer, err error) *Broken {
	_ = c.raw.Close()
	c.end = &Broken{Stage: stage, AfterDot: afterDot, Answer: answer, Err: err}
	return c.end
}

// over is the end of the connection as an envelope sees it that came too late to be touched by it.
func (c *Conn) over() *Broken {
	late := *c.end
	late.Stage, late.AfterDot = StageIdle, false
	if !(reply{code: late.Answer.Code}).closing() {
		late.Answer = Answer{} // it judged another mail
	}
	return &late
}

func isMisfit(b *Broken) bool {
	var wrong misfit
	return errors.As(b.Err, &wrong)
}
