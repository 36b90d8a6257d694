package delivery

import (
	"fmt"
	"net/http"
)

// Refusal is why a verb was not carried out. Nothing was changed by it.
type Refusal struct {
	// Status is the HTTP status that fits: 400, 403, 404 or 409.
	Status int
	// Code is a stable word that the UI translates, such as "audience_empty".
	Code string
	// Message says in English what is wrong and what to do about it.
	Message string
	// Field is the field of the mailing that has to be changed; "" when there is none.
	Field string
}

// Error is the message.
func (r *Refusal) Error() string { return r.Message }

func refuse(status int, code, field, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// badRequest refuses what cannot be done until somebody changes something.
func badRequest(code, field, format string, args ...any) *Refusal {
	return refuse(http.StatusBadRequest, code, field, format, args...)
}
