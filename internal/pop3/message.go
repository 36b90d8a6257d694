package pop3

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// errNoUIDL is the error of List for a server without unique identifiers: without them, no email can be recognised.
var errNoUIDL = errors.New("the server does not know UIDL, so that emails could not be recognised")

// Message is an email in the mailbox.
type Message struct {
	// Number is its number in this connection. Another connection may number the emails otherwise.
	Number int
	// UID is its unique identifier, of 1 to 70 characters from ! to ~ (RFC 1939 § 7). It is kept across connections.
	UID string
	// Size is its size in bytes, as the server says.
	Size int64
}

// List returns all emails in the mailbox, in the order of their numbers. The error is errNoUIDL if the server
// has no unique identifiers.
func (c *Client) List() ([]Message, error) {
	_, err := c.askMany("UIDL")
	if refused := (*refusedError)(nil); errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "SYS") {
		return nil, fmt.Errorf("%w: %w", errNoUIDL, err)
	}
	if err != nil {
		return nil, err
	}
	var messages []Message
	err = c.lines("UIDL", maxMessages, func(line string) error {
		number, uid, ok := numbered(line)
		if !ok || !isUID(uid) {
			return malformed{fmt.Sprintf("UIDL has the line %.80q", line)}
		}
		messages = append(messages, Message{Number: number, UID: uid})
		return nil
	})
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	slices.SortFunc(messages, func(a, b Message) int { return cmp.Compare(a.Number, b.Number) })
	for i := range messages[1:] {
		if messages[i].Number == messages[i+1].Number {
			return nil, malformed{fmt.Sprintf("UIDL names the email %d twice", messages[i].Number)}
		}
	}
	return messages, c.sizes(messages)
}

// sizes fills in the sizes. The size of an email that LIST leaves out stays 0.
func (c *Client) sizes(messages []Message) error {
	if _, err := c.askMany("LIST"); err != nil {
		return err
	}
	return c.lines("LIST", maxMessages, func(line string) error {
		number, rest, ok := numbered(line)
		if !ok {
			return malformed{fmt.Sprintf("LIST has the line %.80q", line)}
		}
		word, _, _ := strings.Cut(rest, " ") // servers may say more behind it (RFC 1939 § 5)
		size, err := strconv.ParseInt(word, 10, 63)
		if err != nil || size < 0 {
			return malformed{fmt.Sprintf("LIST has the line %.80q", line)}
		}
		at, found := slices.BinarySearchFunc(messages, number, func(m Message, n int) int { return cmp.Compare(m.Number, n) })
		if found {
			messages[at].Size = size
		}
		return nil
	})
}

// numbered divides a line into the number that it begins with, from 1 on, and the rest.
func numbered(line string) (number int, rest string, ok bool) {
	digits, rest, _ := strings.Cut(line, " ")
	number, err := strconv.Atoi(digits)
	return number, rest, err == nil && number > 0
}

func isUID(uid string) bool {
	if uid == "" || len(uid) > 70 {
		return false
	}
	for i := range len(uid) {
		if uid[i] < '!' || uid[i] > '~' {
			return false
		}
	}
	return true
}

// message is the text of an email while it is received.
type message struct {
	c    *Client
	text io.Reader
	err  error
}

// Retrieve returns an email as it is received, with \n as its line ends. It can be read until the next command, which
// skips what was not read of it. The server does not mark or delete the email.
func (c *Client) Retrieve(number int) (io.Reader, error) {
	if _, err := c.askMany("RETR " + strconv.Itoa(number)); err != nil {
		return nil, err
	}
	c.message = &message{c: c, text: textproto.NewReader(c.in).DotReader()}
	return c.message, nil
}

// Read reads on. After the end of the email the connection takes the next command.
func (m *message) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.text.Read(p)
	if err == nil {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		m.c.message = nil
		m.err = io.EOF
	} else {
		m.err = m.c.cause(err)
	}
	return n, m.err
}

// Delete marks an email, which Quit then deletes.
func (c *Client) Delete(number int) error {
	_, err := c.ask("DELE " + strconv.Itoa(number))
	return err
}
