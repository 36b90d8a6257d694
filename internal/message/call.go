package message

import (
	"io"
	"maps"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/sender"
)

// Call is the content of transactional e-mails, as contents.letter holds it: the message of all recipients of a call.
type Call struct {
	Text
	// Data are the values of the variable data for all recipients.
	Data map[string]any `json:"data,omitempty"`
	// Files are the attachments.
	Files []CallFile `json:"files,omitempty"`
	// Written is set if a program has written the e-mail; then nothing of the rest but FromEmail is used.
	Written *CallWritten `json:"written,omitempty"`
}

// CallFile is a file that is kept with a call.
type CallFile struct {
	Key  string `json:"key"` // in the file storage
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
	Size int64  `json:"size"`
}

// Message is the content as it is composed.
func (c *Call) Message(app core.App, a *sender.Account) compose.Message {
	m := c.message(a)
	for _, f := range c.Files {
		m.Attachments = append(m.Attachments, compose.Attachment{
			Name: f.Name, ContentType: f.Type, Size: f.Size,
			Open: func() (io.ReadCloser, error) { return openFile(app, f.Key) },
		})
	}
	return m
}

// CallWritten is an e-mail that a program has written: transactional.Written as it is kept.
type CallWritten struct {
	Head []byte    `json:"head"`           // its beginning, or all of it
	Rest *CallFile `json:"rest,omitempty"` // what follows
}

func (w *CallWritten) compose(app core.App, dst []byte, a *sender.Account) (compose.Email, error) {
	signer, err := a.Signer()
	if err != nil {
		return compose.Email{Head: dst}, err
	}
	written := compose.Written{Head: w.Head}
	if f := w.Rest; f != nil {
		written.Rest = &compose.Attachment{Name: f.Name, Size: f.Size, Open: func() (io.ReadCloser, error) { return openFile(app, f.Key) }}
	}
	return written.Compose(dst, signer)
}

// Values are what the e-mail to one recipient is written with: those of the call, with the recipient's own in their place.
func (c *Call) Values(own map[string]any) map[string]any {
	all := make(map[string]any, len(c.Data)+len(own))
	maps.Copy(all, c.Data)
	maps.Copy(all, own)
	return all
}
