package pop3

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

// refusedError is the error of a command that the server has answered with -ERR.
type refusedError struct {
	// Command is the command, without what stood behind it.
	Command string
	// Code is the response code of RFC 2449 § 8 and RFC 3206 in upper case, such as "AUTH", "IN-USE" or "SYS/TEMP"; "" if
	// the server gives none.
	Code string
	// Text is what the server said, in at most 500 characters.
	Text string
}

// Error repeats the words of the server.
func (r *refusedError) Error() string {
	if r.Code != "" {
		return fmt.Sprintf("%s refused: [%s] %s", r.Command, r.Code, r.Text)
	}
	return fmt.Sprintf("%s refused: %s", r.Command, r.Text)
}

// longestText is the maximum length of refusedError.Text in characters.
const longestText = 500

// malformed is a reply that POP3 does not have. After it, no reply can be assigned to a command any more.
type malformed struct{ detail string }

func (m malformed) Error() string { return "a reply that does not fit: " + m.detail }

// refusal is nil for a reply that begins with +OK, a *refusedError for one that begins with -ERR, and malformed for others.
func refusal(command, line string) error {
	status, text, _ := strings.Cut(line, " ")
	switch {
	case strings.EqualFold(status, "+OK"):
		return nil
	case !strings.EqualFold(status, "-ERR"):
		return malformed{fmt.Sprintf("%.60q", line)}
	}
	r := &refusedError{Command: command, Text: text}
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if code, said, ok := strings.Cut(rest, "]"); ok {
			r.Code, r.Text = strings.ToUpper(printable.Text(code)), strings.TrimSpace(said)
		}
	}
	r.Text = excerpt.Of(printable.Text(r.Text), longestText)
	return r
}

// ask sends a command and reads the first line of its reply.
func (c *Client) ask(command string) (text string, err error) {
	if err := c.send(command); err != nil {
		return "", err
	}
	verb, _, _ := strings.Cut(command, " ")
	return c.reply(verb, 1)
}

// askMany is ask for a command whose reply has many lines, and so more time.
func (c *Client) askMany(command string) (text string, err error) {
	if err := c.send(command); err != nil {
		return "", err
	}
	verb, _, _ := strings.Cut(command, " ")
	return c.reply(verb, longestReply)
}

// send sends a line. What is left of an email that was being received is read first.
func (c *Client) send(line string) error {
	if c.message != nil {
		if _, err := io.Copy(io.Discard, c.message); err != nil {
			return err
		}
	}
	if c.in.Buffered() > 0 {
		return malformed{"something was said before it was asked for"}
	}
	c.until = time.Now().Add(c.timeout)
	if err := c.conn.SetWriteDeadline(c.until); err != nil {
		return c.cause(err)
	}
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		return c.cause(err)
	}
	return nil
}

// reply reads the first line of a reply that may take so many timeouts, and returns what stands behind +OK.
func (c *Client) reply(command string, timeouts time.Duration) (text string, err error) {
	c.until = time.Now().Add(timeouts * c.timeout)
	line, err := c.line()
	if err != nil {
		return "", err
	}
	if err := refusal(command, line); err != nil {
		return "", err
	}
	_, text, _ = strings.Cut(line, " ")
	return text, nil
}

// lines reads the rest of a reply of many lines (RFC 1939 § 3).
func (c *Client) lines(command string, most int, each func(line string) error) error {
	for n := 0; ; n++ {
		line, err := c.line()
		switch {
		case err != nil:
			return err
		case line == ".":
			return nil
		case n == most:
			return malformed{fmt.Sprintf("%s has more than %d lines", command, most)}
		}
		if err := each(strings.TrimPrefix(line, ".")); err != nil {
			return err
		}
	}
}

// line reads one line and returns it without its end.
func (c *Client) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", malformed{fmt.Sprintf("a line of more than %d bytes: %.40q…", longestLine, line)}
	case err != nil:
		return "", c.cause(err)
	}
	return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
}

// deadlineReader is the connection as bufio sees it: no read waits longer than the timeout, and none past until.
type deadlineReader struct{ c *Client }

func (r deadlineReader) Read(p []byte) (int, error) {
	c := r.c
	deadline := time.Now().Add(c.timeout)
	if c.until.Before(deadline) {
		deadline = c.until
	}
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return c.conn.Read(p)
}
