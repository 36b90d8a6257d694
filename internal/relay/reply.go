package relay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gonets/internal/excerpt"
)

const (
	// longestLine is the maximum length of a reply line in bytes, with its CRLF. RFC 5321 § 4.5.3.1.5 allows 512; servers
	// that add links exceed it a little.
	longestLine = 4096
	// mostLines is the maximum number of lines of a reply. A long reply to EHLO has thirty.
	mostLines = 100
)

// reply is a server's reply. Its text is in the buffer of the wire, and is overwritten by the next reply.
type reply struct {
	code int
	text []byte
}

// protocolError is a reply that is malformed or that the command cannot have. After it, no reply can be assigned to a
// command any more, so the connection is closed.
type protocolError struct{ detail string }

func (m protocolError) Error() string { return "a reply that does not fit: " + m.detail }

// readReply reads one reply, of one line or many (RFC 5321 § 4.2.1).
func (w *wire) readReply(timeout time.Duration) (reply, error) {
	w.until = time.Now().Add(timeout)
	w.text = w.text[:0]
	code := 0
	for lines := 1; ; lines++ {
		line, err := w.line()
		if err != nil {
			var wrong protocolError
			if errors.As(err, &wrong) {
				return reply{}, err
			}
			return reply{}, w.cause(err, timeout)
		}
		number, text, last, ok := splitReply(line)
		switch {
		case !ok:
			return reply{}, protocolError{fmt.Sprintf("%.60q", line)}
		case lines > 1 && number != code:
			return reply{}, protocolError{fmt.Sprintf("a line of %d within one of %d", number, code)}
		case lines > mostLines:
			return reply{}, protocolError{fmt.Sprintf("more than %d lines", mostLines)}
		}
		code = number
		if lines > 1 {
			w.text = append(w.text, '\n')
		}
		w.text = append(w.text, text...)
		if last {
			return reply{code, w.text}, nil
		}
	}
}

// line reads one line and returns it without its end. It is valid until the next read.
func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, protocolError{fmt.Sprintf("a line of more than %d bytes: %.40q…", longestLine, line)}
	case errors.Is(err, io.EOF) && len(line) > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// splitReply parses a reply line: three digits, then a space in the last line and a hyphen in any other, then the text.
// A code alone is a last line too (RFC 5321 § 4.2).
func splitReply(line []byte) (code int, text []byte, last, ok bool) {
	if len(line) < 3 {
		return 0, nil, false, false
	}
	for _, digit := range line[:3] {
		if digit < '0' || digit > '9' {
			return 0, nil, false, false
		}
		code = 10*code + int(digit-'0')
	}
	if code < 200 || code > 599 {
		return 0, nil, false, false
	}
	if len(line) == 3 {
		return code, nil, true, true
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, nil, false, false
	}
	return code, line[4:], line[3] == ' ', true
}

// answer copies a reply, so that it stays valid after the next one.
func (r reply) answer(stage Stage) Answer {
	text := printableText(r.text)
	first, _, several := strings.Cut(text, "\n")
	n := enhancedCode(first)
	a := Answer{Stage: stage, Code: r.code, Enhanced: text[:n]}
	if n > 0 && several {
		// Each line repeats the code (RFC 2034 § 4). A different code is kept in the text.
		lines := strings.Split(text, "\n")
		for i, line := range lines[1:] {
			if enhancedCode(line) == n && line[:n] == a.Enhanced {
				lines[i+1] = strings.TrimSpace(line[n:])
			}
		}
		text = strings.Join(lines, "\n")
	}
	a.Text = excerpt.Of(strings.TrimSpace(text[n:]), longestText)
	return a
}

// isSuccess is true for a reply of the 2xx class.
func (r reply) isSuccess() bool { return r.code/100 == 2 }

// isRefusal is true for a reply of the 4xx or 5xx class.
func (r reply) isRefusal() bool { return r.code/100 == 4 || r.code/100 == 5 }

// isClosing is true for the reply of a server that closes the connection and has read nothing after the command that it
// replies to (RFC 5321 § 3.8).
func (r reply) isClosing() bool { return r.code == 421 }
