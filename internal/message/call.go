package message

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/pocketbase/dbx"
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

// CallTo is the content for one of the recipients.
type CallTo struct {
	Call
	app      core.App
	account  *sender.Account
	fullName string
}

// OfCall reads the content of a call for one of its recipients. The e-mail is signed as the account says.
func OfCall(ctx context.Context, app core.App, no, recipient int64, a *sender.Account) (CallTo, error) {
	c := CallTo{app: app, account: a}
	var letter, data string
	err := app.ConcurrentDB().NewQuery(`
		SELECT k.letter, COALESCE(d.full_name, ''), COALESCE(d.data, '')
		FROM contents k LEFT JOIN transactional_data d ON d.recipient = {:recipient}
		WHERE k.no = {:no}`).
		WithContext(ctx).Bind(dbx.Params{"no": no, "recipient": recipient}).Row(&letter, &c.fullName, &data)
	if err == nil {
		err = json.Unmarshal([]byte(letter), &c.Call)
	}
	own := map[string]any{}
	if err == nil && data != "" {
		err = json.Unmarshal([]byte(data), &own)
	}
	if err != nil {
		return c, fmt.Errorf("read the content of call %d: %w", no, err)
	}
	c.Data = Merged(c.Data, own)
	return c, nil
}

// Merged are the values for one recipient: those of the call, with the recipient's own in their place.
func Merged(ofCall, own map[string]any) map[string]any {
	all := make(map[string]any, len(ofCall)+len(own))
	maps.Copy(all, ofCall)
	maps.Copy(all, own)
	return all
}

// Compose makes the e-mail in the memory of dst. It fails as compose.Prepare and Composer.Compose do.
func (c *CallTo) Compose(dst []byte, email, messageID string, now time.Time) (compose.Email, error) {
	composer, err := compose.Prepare(c.Message(c.app, c.account))
	if err != nil {
		return compose.Email{Head: dst}, err
	}
	return composer.Compose(dst, compose.Addressee{MessageID: messageID, Email: email, FullName: c.fullName, Data: c.Data}, now)
}
