package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/compose"
	"gonets/internal/preview"
	"gonets/internal/sender"
)

// draft is a message in a request: the fields of messages, saved or not, what a mailing would add, and
// whom to render it for.
type draft struct {
	ID        string `json:"id"` // of the saved message, whose attachments go along; may be empty
	Subject   string `json:"subject"`
	Preheader string `json:"preheader"`
	Format    string `json:"format"` // html when empty
	Body      string `json:"body"`
	TextBody  string `json:"text_body"`

	Sender   string `json:"sender"`
	FromName string `json:"from_name"`
	ReplyTo  string `json:"reply_to"`

	Client  string   `json:"client"`  // id of a client, or
	Example *example `json:"example"` // somebody invented by the asker; both empty: by us
}

type example struct {
	Email      string         `json:"email"`
	FullName   string         `json:"full_name"`
	Attributes map[string]any `json:"attributes"`
}

// read makes a preview of the draft, or answers what is wrong with its fields.
func (l *letters) read(e *core.RequestEvent, d draft) (preview.Email, error) {
	if d.Format == "" {
		d.Format = string(compose.FormatHTML)
	}
	bad := request.Refusals{}
	if err := d.check(e.App, bad); err != nil {
		return preview.Email{}, err
	}
	if err := d.checkSender(e, bad); err != nil {
		return preview.Email{}, e.InternalServerError("", err)
	}
	saved := d.saved(e, bad)
	language := languageOf(e, saved)
	who, err := l.whom(e, d, language, bad)
	if err != nil {
		return preview.Email{}, e.InternalServerError("", err)
	}
	if err := bad.Err(); err != nil {
		return preview.Email{}, e.BadRequestError("The draft is not valid.", err)
	}
	p, err := l.previews.Draft(preview.Draft{
		Subject: d.Subject, Preheader: d.Preheader, Format: d.Format, Body: d.Body, TextBody: d.TextBody,
		Saved: saved, FromName: d.FromName, ReplyTo: d.ReplyTo, Sender: d.Sender, Language: language,
	}, who)
	if err != nil {
		return preview.Email{}, e.InternalServerError("", err)
	}
	return p, nil
}

// check notes what could not be saved either; but a draft may be empty.
func (d draft) check(app core.App, bad request.Refusals) error {
	if err := checkLengths(bad, app, "messages", map[string]string{
		"subject": d.Subject, "preheader": d.Preheader, "body": d.Body, "text_body": d.TextBody,
	}); err != nil {
		return err
	}
	if err := checkLengths(bad, app, "mailings", map[string]string{"from_name": d.FromName}); err != nil {
		return err
	}
	for field, value := range map[string]string{"id": d.ID, "sender": d.Sender, "client": d.Client, "reply_to": d.ReplyTo} {
		if len(value) > middleware.MaxParam {
			bad.Add(field, "too_long", fmt.Sprintf("At most %d bytes", middleware.MaxParam))
		}
	}
	if d.Example != nil {
		d.Example.check(bad)
	}
	if len(bad) > 0 {
		return nil
	}
	switch compose.Format(d.Format) {
	case compose.FormatHTML, compose.FormatMarkdown, compose.FormatText:
	default:
		bad.Add("format", "unknown_format", "Must be html, markdown or text")
	}
	return nil
}

// checkSender notes a sender that the one who asks may not use, like one that is not there.
func (d draft) checkSender(e *core.RequestEvent, bad request.Refusals) error {
	if d.Sender == "" {
		return nil
	}
	may, err := sender.MayUse(e.App.DB(), e.Auth.Id, d.Sender)
	if err != nil && !errors.Is(err, sender.ErrNone) {
		return err
	}
	if err != nil || !may && !e.HasSuperuserAuth() {
		bad.Add("sender", "invalid_reference", "There is no such sender among those that you may use")
	}
	return nil
}

// checkLengths notes which values are longer than the text fields of a collection that they are for.
func checkLengths(bad request.Refusals, app core.App, collection string, values map[string]string) error {
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return fmt.Errorf("find the %s collection: %w", collection, err)
	}
	for field, value := range values {
		if text, ok := c.Fields.GetByName(field).(*core.TextField); ok && utf8.RuneCountInString(value) > text.Max {
			bad.Add(field, "too_long", fmt.Sprintf("At most %d characters", text.Max))
		}
	}
	return nil
}

// maxExample is how much may be said of somebody invented, in bytes of JSON: about what a client holds.
const maxExample = 20 << 10

func (x example) check(bad request.Refusals) {
	if raw, err := json.Marshal(x); err != nil || len(raw) > maxExample {
		bad.Add("example", "too_long", fmt.Sprintf("At most %d KB", maxExample>>10))
	}
}

// saved is the message that the draft is a later state of.
func (d draft) saved(e *core.RequestEvent, bad request.Refusals) *core.Record {
	if d.ID == "" {
		return nil
	}
	message, err := e.App.FindRecordById("messages", d.ID)
	if err != nil || !e.HasSuperuserAuth() && message.GetString("owner") != e.Auth.Id {
		bad.Add("id", "invalid_reference", "There is no such message among yours")
		return nil
	}
	return message
}

// whom is the addressee that the draft is to be rendered for.
func (l *letters) whom(e *core.RequestEvent, d draft, language string, bad request.Refusals) (compose.Addressee, error) {
	if d.Client != "" {
		owner := e.Auth.Id
		if e.HasSuperuserAuth() {
			owner = ""
		}
		who, err := l.previews.Client(d.Client, owner)
		if errors.Is(err, preview.ErrNoClient) {
			bad.Add("client", "invalid_reference", "There is no such client among yours")
			return who, nil
		}
		return who, err
	}
	who := preview.Example(language)
	if d.Example != nil {
		who.FullName, who.Attributes = d.Example.FullName, d.Example.Attributes
		if d.Example.Email != "" {
			who.Email = d.Example.Email
		}
	}
	return who, nil
}

// languageOf is the language of the mails of whoever asks; of the message's owner for a superuser, who
// speaks none.
func languageOf(e *core.RequestEvent, message *core.Record) string {
	user := e.Auth
	if !request.IsUser(user) && message != nil {
		user, _ = e.App.FindRecordById("users", message.GetString("owner"))
	}
	if request.IsUser(user) && user.GetString("language") == "ru" {
		return "ru"
	}
	return "en"
}
