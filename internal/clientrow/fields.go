package clientrow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gonets/internal/clientexport"
	"gonets/internal/excerpt"
)

// Fields are the fields of a client as a program names them. Empty ones say nothing.
type Fields struct {
	Email      string                     `json:"email" doc:"An address, alone or as: Name <address>"`
	FullName   string                     `json:"full_name,omitempty"`
	Comment    string                     `json:"comment,omitempty"`
	Language   string                     `json:"language,omitempty" doc:"Of the pages that the client opens, such as en or ru"`
	Attributes map[string]json.RawMessage `json:"attributes,omitempty" doc:"Values of any type by name; null and the empty text say nothing"`
}

// Of makes a client of fields, or returns what is wrong with them: within the same limits as Read. n is their number.
func Of(n int, f Fields, l Limits) (Row, *Problem) {
	r := Row{Line: n, FullName: excerpt.OneLine(Clean(f.FullName)), Comment: Clean(f.Comment)}
	for _, key := range slices.Sorted(maps.Keys(f.Attributes)) {
		if !isOwnKey(key) {
			return Row{}, r.problem("attribute_name", key, fmt.Sprintf("an attribute has a name of at most %d bytes without control characters and spaces around it", maxOwnKey))
		}
		if text := clientexport.AttributeText(f.Attributes[key]); text != "" {
			r.Attributes = append(r.Attributes, attribute{Key: key, Text: text, JSON: f.Attributes[key]})
		}
	}
	if f.Language != "" {
		if r.Language = languageOf(f.Language); r.Language == "" {
			return Row{}, r.problem("bad_language", f.Language, "a language is a code such as en, ru or pt-BR")
		}
	}
	if wrong := r.complete(f.Email, l); wrong != nil {
		return Row{}, wrong
	}
	return r, nil
}
