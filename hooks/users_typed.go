package hooks

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/address"
)

// typedAddresses are the requests that find a user by an address as people type it. PocketBase looks
// for it as it stands, and answers 204 without a mail when it is stored in another form.
var typedAddresses = []string{
	"POST /api/collections/{collection}/request-verification",
	"POST /api/collections/{collection}/request-password-reset",
}

// bindTypedAddresses brings the addresses of such requests into the form in which they are stored.
func bindTypedAddresses(app core.App) {
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

// normalizeTyped replaces the body, which says nothing but the address. One that cannot be read or is no
// address stays: PocketBase has the last word on it.
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
