// Package preview reads a mail as one client gets it, before and after the mailing is sent: what
// previews, tests and the copy in the browser are made of.
package preview

import (
	"context"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/message"
	"gonets/internal/suppression"
)

// Token stands in the links of a preview in place of the client's own: whoever may look at a mail may
// not therefore opt its recipient out of the next.
const Token = "preview"

var (
	// ErrNoMessage is the error of a mailing without a message.
	ErrNoMessage = errors.New("the mailing has no message")
	// ErrNoClient is the error of a client that the mailing's owner does not have, and the mailing did
	// not go to.
	ErrNoClient = errors.New("there is no such client")
	// ErrNotSent is the error of a mail that was not sent, or not to that client.
	ErrNotSent = errors.New("the mailing did not go to that client")
)

// Email is a message and whom it is for.
type Email struct {
	message.Content
	As compose.Addressee

	app core.App
}

// Reader reads previews. Safe for concurrent use.
type Reader struct {
	app    core.App
	tokens *suppression.Tokens
}

// NewReader returns a reader of the app's mailings.
func NewReader(app core.App, tokens *suppression.Tokens) *Reader { return &Reader{app, tokens} }

// Mailing is the preview of a mailing for a client; without one, for the first of its audience or for an
// invented person. A launched mailing gives what was frozen at its launch. The error is ErrNoMessage,
// ErrNoClient or the database's; with ErrNoMessage the preview has everything but the text.
func (r *Reader) Mailing(ctx context.Context, mailing *core.Record, client string) (Email, error) {
	content, err := message.Of(r.app, mailing)
	var refused *denial.Error
	if errors.As(err, &refused) && refused.Code == message.CodeMissing {
		err = ErrNoMessage
	}
	if err != nil && !errors.Is(err, ErrNoMessage) {
		return Email{}, err
	}
	who, missing := r.of(ctx, mailing, client, content.Kept)
	if missing != nil {
		return Email{}, missing
	}
	r.pretendLinks(&who)
	return Email{Content: content, As: who, app: r.app}, err
}

// Copy is the mail of a launched mailing as the client got it, with the links of that client. It fails
// with ErrNotSent when there is none.
func (r *Reader) Copy(ctx context.Context, mailing *core.Record, client string) (Email, error) {
	content, err := r.keptOf(mailing)
	if err != nil {
		return Email{}, err
	}
	who, err := r.recipient(mailing.Id, client, mailing.GetString("owner"))
	if errors.Is(err, ErrNoClient) {
		return Email{}, ErrNotSent
	}
	if err != nil {
		return Email{}, err
	}
	unsubscribe, err := r.tokens.Make(suppression.PurposeUnsubscribe, mailing.Id, client)
	if err != nil {
		return Email{}, err
	}
	view, err := r.tokens.Make(suppression.PurposeView, mailing.Id, client)
	if err != nil {
		return Email{}, err
	}
	r.link(&who, unsubscribe, view)
	return Email{Content: content, As: who, app: r.app}, nil
}

// Public is the mail of a launched mailing for somebody who is no client, with links that open nothing but the page itself. It
// fails with ErrNotSent when there is none.
func (r *Reader) Public(mailing *core.Record, who compose.Addressee, page string) (Email, error) {
	content, err := r.keptOf(mailing)
	if err != nil {
		return Email{}, err
	}
	r.pretendLinks(&who)
	who.ViewURL = page
	return Email{Content: content, As: who, app: r.app}, nil
}

// keptOf is what the launch kept. It fails with ErrNotSent.
func (r *Reader) keptOf(mailing *core.Record) (message.Content, error) {
	content, err := message.Of(r.app, mailing)
	var refused *denial.Error
	if !content.Kept && (err == nil || errors.As(err, &refused)) {
		err = ErrNotSent
	}
	return content, err
}

// pretendLinks gives the addressee links that look like real ones and open nothing.
func (r *Reader) pretendLinks(who *compose.Addressee) { r.link(who, Token, Token) }

// link gives the addressee the links of these tokens, if the instance has an address for them.
func (r *Reader) link(who *compose.Addressee, unsubscribe, view string) {
	base := mailing.PublicAddress(r.app)
	if base == "" {
		return
	}
	who.UnsubscribeURL, who.ViewURL = base+"/u/"+unsubscribe, base+"/v/"+view
}
