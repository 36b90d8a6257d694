package forms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/brand"
	"gonets/internal/consent"
	"gonets/internal/denial"
	"gonets/internal/memory"
	"gonets/internal/readertext"
	"gonets/internal/signup"
)

// Accepted is the answer to a sign-up by JSON.
type Accepted struct {
	Status string `json:"status" enum:"confirm" doc:"An e-mail with a link was sent to the address, unless it had one in the last 24 hours"`
}

// textFor returns the texts in the language of a form, or of the browser.
func textFor(e *core.RequestEvent, f signup.Form) *readertext.Text {
	return readertext.For(f.Language, e.Request.Header, "")
}

// find reads the form of the path; 404 if there is none that is active.
func find(e *core.RequestEvent) (signup.Form, error) {
	f, err := signup.Find(e.App, e.Request.PathValue("id"))
	if errors.Is(err, signup.ErrNone) {
		return f, e.NotFoundError(readertext.For("", e.Request.Header, "").Form.None, nil)
	}
	return f, err
}

// show answers GET /f/{id}: the page of the form.
func (r routes) show(e *core.RequestEvent) error {
	f, err := find(e)
	if err != nil {
		return err
	}
	if e.Request.Method == http.MethodGet && e.Request.Header.Get("Sec-Purpose") == "" { // neither HEAD nor a prefetch
		if err := r.signups.Shown(f.ID); err != nil {
			return err
		}
	}
	p, err := formPage(f, textFor(e, f), nil, nil)
	if err != nil {
		return err
	}
	return r.answer(e, http.StatusOK, f, p)
}

// answer shows a page of a form, with the brand of its owner.
func (routes) answer(e *core.RequestEvent, status int, f signup.Form, p page) error {
	var err error
	if p.Brand, err = brand.Of(e.App, f.Owner); err != nil {
		return err
	}
	return show(e, status, p, true)
}

// challenge answers GET /f/{id}/challenge, what the widget of ALTCHA asks for.
func (r routes) challenge(e *core.RequestEvent) error {
	f, err := find(e)
	if err != nil {
		return err
	}
	c, err := r.signups.Challenge(f.ID)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, c)
}

// submit answers POST /f/{id}. The answer is the same whether the address is known or not.
func (r routes) submit(e *core.RequestEvent) error {
	f, err := find(e)
	if err != nil {
		return err
	}
	s := submission{routes: r, e: e, form: f, text: textFor(e, f), isJSON: request.WantsJSON(e.Request)}
	if s.given, err = given(e); err != nil {
		return s.refuse(http.StatusBadRequest, map[string]signup.Problem{"form": "invalid_body"})
	}
	if trapped, _ := s.given[signup.ParamTrap].(string); trapped != "" {
		return s.accepted() // by a program, which is not told
	}
	answers, bad := f.Read(s.given)
	if len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, bad)
	}
	solution, _ := s.given[signup.ParamProof].(string)
	proven, err := r.signups.IsSolved(f.ID, solution)
	if err != nil {
		return err
	}
	if !proven {
		if s.isJSON {
			return s.refuse(http.StatusBadRequest, map[string]signup.Problem{signup.ParamProof: "proof_required"})
		}
		if asked, err := s.button(answers.Email); asked || err != nil {
			return err
		}
	}
	err = r.signups.Ask(e.Request.Context(), signup.Request{
		Form: f, Answers: answers, Language: s.text.Code, Proven: proven,
		By: consent.By{IP: e.RealIP(), UserAgent: e.Request.UserAgent()},
	})
	if err != nil {
		return s.fail(err)
	}
	return s.accepted()
}

// submission is a form that was sent.
type submission struct {
	routes
	e      *core.RequestEvent
	form   signup.Form
	given  map[string]any
	text   *readertext.Text
	isJSON bool
}

// given reads the body: JSON, or a form of either kind.
func given(e *core.RequestEvent) (map[string]any, error) {
	values := map[string]any{}
	if kind, _, _ := mime.ParseMediaType(e.Request.Header.Get("Content-Type")); kind == "application/json" {
		d := json.NewDecoder(e.Request.Body)
		if err := d.Decode(&values); err != nil {
			return nil, fmt.Errorf("read a form: %w", err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("read a form: there is something behind the JSON object")
		}
		if values == nil {
			return nil, errors.New("read a form: null")
		}
		return values, nil
	}
	if e.Request.MultipartForm == nil {
		if err := e.Request.ParseForm(); err != nil {
			return nil, fmt.Errorf("read a form: %w", err)
		}
	}
	for name, all := range e.Request.PostForm {
		values[name] = all[len(all)-1]
	}
	return values, nil
}

// button shows the page with the button, unless it was pressed; asked is then true.
func (s submission) button(email string) (asked bool, err error) {
	now, was := time.Now(), ""
	if was, _ = s.given[signup.ParamPressed].(string); was != "" {
		pressed, err := s.signups.Pressed(s.form.ID, email, was, now)
		switch {
		case err != nil:
			return false, err
		case pressed == signup.IsPressed:
			return false, nil
		case pressed == signup.NotPressed:
			was = ""
		}
	}
	w := s.text.Form
	p := page{Language: s.text.Code, Title: w.Press.Title, Text: []string{w.Press.Text}}
	if was != "" {
		p.Said = w.TooSoon
	} else if was, err = s.signups.Press(s.form.ID, email, now); err != nil {
		return false, err
	}
	button := &press{Action: "/f/" + s.form.ID, Button: w.Subscribe}
	for _, name := range append([]string{signup.ParamEmail}, names(s.form)...) {
		if value, _ := s.given[name].(string); value != "" {
			button.Values = append(button.Values, fact{name, value})
		}
	}
	button.Values = append(button.Values, fact{signup.ParamPressed, was})
	p.Press = button
	return true, s.answer(s.e, http.StatusOK, s.form, p)
}

func names(f signup.Form) (all []string) {
	for _, field := range f.Fields {
		all = append(all, field.Name)
	}
	return all
}

// accepted says that the e-mail with the link is on its way.
func (s submission) accepted() error {
	if s.isJSON {
		return s.e.JSON(http.StatusAccepted, Accepted{"confirm"})
	}
	w := s.text.Form
	p := page{Language: s.text.Code, Title: w.Sent.Title, Text: []string{w.Sent.Text, w.SentMore}}
	if s.form.SuccessURL != "" {
		p.Link = &link{s.form.SuccessURL, w.Back}
	}
	return s.answer(s.e, http.StatusAccepted, s.form, p)
}

// refuse says what is wrong, at the fields.
func (s submission) refuse(status int, bad map[string]signup.Problem) error {
	w := s.text.Form
	if s.isJSON {
		problems := validation.Errors{}
		for name, problem := range bad {
			problems[name] = validation.NewError(string(problem), say(w, problem))
		}
		return apis.NewApiError(status, w.Mistakes, problems)
	}
	p, err := formPage(s.form, s.text, s.given, bad)
	if err != nil {
		return err
	}
	if problem := bad["form"]; problem != "" && problem != signup.UnknownField {
		p.Said = say(w, problem)
	}
	return s.answer(s.e, status, s.form, p)
}

// fail answers a sign-up that could not be taken in: past a limit, or because no e-mail can be sent.
func (s submission) fail(err error) error {
	var refused *denial.Error
	status, problem := http.StatusServiceUnavailable, signup.Problem("unavailable")
	switch {
	case errors.Is(err, signup.ErrTooMany):
		status, problem = http.StatusTooManyRequests, "too_many"
		s.e.Response.Header().Set("Retry-After", "3600")
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &refused), errors.Is(err, memory.ErrBusy):
		s.e.App.Logger().Error("A form could not send an e-mail", "form", s.form.ID, "error", err)
		s.e.Response.Header().Set("Retry-After", "300")
	default:
		return err
	}
	w := s.text.Form
	if s.isJSON {
		return apis.NewApiError(status, say(w, problem), validation.Errors{"form": validation.NewError(string(problem), say(w, problem))})
	}
	p, pageErr := formPage(s.form, s.text, s.given, nil)
	if pageErr != nil {
		return pageErr
	}
	p.Said = say(w, problem)
	return s.answer(s.e, status, s.form, p)
}
