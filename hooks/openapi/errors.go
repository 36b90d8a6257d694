package openapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// common are the errors that every route like this may answer.
func common(r Route) Errors {
	errors := Errors{
		http.StatusBadRequest:          {"too_long"}, // a parameter
		http.StatusRequestURITooLong:   {},
		http.StatusTooManyRequests:     {},
		http.StatusInternalServerError: {},
	}
	if strings.HasPrefix(r.Path, "/api/") {
		errors[http.StatusUnauthorized] = nil
	}
	if scope, _ := scopeOf(r); r.For != guests || scope != "" {
		errors[http.StatusForbidden] = []string{"scope.missing_scope", "scope.not_for_tokens"}
	}
	if strings.Contains(r.Path, "{id}") {
		errors[http.StatusNotFound] = nil
	}
	if r.Method != http.MethodGet {
		errors[http.StatusRequestEntityTooLarge] = []string{"body.body_too_large", "body.too_many_values", "form.fields_too_large"}
	}
	return errors
}

// meanings are what the statuses of errors mean.
var meanings = map[int]string{
	http.StatusBadRequest:            "Something in the request, or in what it is about, has to be changed first",
	http.StatusUnauthorized:          "Not signed in, or with a token that is unknown, expired or revoked",
	http.StatusForbidden:             "You may see it, but not do this",
	http.StatusNotFound:              "There is no such thing, or you may not see it",
	http.StatusConflict:              "It is not in a state for this",
	http.StatusGone:                  "It was there, and is over",
	http.StatusPreconditionFailed:    "It was changed since the version that If-Match names",
	http.StatusRequestEntityTooLarge: "The request is too large",
	http.StatusRequestURITooLong:     "The address of the request is too long",
	http.StatusTooManyRequests:       "Too often; Retry-After says when to ask again",
	http.StatusInternalServerError:   "Something failed that you can do nothing about; the operator finds it in the log",
	http.StatusBadGateway:            "Another server does not do its part; the code says why",
	http.StatusServiceUnavailable:    "Not now; Retry-After says when to ask again",
	http.StatusInsufficientStorage:   "There is not enough room on the disk",
}

// retryAfter describes the header of answers that ask to come again.
var retryAfter = object{"Retry-After": object{
	"description": "After how many seconds to ask again", "required": true, "schema": object{"type": "integer", "minimum": 0},
}}

// problemPage is an error that is a page: it is for people who have opened a link.
func problemPage(status int) object {
	return withRetryAfter(status, object{"description": meanings[status], "content": contentOf(string(page))})
}

// problem refers to the answer with an error of one of the codes: many routes share one.
func (s *schemas) problem(status int, codes []string) object {
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	key := fmt.Sprint(status, codes)
	if s.named[key] == "" {
		s.problems[status]++
		s.named[key] = strings.ReplaceAll(http.StatusText(status), " ", "")
		if n := s.problems[status]; n > 1 {
			s.named[key] += fmt.Sprint(n)
		}
		s.responseComponents[s.named[key]] = newProblem(status, codes)
	}
	return object{"$ref": "#/components/responses/" + s.named[key]}
}

func newProblem(status int, codes []string) object {
	return withRetryAfter(status, object{"description": meanings[status], "content": object{"application/json": errorContent(status, codes)}})
}

// withRetryAfter adds the header to the answers that have it.
func withRetryAfter(status int, response object) object {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		response["headers"] = retryAfter
	}
	return response
}

// errorContent is the shape of errors: data has an object with a code for each field that is wrong.
func errorContent(status int, codes []string) object {
	var words []string
	examples := object{}
	for _, named := range codes {
		field, code, both := strings.Cut(named, ".")
		if !both {
			field, code = "request", named
		}
		if slices.Contains(words, code) {
			continue
		}
		words = append(words, code)
		examples[code] = object{"value": object{
			"status": status, "message": meanings[status] + ".", "data": object{field: object{"code": code, "message": meanings[status]}},
		}}
	}
	slices.Sort(words)
	if len(words) == 0 {
		return object{
			"schema":  object{"$ref": "#/components/schemas/Error"},
			"example": object{"status": status, "message": meanings[status] + ".", "data": object{}},
		}
	}
	code := object{"type": "string", "enum": words}
	if slices.Contains(words, anyOfPocketBase) {
		code = object{"anyOf": []object{code, {"type": "string", "pattern": "^validation_"}}}
	}
	return object{"schema": errorSchema(code), "examples": examples}
}

// errorSchema is the schema of an error whose codes have that schema.
func errorSchema(code object) object {
	return object{
		"type": "object", "required": []string{"status", "message", "data"},
		"properties": object{
			"status":  object{"type": "integer", "description": "The HTTP status"},
			"message": object{"type": "string", "description": "A sentence for people, in English"},
			"data": object{
				"type": "object", "description": "What is wrong, by field; may be empty",
				"additionalProperties": object{
					"type": "object", "required": []string{"code", "message"},
					"properties": object{
						"code":    code,
						"message": object{"type": "string"},
						"params":  object{"type": "object", "additionalProperties": true},
					},
				},
			},
		},
	}
}

// mustBeKnown panics if a status of the table has no meaning.
func mustBeKnown(r Route) {
	for status := range r.Errors {
		if meanings[status] == "" {
			panic(fmt.Sprintf("openapi: %s %s: what does %d mean?", r.Method, r.Path, status))
		}
	}
}
