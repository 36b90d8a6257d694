package forms

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"

	_ "embed"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/pages"
	"gonets/hooks/site"
	"gonets/internal/brand"
	"gonets/internal/markdown"
	"gonets/internal/readertext"
	"gonets/internal/signup"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var pageTemplate = template.Must(template.New("form").Parse(pageHTML))

// page is a page of a form or a confirmation.
type page struct {
	Language string
	Title    string
	Mark     string        // "", form, done or lost
	Text     []string      // paragraphs
	Written  template.HTML // the owner's text, made of Markdown without HTML
	Said     string        // what is wrong
	Facts    []fact
	Form     *questions // nil = none
	Press    *press     // nil = none
	Confirm  string     // the words of the button that confirms; "" = none
	Link     *link      // nil = none
	Brand    brand.Brand
	App      string
}

// fact is what somebody confirms.
type fact struct{ Name, Value string }

// link leads to another site.
type link struct{ URL, Words string }

// press is the form of the page with the button.
type press struct {
	Action string
	Values []fact
	Button string
}

// questions are the form itself.
type questions struct {
	Action, EmailLabel, Email, EmailError string
	Questions                             []question
	TrapLabel, Consent, Button            string
	Proof                                 *proof // nil in a preview, which sends nothing
}

// proof is the widget of ALTCHA, which solves the challenge of the form while it is sent.
type proof struct {
	Challenge, Strings string
	Script             template.JS // trusted
}

// question is a field of the form.
type question struct {
	ID, Name, Label, Type string
	Required, Checked     bool
	Choices               []option
	Value                 string
	Complete              string // of autocomplete
	Most                  int
	Error                 string
}

// option is one of the choices.
type option struct {
	Words  string
	Chosen bool
}

// Style is the style sheet. It is trusted.
func (p page) Style() template.CSS { return pages.StyleSheet(p.Brand) + template.CSS(pageCSS) }

// policy lets the page have its own style sheet, pictures of this instance, and send its form; the page of a form also has the widget
// of ALTCHA with its worker and style sheet. Pages of forms may be shown in frames of other sites.
func (p page) policy(framed bool) string {
	policy := "default-src 'none'; img-src 'self'; style-src " + sourceOf(string(p.Style()))
	if p.Form != nil {
		policy += " 'self'; script-src 'self' " + sourceOf(pageJS) + "; worker-src 'self'; connect-src 'self'"
	}
	policy += "; form-action 'self'; base-uri 'none'; frame-ancestors "
	if framed {
		return policy + "*"
	}
	return policy + "'none'"
}

// sourceOf is what a policy calls an inline script or style sheet.
func sourceOf(text string) string {
	hash := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}

// formPage is the page of a form as it is filled in; bad has the problems by field.
func formPage(f signup.Form, t *readertext.Text, given map[string]any, bad map[string]signup.Problem) (page, error) {
	w := t.Form
	written, err := markdown.ToSafeHTML(f.Text)
	if err != nil {
		return page{}, fmt.Errorf("show the text of form %s: %w", f.ID, err)
	}
	value := func(name string) string { s, _ := given[name].(string); return s }
	q := &questions{
		Action: "/f/" + f.ID, EmailLabel: w.Email, Email: value(signup.ParamEmail), EmailError: say(w, bad[signup.ParamEmail]),
		TrapLabel: w.Trap, Consent: f.Consent, Button: w.Subscribe,
	}
	if f.ID != "" {
		texts, err := json.Marshal(struct {
			readertext.Widget
			WaitAlert string `json:"waitAlert"` // nothing is said to who presses the button twice
		}{Widget: w.Widget})
		if err != nil {
			return page{}, fmt.Errorf("write the words of the widget: %w", err)
		}
		q.Proof = &proof{"/f/" + f.ID + "/challenge", string(texts), template.JS(pageJS)}
	}
	for i, field := range f.Fields {
		one := question{
			ID: "wrong-" + strconv.Itoa(i), Name: field.Name, Label: field.Words(), Type: field.Type, Required: field.Required,
			Value: value(field.Name), Checked: value(field.Name) != "", Most: signup.MaxAnswer, Error: say(w, bad[field.Name]),
		}
		if field.Name == signup.FullName {
			one.Complete, one.Most = "name", signup.MaxFullName
			if field.Label == "" {
				one.Label = w.Name
			}
		}
		for _, choice := range field.Choices {
			one.Choices = append(one.Choices, option{choice, choice == one.Value})
		}
		q.Questions = append(q.Questions, one)
	}
	p := page{Language: t.Code, Title: f.Heading(), Mark: "form", Written: template.HTML(written), Form: q}
	for name, problem := range bad {
		p.Said = w.Mistakes
		if problem == signup.UnknownField || problem == signup.NoConsent {
			p.Said = say(w, problem)
			if problem == signup.UnknownField {
				p.Said = fmt.Sprintf(w.Unknown, name)
			}
			break
		}
	}
	return p, nil
}

// say says what is wrong; "" if nothing is.
func say(w readertext.Form, problem signup.Problem) string {
	text := w.Problems[string(problem)]
	if problem == signup.TooLong {
		return fmt.Sprintf(text, signup.MaxAnswer, signup.MaxFullName)
	}
	return text
}

// show answers a page. framed says that other sites may show it in a frame.
func show(e *core.RequestEvent, status int, p page, framed bool) error {
	header := e.Response.Header()
	site.SetPageHeaders(header, p.policy(framed), "same-origin")
	if framed {
		header.Del("X-Frame-Options")
	} else {
		header.Set("X-Robots-Tag", "noindex, nofollow")
	}
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", p.Language)
	header.Add("Vary", "Accept-Language")
	body, err := p.html(e.App)
	if err != nil {
		return err
	}
	return e.HTML(status, body)
}

func (p page) html(app core.App) (string, error) {
	p.App = app.Settings().Meta.AppName
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		return "", fmt.Errorf("write a page of a form: %w", err)
	}
	return body.String(), nil
}
