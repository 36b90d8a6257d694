package signup

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/brand"
	"gonets/internal/denial"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
	"gonets/internal/task"
	"gonets/internal/transactional"
)

// layout is the e-mail that asks to confirm. What somebody has typed into a form is not in it: nobody can send words of their own
// to strangers by a form. %s: language, the owner's first lines in HTML, the colours of the button and its words, the words
// before the link, the words at the end.
const layout = `<!doctype html>
<html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px 16px;font-family:Arial,sans-serif;font-size:16px;line-height:24px">
<div style="max-width:560px;margin:0 auto">
%s
<p style="margin:24px 0"><a href="{{ data.url }}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:%s;color:%s;text-decoration:none;font-weight:bold">%s</a></p>
<p style="font-size:14px;line-height:20px">%s<br><a href="{{ data.url }}" style="word-break:break-all">{{ data.url }}</a></p>
<p style="font-size:14px;line-height:20px">%s</p>
</div>
</body></html>
`

// buttonColour and its ink are those of Gonets, for owners without a colour of their own.
const buttonColour = "#3b53e0"

// mail submits the e-mail that asks to confirm. When that fails, the next sign-up of the address is mailed.
func (s *Service) mail(ctx context.Context, f Form, p Pending) error {
	err := s.submit(ctx, f, p)
	var refused *denial.Error
	if errors.As(err, &refused) && refused.Code == "key_used" {
		return nil // it was submitted already, and the owner has changed its words since
	}
	if err == nil {
		return nil
	}
	_, undone := s.app.NonconcurrentDB().NewQuery(`UPDATE signups SET mailed = 0 WHERE id = {:id}`).
		Bind(dbx.Params{"id": p.ID}).Execute()
	return errors.Join(err, undone)
}

func (s *Service) submit(ctx context.Context, f Form, p Pending) error {
	token, err := s.tokens.Make(suppression.PurposeConfirm, p.Source, p.ID)
	if err != nil {
		return err
	}
	b, err := brand.Of(s.app, p.Owner)
	if err != nil {
		return err
	}
	t := readertext.For(p.Language, nil, "")
	w := t.Confirmation.Email
	subject, text := w.Subject, w.Text
	if b.Name != "" {
		subject = fmt.Sprintf(w.SubjectFrom, b.Name)
	}
	if f.ConfirmSubject != "" {
		subject = f.ConfirmSubject
	}
	if f.ConfirmText != "" {
		text = f.ConfirmText
	}
	colour, ink := b.Colour, b.Ink()
	if colour == "" {
		colour, ink = buttonColour, "#ffffff"
	}
	_, err = s.mails.Submit(ctx, transactional.Call{
		Owner: p.Owner, Source: transactional.FromService, Key: "sign-up " + p.ID,
		To:      []transactional.Recipient{{Email: p.Email}},
		Subject: literal(subject), HTML: fmt.Sprintf(layout, t.Code, paragraphs(literal(text)), colour, ink, w.Button, w.Copied, w.Ignore),
		Text:   literal(strings.TrimSpace(text)) + "\n\n" + w.Button + ":\n{{ data.url }}\n\n" + w.Ignore + "\n",
		Data:   map[string]any{"url": link(s.app, "/c/"+token)},
		Sender: f.Sender, FromName: b.Name, Language: t.Code,
	})
	return err
}

// paragraphs are lines of text in HTML.
func paragraphs(text string) string {
	escaped := html.EscapeString(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"))
	var out strings.Builder
	for paragraph := range strings.SplitSeq(escaped, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			out.WriteString("<p>" + strings.ReplaceAll(paragraph, "\n", "<br>\n") + "</p>\n")
		}
	}
	return out.String()
}

// literal is a text whose braces open no tag of a template.
func literal(text string) string { return strings.NewReplacer("{{", "{ {", "{%", "{ %").Replace(text) }

// WelcomeTask is the kind of the tasks that send the welcome message of a form.
const WelcomeTask = "welcome"

// Welcome sends the welcome message to who has confirmed, if the form has one then. The key keeps it from being sent twice when
// the process ends in between.
func (s *Service) Welcome(app core.App, t task.Task, _ int) (task.Step, error) {
	done := task.Step{Done: true}
	p, err := readPending(app.DB(), `id = {:id}`, dbx.Params{"id": t.Record})
	if err != nil || p == nil {
		return done, err
	}
	f, err := Find(app, p.Form)
	if errors.Is(err, ErrNone) || err == nil && f.WelcomeMessage == "" {
		return done, nil
	}
	if err != nil {
		return done, err
	}
	_, err = s.mails.Submit(context.Background(), transactional.Call{
		Owner: p.Owner, Source: transactional.FromService, Key: "welcome " + p.ID,
		To:      []transactional.Recipient{{Email: p.Email, FullName: p.FullName}},
		Message: f.WelcomeMessage, Sender: f.Sender,
	})
	var refused *denial.Error
	if errors.As(err, &refused) && refused.Status < 500 && refused.Status != 429 {
		app.Logger().Error("a welcome message cannot be sent", "form", p.Form, "error", err)
		return done, nil
	}
	return done, err
}
