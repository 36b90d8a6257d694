// Package tokens lets programs sign in with tokens: the routes that make and revoke them, and what a token may ask.
package tokens

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
	"gonets/internal/token"
)

// Bind binds all of it.
func Bind(app core.App) {
	bindSignIn(app)
	bindConnections(app)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		signedIn := apis.RequireAuth("users")
		e.Router.POST("/api/gonets/tokens", create).Bind(signedIn)
		e.Router.DELETE("/api/gonets/tokens/{id}", revoke).Bind(signedIn)
		return e.Next()
	})
}

// maxName is the length of a name in characters.
const maxName = 100

// NewToken is the body of POST /api/gonets/tokens.
type NewToken struct {
	Name    string   `json:"name" doc:"What it is for, in at most 100 characters"`
	Scopes  []string `json:"scopes" enum:"read,write,send"`
	Expires string   `json:"expires" doc:"A date or a time in the future; empty for a token that does not expire"`
}

// MadeToken is a new token with its secret.
type MadeToken struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Scopes  []token.Scope  `json:"scopes"`
	Expires types.DateTime `json:"expires"`
	Created types.DateTime `json:"created"`
	Secret  string         `json:"secret" doc:"In this answer only: its SHA-256 is kept"`
}

// create answers POST /api/gonets/tokens. The secret is in this answer only.
func create(e *core.RequestEvent) error {
	var asked NewToken
	if err := e.BindBody(&asked); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	bad := request.Refusals{}
	name := strings.TrimSpace(asked.Name)
	switch {
	case name == "":
		bad.Add("name", "required", "Say what the token is for")
	case len([]rune(name)) > maxName:
		bad.Add("name", "too_long", fmt.Sprintf("At most %d characters", maxName))
	case strings.ContainsFunc(name, request.BreaksLine):
		bad.Add("name", "no_line_breaks", "Must be one line without control characters")
	}
	scopes := scopesOf(asked.Scopes)
	if len(scopes) == 0 {
		bad.Add("scopes", "required", "Choose at least one of read, write and send")
	}
	if len(scopes) < len(asked.Scopes) {
		bad.Add("scopes", "unknown_scope", "The scopes are read, write and send, each once")
	}
	expires, err := expiry(asked.Expires, time.Now())
	if err != nil {
		bad.Add("expires", "invalid_date", request.AsSentence(err.Error()))
	}
	if err := bad.Err(); err != nil {
		return e.BadRequestError("The token is not valid.", err)
	}
	r, secret, err := token.Make(e.App, e.Auth.Id, name, scopes, expires)
	if errors.Is(err, token.ErrTooMany) {
		return e.BadRequestError(request.AsSentence(err.Error()), request.Refuse("name", "too_many_tokens", request.AsSentence(err.Error())))
	}
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusCreated, MadeToken{r.Id, name, scopes, r.GetDateTime("expires"), r.GetDateTime("created"), secret})
}

// scopesOf are the scopes that are named, without what is unknown or named twice.
func scopesOf(named []string) []token.Scope {
	var scopes []token.Scope
	for _, s := range named {
		if scope := token.Scope(s); slices.Contains(token.Scopes, scope) && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// expiry reads when a token expires: zero for never.
func expiry(given string, now time.Time) (time.Time, error) {
	if given == "" {
		return time.Time{}, nil
	}
	at, err := types.ParseDateTime(given)
	if err != nil || at.IsZero() {
		return time.Time{}, errors.New("must be a date such as 2027-01-31 or 2027-01-31T12:00:00Z, or empty for a token that does not expire")
	}
	if !at.Time().After(now) {
		return time.Time{}, errors.New("must be in the future")
	}
	return at.Time(), nil
}

// revoke answers DELETE /api/gonets/tokens/{id}.
func revoke(e *core.RequestEvent) error {
	r, err := e.App.FindRecordById("tokens", e.Request.PathValue("id"))
	if err != nil || r.GetString("owner") != e.Auth.Id {
		return e.NotFoundError("There is no such token.", nil)
	}
	if err := e.App.Delete(r); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
