package forms

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/brand"
	"gonets/internal/signup"
)

// Draft is a form that is not saved.
type Draft struct {
	Name        string         `json:"name,omitempty"`
	Title       string         `json:"title,omitempty"`
	Text        string         `json:"text,omitempty" doc:"Markdown"`
	Fields      []signup.Field `json:"fields,omitempty"`
	ConsentText string         `json:"consent_text,omitempty"`
	Language    string         `json:"language,omitempty" enum:"auto,ru,en"`
}

// Preview is the page of a draft.
type Preview struct {
	HTML string `json:"html"`
}

// preview answers POST /api/gonets/forms/preview: the page of a form as it would look.
func (routes) preview(e *core.RequestEvent) error {
	var d Draft
	if err := e.BindBody(&d); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	raw, err := json.Marshal(d.Fields)
	if err != nil {
		return err
	}
	fields, err := signup.ParseFields(string(raw))
	var wrong *signup.FieldError
	if errors.As(err, &wrong) {
		return e.BadRequestError(request.AsSentence(wrong.Message), request.Refuse("fields", wrong.Code, request.AsSentence(wrong.Message)))
	}
	if len(d.Text) > maxText || len(d.Name)+len(d.Title)+len(d.ConsentText) > maxText {
		return e.BadRequestError("The texts are too long.", request.Refuse("text", "too_long", "The texts are too long."))
	}
	f := signup.Form{Name: d.Name, Title: d.Title, Text: d.Text, Fields: fields, Consent: d.ConsentText, Language: d.Language}
	p, err := formPage(f, textFor(e, f), nil, nil)
	if err != nil {
		return e.BadRequestError(request.AsSentence(err.Error()), request.Refuse("text", "text_unreadable", request.AsSentence(err.Error())))
	}
	if p.Brand, err = brand.Of(e.App, e.Auth.Id); err != nil {
		return err
	}
	html, err := p.html(e.App)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, Preview{html})
}

// maxText is the length of texts in bytes: those of the collection, in an alphabet of four bytes.
const maxText = 40_000
