// Package signup is how people come onto lists by themselves: what a form asks, who has asked for e-mails and has to confirm it
// by a link, and what the confirmation changes. Somebody who has not confirmed is nobody's client.
package signup

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
	"gonets/internal/printable"
)

// The limits of a form.
const (
	MostForms    = 100 // of one owner
	mostFields   = 20
	mostChoices  = 50
	maxFieldName = 50  // characters, as of a choice and a label below
	maxLabel     = 200 // characters
)

// FullName is the name of the field that becomes the client's name. The others become attributes.
const FullName = "full_name"

// Names of parameters of a sign-up that are no fields of the form.
const (
	ParamEmail   = "email"
	ParamProof   = "altcha"  // the solution of a challenge
	ParamPressed = "pressed" // proves that the page with the button was shown
	ParamTrap    = "website" // hidden: people leave it empty
	ParamConsent = "consent" // the text of the form is agreed to by sending it; a program may say so
)

var reserved = []string{ParamEmail, ParamProof, ParamPressed, ParamTrap, ParamConsent}

// Field is one of the questions of a form.
type Field struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Type     string   `json:"type"` // text, choice, date or checkbox
	Required bool     `json:"required"`
	Choices  []string `json:"choices,omitempty"`
}

// Form is a form as its owner has made it.
type Form struct {
	ID, Owner, Name             string
	Lists                       []string
	Title, Text, Consent        string
	Fields                      []Field
	Language                    string // ru, en, or auto
	SuccessURL                  string
	Active                      bool
	WelcomeMessage, Sender      string // ids, "" for none
	ConfirmSubject, ConfirmText string
}

// ErrNone is the error of a form that does not exist, is switched off, or whose owner is blocked.
var ErrNone = errors.New("there is no such form")

// Find reads the active form with an id. It fails with ErrNone.
func Find(app core.App, id string) (Form, error) {
	record, err := app.FindRecordById("forms", id)
	if errors.Is(err, sql.ErrNoRows) {
		return Form{}, ErrNone
	}
	if err != nil {
		return Form{}, fmt.Errorf("read form %s: %w", id, err)
	}
	var blocked []bool
	err = app.DB().NewQuery(`SELECT blocked FROM users WHERE id = {:id}`).
		Bind(dbx.Params{"id": record.GetString("owner")}).Column(&blocked)
	if err != nil {
		return Form{}, fmt.Errorf("read the owner of form %s: %w", id, err)
	}
	if !record.GetBool("active") || len(blocked) == 0 || blocked[0] {
		return Form{}, ErrNone
	}
	return ofRecord(record), nil
}

// ofRecord is the form of a record of forms.
func ofRecord(r *core.Record) Form {
	fields, _ := ParseFields(r.GetString("fields")) // checked when the record was saved
	return Form{
		ID: r.Id, Owner: r.GetString("owner"), Name: r.GetString("name"), Lists: r.GetStringSlice("lists"),
		Title: r.GetString("title"), Text: r.GetString("text"), Consent: r.GetString("consent_text"), Fields: fields,
		Language: r.GetString("language"), SuccessURL: r.GetString("success_url"), Active: r.GetBool("active"),
		WelcomeMessage: r.GetString("welcome_message"), Sender: r.GetString("sender"),
		ConfirmSubject: r.GetString("confirm_subject"), ConfirmText: r.GetString("confirm_text"),
	}
}

// Heading is the title of the form, or its name.
func (f Form) Heading() string {
	if f.Title != "" {
		return f.Title
	}
	return f.Name
}

// FieldError says what is wrong with the fields of a form.
type FieldError struct{ Code, Message string }

func (e *FieldError) Error() string { return e.Message }

func wrong(code, pattern string, args ...any) error {
	return &FieldError{code, fmt.Sprintf(pattern, args...)}
}

// ParseFields reads the column fields. It fails with a *FieldError.
func ParseFields(raw string) ([]Field, error) {
	if raw = strings.TrimSpace(raw); raw == "" || raw == "null" || raw == `""` {
		return []Field{}, nil
	}
	var fields []Field
	d := json.NewDecoder(strings.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&fields); err != nil {
		return nil, wrong("invalid_fields", "must be a list of objects with name, label, type, required and choices: %s", err)
	}
	if len(fields) > mostFields {
		return nil, wrong("too_many_fields", "a form has at most %d fields beside the address", mostFields)
	}
	seen := map[string]bool{}
	for i, f := range fields {
		if err := f.check(); err != nil {
			return nil, err
		}
		if seen[f.Name] {
			return nil, wrong("duplicate_field", "the field %q is there twice", f.Name)
		}
		seen[f.Name] = true
		if f.Type != "choice" {
			fields[i].Choices = nil
		}
	}
	return fields, nil
}

func (f Field) check() error {
	switch {
	case f.Name == "" || utf8.RuneCountInString(f.Name) > maxFieldName || strings.ContainsFunc(f.Name, printable.BreaksLine) || f.Name != strings.TrimSpace(f.Name):
		return wrong("invalid_field_name", "the name of a field is %s or that of an attribute: one line of 1 to %d characters", FullName, maxFieldName)
	case slices.Contains(reserved, f.Name):
		return wrong("reserved_field_name", "a field cannot be called %q: the form uses that name itself", f.Name)
	case utf8.RuneCountInString(f.Label) > maxLabel || strings.ContainsFunc(f.Label, printable.BreaksLine):
		return wrong("invalid_field_label", "the label of %q must be one line of at most %d characters", f.Name, maxLabel)
	case !slices.Contains([]string{"text", "choice", "date", "checkbox"}, f.Type):
		return wrong("invalid_field_type", "the type of %q must be text, choice, date or checkbox", f.Name)
	case f.Name == FullName && f.Type != "text":
		return wrong("invalid_field_type", "%s must be a text", FullName)
	case f.Type == "choice" && (len(f.Choices) == 0 || len(f.Choices) > mostChoices):
		return wrong("invalid_choices", "the field %q must have 1 to %d choices", f.Name, mostChoices)
	}
	for i, c := range f.Choices {
		if strings.TrimSpace(c) == "" || utf8.RuneCountInString(c) > maxLabel || strings.ContainsFunc(c, printable.BreaksLine) || slices.Contains(f.Choices[:i], c) {
			return wrong("invalid_choices", "each choice of %q must be another line of 1 to %d characters", f.Name, maxLabel)
		}
	}
	return nil
}

// Words is the label, or the name if there is none.
func (f Field) Words() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// link is the address of a path of this instance.
func link(app core.App, path string) string { return mailing.PublicAddress(app) + path }
