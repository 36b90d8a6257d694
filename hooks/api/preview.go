package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/demo"
	"gonets/internal/message"
	"gonets/internal/preflight"
	"gonets/internal/preview"
)

// Preview is an e-mail as people read it, and for whom it was rendered.
type Preview struct {
	Subject   string `json:"subject"`
	Preheader string `json:"preheader"`
	HTML      string `json:"html"`
	Text      string `json:"text"`
	Source    string `json:"source"`

	Client struct {
		ID       string `json:"id"` // "" for an invented person
		Email    string `json:"email"`
		FullName string `json:"full_name"`
	} `json:"client"`

	Checks []preflight.Check `json:"checks,omitempty"` // of a draft: the checks of preflight about the message
}

// previewMailing answers GET /api/gonets/mailings/{id}/preview?client=.
func (r *messageRoutes) previewMailing(e *core.RequestEvent) error {
	mailing, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	p, err := r.previews.Mailing(e.Request.Context(), mailing, e.Request.URL.Query().Get("client"))
	if err != nil {
		return noPreview(e, err)
	}
	share, err := p.TakeMemory(e.Request.Context())
	if err != nil {
		return busy(e, err)
	}
	defer share.Release()
	attached, err := p.Attached(e.Request.Context())
	if err != nil {
		return noMail(e, err)
	}
	seen, err := render(p, attached)
	if err != nil {
		return noMail(e, err)
	}
	return e.JSON(http.StatusOK, seen)
}

// previewDraft answers POST /api/gonets/messages/preview.
func (r *messageRoutes) previewDraft(e *core.RequestEvent) error {
	var d preview.Request
	share, err := readDraft(e, &d, "The draft could not be read.")
	if err != nil {
		return err
	}
	defer share.Release()
	p, err := r.draft(e, d)
	if err != nil {
		return err
	}
	attached, err := p.Attached(e.Request.Context())
	if err != nil {
		return noMail(e, err)
	}
	seen, err := render(p, attached)
	if err != nil {
		return noMail(e, err)
	}
	seen.Checks, err = r.checker.Message(e.App, preflight.Mailing{
		Owner: e.Auth.Id, Message: p.Message, Attached: attached, Example: p.As,
		PublicURL: e.App.Settings().Meta.AppURL, Demo: demo.OutboxOf(e.App) != nil,
	})
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, seen)
}

// draft makes the preview of a draft, or answers what is wrong with its fields.
func (r *messageRoutes) draft(e *core.RequestEvent, asked preview.Request) (preview.Email, error) {
	p, err := r.previews.Asked(asked, e.Auth)
	var problems preview.Problems
	if errors.As(err, &problems) {
		return p, e.BadRequestError("The draft is not valid.", problems)
	}
	if err != nil {
		return p, e.InternalServerError("", err)
	}
	return p, nil
}

// Rewritten is the body of a message, before and after it is rewritten.
type Rewritten struct {
	Body string `json:"body"`
}

// rewritten answers a route that rewrites a body in another format, for an author who changes it.
func rewritten(rewrite func(body string) (string, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		var asked Rewritten
		share, err := readDraft(e, &asked, "The body could not be read.")
		if err != nil {
			return err
		}
		defer share.Release()
		problems, err := preview.TooLong(e.App, "messages", map[string]string{"body": asked.Body})
		if err != nil {
			return e.InternalServerError("", err)
		}
		if len(problems) > 0 {
			return e.BadRequestError("The body is too long.", problems)
		}
		body, err := rewrite(asked.Body)
		if err != nil {
			return e.BadRequestError("The body cannot be rewritten.", request.Refuse("body", "unusable", err.Error()))
		}
		return e.JSON(http.StatusOK, Rewritten{body})
	}
}

// render renders a preview with those attachments. Its error is about the message.
func render(p preview.Email, attached []message.File) (Preview, error) {
	composer, err := p.Preview(attached)
	if err != nil {
		return Preview{}, err
	}
	seen, err := composer.Preview(p.As, time.Now())
	if err != nil {
		return Preview{}, err
	}
	answer := Preview{Subject: seen.Subject, Preheader: seen.Preheader, HTML: seen.HTML, Text: seen.Text, Source: seen.Source}
	answer.Client.ID, answer.Client.Email, answer.Client.FullName = p.As.Client, p.As.Email, p.As.FullName
	return answer, nil
}
