package records

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/address"
)

// typedAddresses are the requests that find a user by an address as people type it. PocketBase looks for exactly this text,
// and answers 204 without an e-mail when the address is stored in another form.
var typedAddresses = []string{
	"POST /api/collections/{collection}/request-verification",
	"POST /api/collections/{collection}/request-password-reset",
}

// BindTypedAddresses normalises the addresses of such requests.
func BindTypedAddresses(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if slices.Contains(typedAddresses, r.Request.Pattern) {
				if err := normalizeTyped(r); err != nil {
					return err
				}
			}
			return r.Next()
		})
		return e.Next()
	})
}

// normalizeTyped replaces the body, which has the address only. A body that cannot be parsed, or has no address, is not
// changed: PocketBase answers the error.
func normalizeTyped(r *core.RequestEvent) error {
	var body struct {
		Email string `json:"email" form:"email"`
	}
	if err := r.BindBody(&body); err != nil {
		if read, ok := r.Request.Body.(router.Rereader); ok {
			read.Reread()
		}
		return nil
	}
	email, err := address.Normalize(body.Email)
	if err != nil || email == body.Email {
		return nil
	}
	body.Email = email
	raw, err := json.Marshal(body)
	if err != nil {
		return r.InternalServerError("", err)
	}
	r.Request.Header.Set("Content-Type", "application/json")
	r.Request.Body = &router.RereadableReadCloser{ReadCloser: io.NopCloser(bytes.NewReader(raw))}
	return nil
}
