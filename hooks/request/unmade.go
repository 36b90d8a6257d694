package request

import (
	"errors"
	"fmt"

	validation "github.com/pocketbase/ozzo-validation/v4"

	"gonets/internal/compose"
	"gonets/internal/template"
)

// Unmade is what an answer says of the field because of which no e-mail can be made of a message; nil when the error is not about one.
func Unmade(err error) map[string]error {
	var broken *template.Error
	if errors.As(err, &broken) {
		return map[string]error{broken.Field: brokenTemplate{broken}}
	}
	var unusable *compose.UnusableError
	if errors.As(err, &unusable) {
		field := unusableFields[unusable.Part]
		return map[string]error{field.name: validation.NewError(field.code, err.Error())}
	}
	return nil
}

// unusableFields are the fields of a draft that decide about the parts of an e-mail, and the codes of what is wrong there.
var unusableFields = map[compose.Part]struct{ name, code string }{
	compose.PartFrom:        {"sender", "from_unusable"},
	compose.PartReplyTo:     {"reply_to", "reply_to_unusable"},
	compose.PartClient:      {"client", "client_unusable"},
	compose.PartUnsubscribe: {"body", "public_address_unusable"},
}

// brokenTemplate is the answer about a template, with the line in its parameters. (PocketBase's own errors with parameters
// use their message as a Go template, which text of an author must not be.)
type brokenTemplate struct{ cause *template.Error }

func (b brokenTemplate) Code() string {
	if b.cause.LimitExceeded {
		return "template_limit"
	}
	return "broken_template"
}

func (b brokenTemplate) Error() string {
	return fmt.Sprintf("Line %d: %s", b.cause.Line, b.cause.Detail)
}

func (b brokenTemplate) Params() map[string]any { return map[string]any{"line": b.cause.Line} }
