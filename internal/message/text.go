package message

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/brand"
	"gonets/internal/compose"
	"gonets/internal/sender"
	"gonets/internal/template"
)

// Text is what a message says and whom it comes from, as contents.letter holds it for mailings and for calls. The DKIM key
// stays with the sender.
type Text struct {
	Subject   string         `json:"subject"`
	Preheader string         `json:"preheader,omitempty"`
	Format    compose.Format `json:"format"`
	Body      string         `json:"body"`
	TextBody  string         `json:"text_body,omitempty"`
	FromName  string         `json:"from_name,omitempty"`
	FromEmail string         `json:"from_email"`
	ReplyTo   string         `json:"reply_to,omitempty"`
	Language  string         `json:"language,omitempty"`
	Brand     template.Brand `json:"brand,omitzero"`
}

// TextOf is what a message says, without whom it comes from.
func TextOf(written *core.Record) Text {
	return Text{
		Subject: written.GetString("subject"), Preheader: written.GetString("preheader"),
		Format: compose.Format(written.GetString("format")), Body: written.GetString("body"), TextBody: written.GetString("text_body"),
	}
}

// FillIn sets the brand of the owner, and the language if the text has none.
func (t *Text) FillIn(app core.App, owner string) error {
	if t.Language == "" {
		err := app.ConcurrentDB().NewQuery(`SELECT language FROM users WHERE id = {:id}`).Bind(dbx.Params{"id": owner}).Row(&t.Language)
		if err != nil {
			return fmt.Errorf("read the language of owner %s: %w", owner, err)
		}
	}
	of, err := brand.Of(app, owner)
	t.Brand = of.InEmails()
	return err
}

// message is the text as it is composed, signed as the account says.
func (t *Text) message(a *sender.Account) compose.Message {
	return compose.Message{
		Subject: t.Subject, Preheader: t.Preheader, Format: t.Format, Body: t.Body, TextBody: t.TextBody,
		FromName: t.FromName, FromEmail: t.FromEmail, ReplyTo: t.ReplyTo, Language: t.Language, Brand: t.Brand, DKIM: a.DKIM,
	}
}
