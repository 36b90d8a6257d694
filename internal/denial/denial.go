// Package denial is the error of a verb that is not carried out: an HTTP status, a code that the UI translates, a text.
package denial

import (
	"fmt"
	"net/http"
)

// Error is why a verb was not carried out. Nothing was changed by it.
type Error struct {
	// Status is the HTTP status that fits, such as 400 or 409.
	Status int
	// Code is a stable word that the UI translates, such as "audience_empty".
	Code string
	// Message says in English what is wrong and what to do about it.
	Message string
	// Field is the field of the mailing that has to be changed; "" when there is none.
	Field string
}

// Error is the message.
func (r *Error) Error() string { return r.Message }

// New makes a denial. Its message is format with args.
func New(status int, code, field, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// BadRequest refuses what cannot be done until somebody changes something.
func BadRequest(code, field, format string, args ...any) *Error {
	return New(http.StatusBadRequest, code, field, format, args...)
}
