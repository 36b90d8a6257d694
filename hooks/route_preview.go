package hooks

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/proof"
)

// preview is a mail as people read it, and whom it is shown for.
type preview struct {
	Subject string `json:"subject"`
	HTML    string `json:"html"` // "" in format text
	Text    string `json:"text"`
	Source  string `json:"source"`

	Client struct {
		ID       string `json:"id"` // "" for an invented person
		Email    string `json:"email"`
		FullName string `json:"full_name"`
	} `json:"client"`
}

// previewMailing answers GET /api/gonets/mailings/{id}/preview?client=.
func (l *letters) previewMailing(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	p, err := l.proofs.Mailing(e.Request.Context(), mailing, e.Request.URL.Query().Get("client"))
	if err != nil {
		return noProof(e, err)
	}
	return show(e, p)
}

// previewDraft answers POST /api/gonets/messages/preview.
func (l *letters) previewDraft(e *core.RequestEvent) error {
	var d draft
	if err := e.BindBody(&d); err != nil {
		return e.BadRequestError("The draft could not be read.", err)
	}
	p, err := l.read(e, d)
	if err != nil {
		return err
	}
	return show(e, p)
}

func show(e *core.RequestEvent, p proof.Proof) error {
	composer, err := p.Preview(e.Request.Context())
	if err != nil {
		return noMail(e, err)
	}
	seen, err := composer.Preview(p.As, time.Now())
	if err != nil {
		return noMail(e, err)
	}
	answer := preview{Subject: seen.Subject, HTML: seen.HTML, Text: seen.Text, Source: seen.Source}
	answer.Client.ID, answer.Client.Email, answer.Client.FullName = p.As.Client, p.As.Email, p.As.FullName
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, answer)
}
