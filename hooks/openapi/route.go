package openapi

import "maps"

// object is a JSON object of the description.
type object = map[string]any

// Route describes one route of ours.
type Route struct {
	Method, Path string // as registered, such as /api/gonets/mailings/{id}/send
	ID           string // the operationId: what functions of generated clients are called
	Summary      string // one sentence: what it does
	For          Audience
	Query        []Param
	Headers      []Param
	// Body is an example of the JSON of the request, whose type describes it; nil if the request has none. Needs are the fields
	// that must be there.
	Body  any
	Needs []string
	// Form are the fields of the multipart form that the request has in place of Body.
	Form []Param
	// Answers are examples of the answers by status, whose types describe them; nil for an answer without a body.
	Answers Answers
	// Errors are those of the route itself. Those that any such route may answer are added: see common.
	Errors Errors
	// Both says that people get pages, and programs JSON.
	Both bool
	// Revalidated says that the answer has an ETag, and is 304 when the client has it already.
	Revalidated bool
}

// Audience is who may use a route.
type Audience int

// The audiences. Tokens of users are added by the scopes of package tokens.
const (
	users      Audience = iota // signed-in users and superusers
	guests                     // anybody
	managers                   // managers and superusers
	superusers                 // superusers
)

// Answers are examples of answers by status.
type Answers map[int]any

// Errors are the codes of the errors of a route by status, each as "field.code", or as "code" where the field varies. A status
// without codes has an error without data.
type Errors map[int][]string

// with returns the errors and others.
func (e Errors) with(others Errors) Errors {
	all := maps.Clone(e)
	if all == nil {
		all = Errors{}
	}
	for status, codes := range others {
		all[status] = append(all[status][:len(all[status]):len(all[status])], codes...)
	}
	return all
}

// Param is a parameter of a query, a header field, or a field of a form.
type Param struct {
	Name, Doc string
	Schema    object
	Required  bool
}

// text is a parameter of any text.
func text(name, doc string) Param {
	return Param{Name: name, Doc: doc, Schema: object{"type": "string"}}
}

// number is a parameter of an integer.
func number(name, doc string) Param {
	return Param{Name: name, Doc: doc, Schema: object{"type": "integer"}}
}

// choice is a parameter of one of some words.
func choice(name, doc string, words ...string) Param {
	return Param{Name: name, Doc: doc, Schema: object{"type": "string", "enum": words}}
}

// paging are the parameters of a page.
func paging() []Param {
	return []Param{number("page", "The number of the page, from 1"), number("perPage", "How many a page: 30 if it is left out, at most 1000")}
}

// Values that describe themselves differently from their Go types.
type (
	// record is a record of the collection of that name.
	record string
	// recordPage is a page of records of the collection of that name.
	recordPage string
	// file is an answer of that media type that is no JSON.
	file string
	// files is one of several answers of these media types.
	files []string
	// oneOf is one of several answers.
	oneOf []any
)
