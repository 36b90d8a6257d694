package preview

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/brand"
	"gonets/internal/compose"
	"gonets/internal/readertext"
	"gonets/internal/sender"
)

// Request asks for the e-mail of a message that need not be saved: its fields, what a mailing would add, and for whom
// to render it.
type Request struct {
	ID        string `json:"id"` // of the saved message, whose attachments are used; may be empty
	Subject   string `json:"subject"`
	Preheader string `json:"preheader"`
	Format    string `json:"format"` // html when empty
	Body      string `json:"body"`
	TextBody  string `json:"text_body"`

	Sender   string `json:"sender"`
	FromName string `json:"from_name"`
	ReplyTo  string `json:"reply_to"`

	Client  string  `json:"client"`  // id of a client, or
	Example *Person `json:"example"` // an invented person; without both, one of ours
}

// Person is an invented client.
type Person struct {
	Email      string         `json:"email"`
	FullName   string         `json:"full_name"`
	Attributes map[string]any `json:"attributes"`
}

const (
	maxID     = 1000     // bytes of an id or address
	maxPerson = 20 << 10 // bytes of JSON: about what a client holds
)

// Problems are what is wrong with the fields of a Request: a code and a sentence for each.
type Problems = validation.Errors

// add notes one problem of a field; the first one noted stays.
func add(problems Problems, field, code, message string) {
	if problems[field] == nil {
		problems[field] = validation.NewError(code, message)
	}
}

// Asked is the preview that a user or superuser asks for. The error is Problems, or the database's.
func (r *Reader) Asked(d Request, by *core.Record) (Email, error) {
	if d.Format == "" {
		d.Format = string(compose.FormatHTML)
	}
	problems, err := d.check(r.app)
	if err != nil {
		return Email{}, err
	}
	if d.Sender != "" {
		may, err := sender.MayUse(r.app.DB(), by.Id, d.Sender)
		if err != nil && !errors.Is(err, sender.ErrNone) {
			return Email{}, err
		}
		if err != nil || !may && !by.IsSuperuser() {
			add(problems, "sender", "invalid_reference", "There is no such sender among those that you may use")
		}
	}
	var saved *core.Record
	if d.ID != "" {
		saved, err = r.app.FindRecordById("messages", d.ID)
		if err != nil || !by.IsSuperuser() && saved.GetString("owner") != by.Id {
			add(problems, "id", "invalid_reference", "There is no such message among yours")
			saved = nil
		}
	}
	author := authorOf(by, saved)
	language := readertext.For(r.languageOf(author), nil, "").Code
	who, err := r.addressee(d, by, language)
	if errors.Is(err, ErrNoClient) {
		add(problems, "client", "invalid_reference", "There is no such client among yours")
	} else if err != nil {
		return Email{}, err
	}
	if len(problems) > 0 {
		return Email{}, problems
	}
	of, err := brand.Of(r.app, author)
	if err != nil {
		return Email{}, err
	}
	through, err := sender.ForPreview(r.app, d.Sender)
	if err != nil {
		return Email{}, err
	}
	p := Email{As: who, app: r.app}
	p.Sender = d.Sender
	p.Message = compose.Message{
		Subject: d.Subject, Preheader: d.Preheader, Format: compose.Format(d.Format), Body: d.Body, TextBody: d.TextBody,
		FromName: cmp.Or(d.FromName, through.FromName), FromEmail: through.FromEmail, ReplyTo: cmp.Or(d.ReplyTo, through.ReplyTo),
		Language: language, Brand: of.InEmails(), DKIM: through.DKIM,
	}
	if saved != nil {
		for _, name := range saved.GetStringSlice("attachments") {
			p.Files = append(p.Files, saved.BaseFilesPath()+"/"+name)
		}
	}
	r.pretendLinks(&p.As)
	return p, nil
}

// check finds what could not be saved either; but a draft may be empty.
func (d Request) check(app core.App) (Problems, error) {
	problems, err := TooLong(app, "messages", map[string]string{
		"subject": d.Subject, "preheader": d.Preheader, "body": d.Body, "text_body": d.TextBody,
	})
	if err != nil {
		return nil, err
	}
	ofMailing, err := TooLong(app, "mailings", map[string]string{"from_name": d.FromName})
	if err != nil {
		return nil, err
	}
	for field, problem := range ofMailing {
		problems[field] = problem
	}
	for field, value := range map[string]string{"id": d.ID, "sender": d.Sender, "client": d.Client, "reply_to": d.ReplyTo} {
		if len(value) > maxID {
			add(problems, field, "too_long", fmt.Sprintf("At most %d bytes", maxID))
		}
	}
	if d.Example != nil {
		if raw, err := json.Marshal(d.Example); err != nil || len(raw) > maxPerson {
			add(problems, "example", "too_long", fmt.Sprintf("At most %d KB", maxPerson>>10))
		}
	}
	switch compose.Format(d.Format) {
	case compose.FormatHTML, compose.FormatMarkdown, compose.FormatText:
	default:
		if len(problems) == 0 {
			add(problems, "format", "unknown_format", "Must be html, markdown or text")
		}
	}
	return problems, nil
}

// TooLong finds the values that are longer than the text fields of a collection that they are for.
func TooLong(app core.App, collection string, values map[string]string) (Problems, error) {
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, fmt.Errorf("find the %s collection: %w", collection, err)
	}
	problems := Problems{}
	for field, value := range values {
		if text, ok := c.Fields.GetByName(field).(*core.TextField); ok && utf8.RuneCountInString(value) > text.Max {
			add(problems, field, "too_long", fmt.Sprintf("At most %d characters", text.Max))
		}
	}
	return problems, nil
}

// addressee is for whom the e-mail is rendered. It fails with ErrNoClient.
func (r *Reader) addressee(d Request, by *core.Record, language string) (compose.Addressee, error) {
	if d.Client != "" {
		owner := by.Id
		if by.IsSuperuser() {
			owner = ""
		}
		return r.client(d.Client, owner)
	}
	who := example(language)
	if d.Example != nil {
		who.FullName, who.Attributes = d.Example.FullName, d.Example.Attributes
		if d.Example.Email != "" {
			who.Email = d.Example.Email
		}
	}
	return who, nil
}

// authorOf is the id of whose message is shown: who asks, or the message's owner for a superuser; "" if nobody's.
func authorOf(by, message *core.Record) string {
	switch {
	case !by.IsSuperuser():
		return by.Id
	case message == nil:
		return ""
	}
	return message.GetString("owner")
}
