package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/hooks/request"
	"gonets/internal/excerpt"
	"gonets/internal/memory"
	"gonets/internal/transactional"
)

// callFactor is the memory that decoding a call takes, as a multiple of its bytes.
const callFactor = 4

// CallRequest is the body of a call, as JSON or as fields of a form.
type CallRequest struct {
	To          []CallRecipient  `json:"to"`
	Message     string           `json:"message"`
	Subject     string           `json:"subject"`
	HTML        string           `json:"html"`
	Markdown    string           `json:"markdown"`
	Text        string           `json:"text"`
	Data        map[string]any   `json:"data"`
	Sender      string           `json:"sender"`
	FromName    string           `json:"from_name"`
	ReplyTo     string           `json:"reply_to"`
	Attachments []CallAttachment `json:"attachments"`
}

// CallRecipient is an address, alone or with what belongs to it.
type CallRecipient struct {
	Email    string         `json:"email"`
	FullName string         `json:"full_name"`
	Data     map[string]any `json:"data"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *CallRecipient) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, &r.Email)
	}
	type fields CallRecipient
	return json.Unmarshal(raw, (*fields)(r))
}

// CallAttachment is a file in JSON.
type CallAttachment struct {
	Name    string `json:"name"`
	Content string `json:"content"` // base64
	Type    string `json:"type"`
}

// readCall reads a call. done removes its temporary files; it is never nil.
func readCall(e *core.RequestEvent) (call transactional.Call, done func(), err error) {
	var temporary []string
	done = func() {
		for _, path := range temporary {
			_ = os.Remove(path)
		}
	}
	unreadable := func(err error) error {
		return e.BadRequestError("The request could not be read: it must be a JSON object, or a multipart form. docs/api.md has its fields.", err)
	}
	if form := e.Request.MultipartForm; form != nil {
		body, err := callOfForm(form.Value)
		if err != nil {
			return call, done, unreadable(err)
		}
		call = body.call()
		for _, header := range form.File["attachments"] {
			file, err := filesystem.NewFileFromMultipart(header)
			if err != nil {
				return call, done, badAttachment(e, header.Filename, err)
			}
			call.Files = append(call.Files, transactional.File{Name: header.Filename, Content: file})
		}
		return call, done, nil
	}
	arrived, err := io.Copy(io.Discard, e.Request.Body) // after which it can be read again
	if err != nil {
		if errors.Is(err, apis.ErrRequestEntityTooLarge) {
			return call, done, err
		}
		return call, done, unreadable(err)
	}
	share, err := memory.Of(e.App).Mails.TakeSoon(e.Request.Context(), leastDraft+callFactor*arrived)
	if err != nil {
		return call, done, busy(e, err)
	}
	defer share.Release() // before the e-mail is tried, which takes memory of its own: files are on disk by then
	var body CallRequest
	if err := e.BindBody(&body); err != nil {
		return call, done, unreadable(err)
	}
	call = body.call()
	if len(body.Attachments) > transactional.MaxFiles {
		return call, done, e.BadRequestError("There are too many attachments.",
			request.Refuse("attachments", "too_many_files", fmt.Sprintf("At most %d attachments", transactional.MaxFiles)))
	}
	for _, a := range body.Attachments {
		file, path, err := fileOf(a)
		if path != "" {
			temporary = append(temporary, path)
		}
		if err != nil {
			return call, done, badAttachment(e, a.Name, err)
		}
		call.Files = append(call.Files, transactional.File{Name: a.Name, Type: a.Type, Content: file})
	}
	return call, done, nil
}

func badAttachment(e *core.RequestEvent, name string, err error) error {
	return e.BadRequestError("An attachment cannot be read.", request.Refuse("attachments", "unreadable",
		fmt.Sprintf("The attachment %q cannot be read (%v): content is its bytes in base64, and must not be empty", excerpt.Of(name, 100), err)))
}

// call is the call without attachments.
func (b *CallRequest) call() transactional.Call {
	c := transactional.Call{
		Message: b.Message, Subject: b.Subject, HTML: b.HTML, Markdown: b.Markdown, Text: b.Text, Data: b.Data,
		Sender: b.Sender, FromName: b.FromName, ReplyTo: b.ReplyTo,
	}
	for _, r := range b.To {
		c.To = append(c.To, transactional.Recipient(r))
	}
	return c
}

// callOfForm reads the fields of a form: @jsonPayload with the whole call, as PocketBase's clients send it, or one field for
// each, where to can be repeated and data is JSON.
func callOfForm(values map[string][]string) (b CallRequest, err error) {
	for _, payload := range values["@jsonPayload"] {
		if err := json.Unmarshal([]byte(payload), &b); err != nil {
			return b, err
		}
	}
	for _, to := range values["to"] {
		var r CallRecipient
		if strings.HasPrefix(to, "{") {
			err = json.Unmarshal([]byte(to), &r)
		} else {
			r.Email = to
		}
		if err != nil {
			return b, err
		}
		b.To = append(b.To, r)
	}
	for name, field := range map[string]*string{
		"message": &b.Message, "subject": &b.Subject, "html": &b.HTML, "markdown": &b.Markdown, "text": &b.Text,
		"sender": &b.Sender, "from_name": &b.FromName, "reply_to": &b.ReplyTo,
	} {
		if given := values[name]; len(given) > 0 {
			*field = given[0]
		}
	}
	if data := values["data"]; len(data) > 0 {
		err = json.Unmarshal([]byte(data[0]), &b.Data)
	}
	return b, err
}

// fileInMemory is the size, in bytes, up to which an attachment is held in memory while the call is taken in.
const fileInMemory = 64 << 10

// fileOf decodes an attachment, into a temporary file at path unless it is small.
func fileOf(a CallAttachment) (file *filesystem.File, path string, err error) {
	content, err := base64.StdEncoding.DecodeString(a.Content)
	if err != nil {
		return nil, "", err
	}
	if len(content) <= fileInMemory {
		file, err = filesystem.NewFileFromBytes(content, a.Name)
		return file, "", err
	}
	f, err := os.CreateTemp("", "gonets-attachment-*")
	if err != nil {
		return nil, "", err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, f.Name(), err
	}
	named, err := filesystem.NewFileFromBytes([]byte{0}, a.Name) // which makes a name for the storage of it
	if err == nil {
		file, err = filesystem.NewFileFromPath(f.Name())
	}
	if err != nil {
		return nil, f.Name(), err
	}
	file.Name, file.OriginalName = named.Name, a.Name
	return file, f.Name(), nil
}
