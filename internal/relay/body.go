package relay

import (
	"bytes"
	"errors"
	"os"
	"time"
)

const (
	// blockSize is how much of a body is written at once, and so what Timeouts.Block is about. A mail that fits
	// leaves in one write with everything after it.
	blockSize = 64 << 10
	// lastWordsPatience is how long we look for what a server said before it hung up. It was said by then.
	lastWordsPatience = time.Second
)

// writeBody writes all blocks of a body but the last, which is left for the next flush.
func (c *Conn) writeBody(body []byte) error {
	lineStart := true
	for len(body) > blockSize {
		block := body[:blockSize]
		if end := bytes.LastIndexByte(block, '\n'); end >= 0 {
			block = body[:end+1]
		}
		c.out = appendStuffed(c.out, block, lineStart)
		if _, err := c.flush(c.server.Timeouts.Block); err != nil {
			return err
		}
		lineStart = block[len(block)-1] == '\n'
		body = body[len(block):]
	}
	c.out = appendStuffed(c.out, body, lineStart)
	if len(body) > 0 && !bytes.HasSuffix(body, []byte("\r\n")) {
		c.out = append(c.out, "\r\n"...)
	}
	return nil
}

// appendStuffed appends text with a second dot before each that begins a line (RFC 5321 § 4.5.2). One after a
// bare LF counts, for some servers end a mail there.
func appendStuffed(out, text []byte, lineStart bool) []byte {
	if lineStart && len(text) > 0 && text[0] == '.' {
		out = append(out, '.')
	}
	for {
		at := bytes.Index(text, []byte("\n."))
		if at < 0 {
			return append(out, text...)
		}
		out = append(append(out, text[:at+2]...), '.')
		text = text[at+2:]
	}
}

// lastWords is the outcome of a body that could not be written to its end, after dotted or before the final dot.
// Servers that have seen enough say so and hang up, and what they said may be waiting to be read.
func (c *Conn) lastWords(dotted bool, cause error) (Answer, error) {
	if c.ctx.Err() != nil || errors.Is(cause, os.ErrDeadlineExceeded) {
		return Answer{}, c.broken(StageBody, dotted, Answer{}, cause)
	}
	r, err := c.hear(lastWordsPatience)
	if err != nil {
		return Answer{}, c.broken(StageBody, dotted, Answer{}, cause)
	}
	answer := r.answer(StageBody)
	switch {
	case r.refusal() && (dotted || !r.closing()), r.fine() && dotted:
		c.broken(StageBody, false, answer, cause)
		return answer, nil
	case r.refusal():
		return Answer{}, c.broken(StageBody, false, answer, cause)
	}
	// It accepted what it cannot have read whole; believe neither.
	return Answer{}, c.broken(StageBody, true, answer, cause)
}
