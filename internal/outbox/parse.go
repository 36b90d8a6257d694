package outbox

import (
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails come in more than UTF-8
	"github.com/emersion/go-message/mail"
)

// headers are the fields of a header for a list.
type headers struct {
	from    string // "Name <address>", or just the address
	subject string
	fields  []Field
}

// content is the body of an e-mail.
type content struct {
	html, text  string
	attachments []Attachment
}

// parseHeaders reads a header as far as it is valid: broken e-mails are caught too.
func parseHeaders(source string) headers {
	h := headers{fields: []Field{}}
	entity, _ := message.Read(strings.NewReader(source))
	if entity == nil {
		return h
	}
	for f := entity.Header.Fields(); f.Next(); {
		value, err := f.Text()
		if err != nil {
			value = f.Value()
		}
		h.fields = append(h.fields, Field{Name: f.Key(), Value: value})
	}
	header := mail.Header{Header: entity.Header}
	// A value that cannot be decoded is returned undecoded, together with the error.
	h.subject, _ = header.Subject()
	h.from = from(header)
	return h
}

func from(header mail.Header) string {
	addresses, err := header.AddressList("From")
	if err != nil || len(addresses) == 0 {
		written, _ := header.Text("From")
		return written
	}
	if addresses[0].Name == "" {
		return addresses[0].Address
	}
	return addresses[0].Name + " <" + addresses[0].Address + ">"
}

// parseContent reads the parts of an e-mail up to the first one that cannot be read.
func parseContent(source string) content {
	c := content{attachments: []Attachment{}}
	reader, _ := mail.CreateReader(strings.NewReader(source))
	if reader == nil {
		return c
	}
	for {
		part, err := reader.NextPart()
		if part == nil || (err != nil && !message.IsUnknownCharset(err)) {
			return c
		}
		c.add(part)
	}
}

// add adds a part: the first HTML and the first plain text are those of the e-mail, all others are attachments.
func (c *content) add(part *mail.Part) {
	switch h := part.Header.(type) {
	case *mail.InlineHeader:
		kind, params, _ := h.ContentType()
		switch {
		case kind == "text/html" && c.html == "":
			c.html = text(part.Body)
		case (kind == "text/plain" || kind == "") && c.text == "":
			c.text = text(part.Body)
		default:
			c.attach(params["name"], kind, part.Body)
		}
	case *mail.AttachmentHeader:
		kind, _, _ := h.ContentType()
		name, _ := h.Filename()
		c.attach(name, kind, part.Body)
	}
}

func (c *content) attach(name, kind string, body io.Reader) {
	// Of an incomplete part, the size is that of what has arrived.
	size, _ := io.Copy(io.Discard, body)
	c.attachments = append(c.attachments, Attachment{Name: name, ContentType: kind, Size: int(size)})
}

// text reads a part with line breaks as in web pages.
func text(body io.Reader) string {
	// An incomplete part is shown as far as it has arrived.
	b, _ := io.ReadAll(body)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
