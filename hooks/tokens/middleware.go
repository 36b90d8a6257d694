package tokens

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/routine"

	"gonets/hooks/request"
	"gonets/internal/token"
)

// bindSignIn lets requests with a token act for its owner, within its scopes.
func bindSignIn(app core.App) {
	scopes, uses := all(), token.NewUses()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "gonetsTokens",
			Priority: apis.DefaultRateLimitMiddlewarePriority + 2, // whoever guesses is counted, by address
			Func: func(e *core.RequestEvent) error {
				secret := secretOf(e.Request)
				if secret == "" || e.Auth != nil || !strings.HasPrefix(e.Request.URL.Path, "/api/") {
					return e.Next()
				}
				t, owner, err := signIn(e, secret)
				if err != nil {
					return err
				}
				if err := mayAsk(e, scopes, t, e.Request.Method, e.Request.URL.Path); err != nil {
					return err
				}
				e.Auth = owner
				request.SetToken(e, t)
				routine.FireAndForget(func() { // a request that reads must not wait for a lock
					if err := uses.Note(app, t.ID, time.Now()); err != nil {
						app.Logger().Warn("The use of a token was not noted", "token", t.ID, "error", err)
					}
				})
				return e.Next()
			},
		})
		return e.Next()
	})
	app.OnBatchRequest().BindFunc(func(e *core.BatchRequestEvent) error {
		t, ok := request.TokenOf(e.RequestEvent)
		if !ok {
			return e.Next()
		}
		for _, r := range e.Batch {
			if err := mayAsk(e.RequestEvent, scopes, t, r.Method, r.URL); err != nil {
				return err
			}
		}
		return e.Next()
	})
}

// secretOf returns the secret of a token in the Authorization header; "" if there is none.
func secretOf(r *http.Request) string {
	secret := r.Header.Get("Authorization")
	if len(secret) > 7 && strings.EqualFold(secret[:7], "Bearer ") {
		secret = strings.TrimSpace(secret[7:])
	}
	if !strings.HasPrefix(secret, token.Prefix) {
		return ""
	}
	return secret
}

// signIn finds the token with a secret, and its owner. The error answers 401.
func signIn(e *core.RequestEvent, secret string) (token.Token, *core.Record, error) {
	t, owner, err := token.SignIn(e.App, secret, time.Now())
	switch {
	case errors.Is(err, token.ErrInvalid):
		return t, nil, e.UnauthorizedError("The token is unknown, revoked or expired. Make another one on the profile page.", nil)
	case errors.Is(err, token.ErrAccount):
		return t, nil, e.UnauthorizedError("The account of the token is blocked or not confirmed.", nil)
	}
	return t, owner, err
}

// mayAsk returns the error of a request that a token is not good for.
func mayAsk(e *core.RequestEvent, scopes table, t token.Token, method, path string) error {
	needs, ok := scopes.scopeOf(method, path)
	if !ok {
		return e.ForbiddenError("This request is not for tokens: sign in with a password.",
			request.Refuse("scope", "not_for_tokens", "No scope allows this request"))
	}
	if needs != "" && !t.Grants(needs) {
		return e.ForbiddenError(fmt.Sprintf("The token lacks the scope %s.", needs),
			request.Refuse("scope", "missing_scope", fmt.Sprintf("The request needs the scope %s", needs)))
	}
	return nil
}
