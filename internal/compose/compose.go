// Package compose makes e-mails from a message and its recipients.
//
// Prepare does once per mailing what does not depend on the recipient: it parses the templates, builds the MIME
// structure, encodes the attachments and parses the DKIM key. Compose then renders the templates for one addressee and
// inserts the results between the prepared pieces. The package does not read the database and sends nothing.
package compose

import (
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gonets/internal/dkim"
	"gonets/internal/template"
)

// Format says how the body of a message is written.
type Format string

// The formats of a body.
const (
	FormatHTML     Format = "html"
	FormatMarkdown Format = "markdown"
	FormatText     Format = "text" // its HTML alternative shows the same lines, links clickable
)

// Message is a message with its sender: everything that is the same for all recipients.
type Message struct {
	Subject   string // a template
	Preheader string // a template; the line that mail programs show after the subject, "" = none
	Format    Format
	Body      string // a template; a fragment or, in HTML, a whole document
	TextBody  string // a template of the text alternative; "" = made from the body; unused in FormatText

	FromName  string // may be empty
	FromEmail string
	ReplyTo   string // an address, with or without a name; "" = header left out
	ListID    string // value of List-Id without its brackets (RFC 2919); "" = header left out
	Language  string // a code of readertext, "" = the usual one: words of the footer, and Content-Language
	// Brand is whose message it is. If the body does not show its address, a footer with it is added.
	Brand template.Brand

	Attachments []Attachment
	DKIM        []dkim.Key   // it is signed with each of them; empty = unsigned
	Signer      *dkim.Signer // that signs with the keys of DKIM; nil = made from them

	// Room reports whether so many more bytes may be cached for the next mails. nil = always.
	Room func(bytes int) bool
}

// Attachment is a file sent along with every mail.
type Attachment struct {
	Name        string
	ContentType string // "" or an unusable one = application/octet-stream
	Data        []byte // its content, unless Open is set

	// Open opens a content of Size bytes. It is called for each mail, by several goroutines at once, unless the
	// attachments of the message are small enough to be kept in memory.
	Open func() (io.ReadCloser, error)
	Size int64
}

// Addressee is whom one mail is for.
type Addressee struct {
	// Mailing and Client are ids, for the Message-ID, unless MessageID is its local part, which must need no quotes. A test
	// send needs a unique Client: receivers drop a second e-mail with the same Message-ID.
	Mailing, Client, MessageID string
	Email                      string
	To                         string // address of the To field when the mail goes to somebody else, as a test does; "" = Email
	FullName                   string
	Attributes, Data           map[string]any // as decoded from JSON; never changed. Data is for transactional e-mails
	UnsubscribeURL             string         // "" = variable empty, no List-Unsubscribe (test sends)
	ViewURL                    string         // "" = variable empty
}

// Composer makes the mails of one message. It is safe for concurrent use.
type Composer struct {
	subject   *template.Template
	preheader *template.Template
	body      *template.Template
	text      *template.Template // nil = the text is made from the body

	layout layout
	bodies outcomes // of body
	texts  outcomes // of text
	frame  frame
	signer *dkim.Signer // nil = unsigned
	domain string       // of From, in ASCII
	brand  template.Brand

	branches func() (branches, error) // of the body, once

	states  sync.Pool    // of *state
	largest atomic.Int64 // length of the longest Head so far
}

// Largest is the length of the longest Email.Head so far, or an estimate before the first one.
func (c *Composer) Largest() int64 { return c.largest.Load() }

// Prepare parses a message. It fails with a *template.Error when a template is broken, and with
// another error when an address, the format or the DKIM key cannot be used.
func Prepare(l Message) (*Composer, error) {
	c := &Composer{brand: l.Brand}
	c.states.New = func() any { return newState() }
	c.bodies.room, c.texts.room = l.Room, l.Room

	var err error
	if c.frame, c.domain, err = newFrame(l); err != nil {
		return nil, err
	}
	if c.signer = l.Signer; c.signer == nil && len(l.DKIM) > 0 {
		if c.signer, err = dkim.NewSigner(l.DKIM...); err != nil {
			return nil, err
		}
	}
	if err := c.parse(l); err != nil {
		return nil, err
	}
	if c.layout, err = newLayout(l, c.body); err != nil {
		return nil, err
	}
	c.branches = sync.OnceValues(c.allBranches)
	return c, c.tryOut()
}

func (c *Composer) parse(l Message) (err error) {
	text := template.Syntax{TrimLines: true}
	if c.subject, err = template.Parse("subject", l.Subject, text); err != nil {
		return err
	}
	if c.preheader, err = template.Parse("preheader", l.Preheader, text); err != nil {
		return err
	}
	body := template.Syntax{Entities: l.Format != FormatText, TrimLines: l.Format != FormatHTML}
	if c.body, err = template.Parse("body", l.Body, body); err != nil {
		return err
	}
	if l.TextBody != "" && l.Format != FormatText {
		c.text, err = template.Parse("text_body", l.TextBody, text)
	}
	return err
}

// tryOut renders the templates for a client without values, so that a template that exceeds the limits for everybody (by
// a loop that is too long) fails before the first mail. Other failures depend on the client's values.
func (c *Composer) tryOut() error {
	s := c.state()
	defer c.states.Put(s)
	err := s.render(c, Addressee{Email: "somebody@example.org"}, time.Now())
	if err == nil {
		text, _ := s.textPart()
		c.largest.Store(int64(encodedLength(text) + encodedLength(s.outcome.html)))
	}
	// A real client has links and values, so these outcomes will not be used again.
	c.bodies.forget()
	c.texts.forget()
	var broken *template.Error
	if errors.As(err, &broken) && !broken.LimitExceeded {
		return nil
	}
	return err
}

func (c *Composer) state() *state { return c.states.Get().(*state) }

// Preview is a mail before it is encoded.
type Preview struct {
	Subject   string
	Preheader string
	HTML      string
	Text      string
	Source    string // the whole message, as Mail gives it but never signed
}

// Preview renders the mail for one addressee. It fails as Mail does. It is never signed: whoever may see a mail is not
// always allowed to send it.
func (c *Composer) Preview(a Addressee, now time.Time) (Preview, error) {
	s := c.state()
	defer c.states.Put(s)
	m, err := c.composeIn(s, nil, a, now, nil)
	if err != nil {
		return Preview{}, err
	}
	source, err := m.tail.appendTo(m.Head)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Subject: s.slots[slotSubject], Preheader: s.slots[slotPreheader], Source: string(source)}
	p.HTML = string(appendPlain(nil, s.outcome.html, s.slots))
	text, slots := s.textPart()
	p.Text = strings.TrimRight(string(appendPlain(nil, text, slots)), "\n") + "\n"
	return p, nil
}
