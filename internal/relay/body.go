package relay

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"
)

const (
	// blockSize is how many bytes of a body are written at once; Timeouts.Block is the limit for each. A shorter mail is
	// written at once together with the commands after it.
	blockSize = 64 << 10
	// finalReplyTimeout is how long we wait for a reply that the server sent before it closed the connection.
	finalReplyTimeout = time.Second
)

// SourceError is the error of a body that could not be read to its end. The connection was closed because of it, and
// the mail was not sent. The server did not cause it.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return "the mail could not be read: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// writeBody writes all blocks of a body except the last, which stays in out for the next flush. Its error is a
// *SourceError if the body could not be read.
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

// blockWriter writes a body to a connection in blocks, and stuffs its dots. It keeps at most one block in memory.
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

// appendStuffed appends text with a second dot before each dot at the beginning of a line (RFC 5321 § 4.5.2), also
// after a bare LF, because some servers end a mail there.
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

// finalReply returns the answer to a body that could not be written to its end. isDotted is true if the final dot may have
// been written. Some servers send a refusal and close the connection before the end of the body; that reply may be
// waiting to be read.
func (c *Conn) finalReply(isDotted bool, cause error) (Answer, error) {
	if c.ctx.Err() != nil || errors.Is(cause, os.ErrDeadlineExceeded) {
		return Answer{}, c.broken(StageBody, isDotted, Answer{}, cause)
	}
	r, err := c.readReply(finalReplyTimeout)
	if err != nil {
		return Answer{}, c.broken(StageBody, isDotted, Answer{}, cause)
	}
	answer := r.answer(StageBody)
	switch {
	case r.isRefusal() && (isDotted || !r.isClosing()), r.isSuccess() && isDotted:
		c.broken(StageBody, false, answer, cause)
		return answer, nil
	case r.isRefusal():
		return Answer{}, c.broken(StageBody, false, answer, cause)
	}
	// It accepted a mail that it cannot have read completely, so whether it has the mail is unknown.
	return Answer{}, c.broken(StageBody, true, answer, cause)
}
