package signup

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gonets/internal/address"
	"gonets/internal/printable"
)

// The lengths of answers, in characters.
const (
	MaxFullName = 200 // as of clients.full_name
	MaxAnswer   = 500
)

// Problem is what is wrong with an answer: a code that the page and the web UI have words for.
type Problem string

// The problems.
const (
	Required      Problem = "required"
	InvalidEmail  Problem = "invalid_email"
	TooLong       Problem = "too_long"
	OneLine       Problem = "no_line_breaks"
	NoMarkup      Problem = "no_html" // HTML or a link in place of a name
	InvalidDate   Problem = "invalid_date"
	InvalidChoice Problem = "invalid_choice"
	InvalidValue  Problem = "invalid_value" // neither a text nor yes or no
	UnknownField  Problem = "unknown_field"
	NoConsent     Problem = "no_consent"
)

// Answers are what somebody has filled in.
type Answers struct {
	Email      string
	FullName   string
	Attributes map[string]any
}

// maxUnknown is how many unknown fields are named in an answer.
const maxUnknown = 5

// Read checks what was sent, texts and true or false by the names of the fields, and returns the problems by field.
func (f Form) Read(given map[string]any) (Answers, map[string]Problem) {
	a, bad := Answers{Attributes: map[string]any{}}, map[string]Problem{}
	email, _ := given[ParamEmail].(string)
	normal, err := address.Normalize(email)
	switch {
	case strings.TrimSpace(email) == "":
		bad[ParamEmail] = Required
	case err != nil:
		bad[ParamEmail] = InvalidEmail
	}
	a.Email = normal
	if agreed, said := given[ParamConsent]; said && !isYes(agreed) {
		bad[ParamConsent] = NoConsent
	}
	unknown := 0
	for name := range given {
		isField := slices.ContainsFunc(f.Fields, func(one Field) bool { return one.Name == name })
		if !isField && !slices.Contains(reserved, name) && utf8.RuneCountInString(name) <= maxFieldName && unknown < maxUnknown {
			bad[name], unknown = UnknownField, unknown+1
		} else if !isField && !slices.Contains(reserved, name) {
			bad["form"] = UnknownField // more than are named, or too long a name
		}
	}
	for _, field := range f.Fields {
		value, problem := field.read(given[field.Name])
		switch {
		case problem != "":
			bad[field.Name] = problem
		case field.Name == FullName:
			a.FullName, _ = value.(string)
		case value != nil:
			a.Attributes[field.Name] = value
		}
	}
	return a, bad
}

// read checks one answer. The value of one that was not given is nil.
func (f Field) read(given any) (any, Problem) {
	if f.Type == "checkbox" {
		yes := isYes(given)
		if f.Required && !yes {
			return nil, Required
		}
		return yes, ""
	}
	text, isText := given.(string)
	if given != nil && !isText {
		return nil, InvalidValue
	}
	if text = strings.TrimSpace(text); text == "" {
		if f.Required {
			return nil, Required
		}
		return nil, ""
	}
	most := MaxAnswer
	if f.Name == FullName {
		most = MaxFullName
	}
	switch {
	case utf8.RuneCountInString(text) > most:
		return nil, TooLong
	case strings.ContainsFunc(text, printable.BreaksLine):
		return nil, OneLine
	case f.Name == FullName && (strings.ContainsAny(text, "<>") || strings.Contains(text, "://")):
		return nil, NoMarkup
	case f.Type == "choice" && !slices.Contains(f.Choices, text):
		return nil, InvalidChoice
	case f.Type == "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, InvalidDate
		}
	}
	return text, ""
}

// isYes reports whether a checkbox is checked.
func isYes(given any) bool {
	switch v := given.(type) {
	case bool:
		return v
	case string:
		return !slices.Contains([]string{"", "0", "false", "off", "no"}, strings.ToLower(v))
	}
	return false
}
