package relay

import (
	"bytes"
	"errors"
	"io"
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

// SourceError is the error of a body that could not be read to its end. The connection had to be closed because
// of it, and the mail was not sent; the server has no part in it.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return "the mail could not be read: " + e.Err.Error() }

// Unwrap returns why.
func (e *SourceError) Unwrap() error { return e.Err }

// writeBody writes all blocks of a body but the last, which is left for the next flush. Its error is a
// *SourceError when it is the body's.
func (c *Conn) writeBody(body io.WriterTo) error {
	w := &c.blocks
	*w = blockWriter{conn: c}
	_, err := body.WriteTo(w)
	switch {
	case w.err != nil:
		return w.err
	case err != nil:
		c.out = c.out[:0]
		return &SourceError{err}
	}
	if w.any && w.ending != [2]byte{'\r', '\n'} {
		c.out = append(c.out, "\r\n"...)
	}
	return nil
}

// blockWriter writes a body to a connection, block by block, and stuffs its dots. Of a body that is longer
// than a block no more than a block is in memory here.
type blockWriter struct {
	conn    *Conn
	pending int     // bytes of the body in conn.out
	any     bool    // something was written
	ending  [2]byte // the last two bytes written
	err     error   // of the network
}

func (w *blockWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if w.pending == blockSize {
			if _, w.err = w.conn.flush(w.conn.server.Timeouts.Block); w.err != nil {
				return written, w.err
			}
			w.pending = 0
		}
		n := min(len(p), blockSize-w.pending)
		w.conn.out = appendStuffed(w.conn.out, p[:n], !w.any || w.ending[1] == '\n')
		w.pending += n
		w.any = true
		w.ending[0] = w.ending[1]
		if n > 1 {
			w.ending[0] = p[n-2]
		}
		w.ending[1] = p[n-1]
		written += n
		p = p[n:]
	}
	return written, nil
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
