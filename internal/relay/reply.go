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
	// longestLine bounds a reply line with its CRLF. RFC 5321 § 4.5.3.1.5 allows 512 octets; servers that
	// explain themselves with links go beyond, none goes far.
	longestLine = 4096
	// mostLines bounds a reply. A long EHLO has thirty.
	mostLines = 100
)

// reply is a server's reply while its text is still in the wire's buffer: it is overwritten by the next.
type reply struct {
	code int
	text []byte
}

// misfit is a reply that cannot be one to what was asked. Once one was read, no later reply can be trusted to
// belong to the command it seems to answer.
type misfit struct{ detail string }

func (m misfit) Error() string { return "a reply that does not fit: " + m.detail }

// hear reads one reply, of one line or many (RFC 5321 § 4.2.1).
func (w *wire) hear(patience time.Duration) (reply, error) {
	w.until = time.Now().Add(patience)
	w.said = w.said[:0]
	code := 0
	for lines := 1; ; lines++ {
		line, err := w.line()
		if err != nil {
			var wrong misfit
			if errors.As(err, &wrong) {
				return reply{}, err
			}
			return reply{}, w.cause(err, patience)
		}
		number, text, last, ok := splitReply(line)
		switch {
		case !ok:
			return reply{}, misfit{fmt.Sprintf("%.60q", line)}
		case lines > 1 && number != code:
			return reply{}, misfit{fmt.Sprintf("a line of %d within one of %d", number, code)}
		case lines > mostLines:
			return reply{}, misfit{fmt.Sprintf("more than %d lines", mostLines)}
		}
		code = number
		if lines > 1 {
			w.said = append(w.said, '\n')
		}
		w.said = append(w.said, text...)
		if last {
			return reply{code, w.said}, nil
		}
	}
}

// line reads one line and returns it without its end. It is valid until the next read.
func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, misfit{fmt.Sprintf("a line of more than %d bytes: %.40q…", longestLine, line)}
	case errors.Is(err, io.EOF) && len(line) > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// splitReply takes a reply line apart: three digits, then a space before the last line's text, a hyphen before
// that of any other. A code with nothing after it is a last line too (RFC 5321 § 4.2).
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

// answer keeps a reply for good.
func (r reply) answer(stage Stage) Answer {
	text := clean(r.text)
	first, _, several := strings.Cut(text, "\n")
	n := enhancedCode(first)
	a := Answer{Stage: stage, Code: r.code, Enhanced: text[:n]}
	if n > 0 && several {
		// Each line repeats the code (RFC 2034 § 4); a line with another one keeps it, for it is told nowhere else.
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

// fine is true for a reply of the 2xx class.
func (r reply) fine() bool { return r.code/100 == 2 }

// refusal is true for a reply of the 4xx or 5xx class.
func (r reply) refusal() bool { return r.code/100 == 4 || r.code/100 == 5 }

// closing is the reply of a server that is about to close the connection and has read nothing after what it
// replies to (RFC 5321 § 3.8).
func (r reply) closing() bool { return r.code == 421 }
