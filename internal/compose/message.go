package compose

import (
	"fmt"
	"io"
	"slices"
	"time"

	"gonets/internal/dkim"
)

// Email is one mail: a complete message of RFC 5322 with CRLF line ends, not dot-stuffed. Only Head belongs to it
// alone; attachments are shared by all mails of a message, and large ones are read while the mail is written.
type Email struct {
	// Head is what differs between the mails of a message: the header and the two texts.
	Head []byte
	tail *tail
}

// Size is the length of the whole message in bytes.
func (m *Email) Size() int64 { return int64(len(m.Head)) + m.tail.size }

// WriteTo writes the whole message. Its error is the writer's, or that of an attachment that cannot be
// read or has another length than it had.
func (m *Email) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.Head)
	if err != nil {
		return int64(n), err
	}
	rest, err := m.tail.writeTo(w)
	return int64(n) + rest, err
}

// Compose makes the mail for one addressee. Its Head uses the memory of dst. It fails with a *template.Error when a template fails with this addressee's values, and with
// another error when the addressee's address or URLs do not fit into a header.
func (c *Composer) Compose(dst []byte, a Addressee, now time.Time) (Email, error) {
	return c.compose(dst[:0], a, now, c.signer)
}

// compose appends the head to dst. Without a signer the mail is not signed.
func (c *Composer) compose(dst []byte, a Addressee, now time.Time, by *dkim.Signer) (Email, error) {
	s := c.state()
	defer c.states.Put(s)
	return c.composeIn(s, dst, a, now, by)
}

// composeIn is compose that leaves the rendered templates in s.
func (c *Composer) composeIn(s *state, dst []byte, a Addressee, now time.Time, by *dkim.Signer) (Email, error) {
	start := len(dst)
	// Grown in one step: append would allocate about twice the memory.
	dst = slices.Grow(dst, int(c.largest.Load()))
	if err := s.render(c, a, now); err != nil {
		return Email{Head: dst}, err
	}
	dst, err := s.appendHead(dst, c, a, now)
	if err != nil {
		return Email{Head: dst}, err
	}
	m := Email{Head: dst, tail: &c.frame.after}
	if n := int64(len(dst) - start); n > c.largest.Load() {
		c.largest.Store(n) // if several goroutines store at once, any of them is good enough
	}
	if by == nil {
		return m, nil
	}
	unsigned := Email{dst[start:], m.tail}
	signature, err := by.Sign(unsigned.WriteTo)
	if err != nil {
		return Email{Head: dst[:start]}, fmt.Errorf("signing the mail to %s: %w", a.Email, err)
	}
	m.Head = slices.Insert(dst, start, []byte(signature)...)
	return m, nil
}

// Mail returns the complete mail for one addressee, with its attachments. It fails as Compose does, and when an
// attachment cannot be read.
func (c *Composer) Mail(a Addressee, now time.Time) ([]byte, error) {
	return c.appendMail(nil, a, now, c.signer)
}

// appendMail appends the e-mail to dst and returns the extended buffer. If it fails, it returns dst unchanged.
func (c *Composer) appendMail(dst []byte, a Addressee, now time.Time, by *dkim.Signer) ([]byte, error) {
	m, err := c.compose(dst, a, now, by)
	if err != nil {
		return dst, err
	}
	whole, err := m.tail.appendTo(m.Head)
	if err != nil {
		return dst, err
	}
	return whole, nil
}
