package preview

import (
	"cmp"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/sender"
)

// Draft is a message that need not be saved, and what a mailing would add to it.
type Draft struct {
	Subject, Preheader, Format, Body, TextBody string

	// Saved is the message that the draft is a later state of, whose attachments go along; nil when
	// it was never saved.
	Saved *core.Record

	FromName, ReplyTo string // "" = those of the sender
	Sender            string // id; "" = PocketBase's own mail settings
	Language          string // of the footer
}

// Draft is the preview of a draft.
func (r *Reader) Draft(d Draft, who compose.Addressee) (Email, error) {
	sender, err := sender.ForPreview(r.app, d.Sender)
	if err != nil {
		return Email{}, err
	}
	p := Email{As: who, app: r.app}
	p.Sender = d.Sender
	p.Message = compose.Message{
		Subject: d.Subject, Preheader: d.Preheader, Format: compose.Format(d.Format), Body: d.Body, TextBody: d.TextBody,
		FromName: cmp.Or(d.FromName, sender.FromName), FromEmail: sender.FromEmail, ReplyTo: cmp.Or(d.ReplyTo, sender.ReplyTo),
		Language: d.Language, DKIM: sender.DKIM,
	}
	if d.Saved != nil {
		for _, name := range d.Saved.GetStringSlice("attachments") {
			p.Files = append(p.Files, d.Saved.BaseFilesPath()+"/"+name)
		}
	}
	r.pretendLinks(&p.As)
	return p, nil
}
