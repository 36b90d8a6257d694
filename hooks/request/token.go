package request

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/token"
)

const tokenKey = "gonetsToken"

// SetToken notes the token that a request has instead of a session.
func SetToken(e *core.RequestEvent, t token.Token) { e.Set(tokenKey, t) }

// TokenOf returns the token of a request; ok is false if it has none.
func TokenOf(e *core.RequestEvent) (t token.Token, ok bool) {
	t, ok = e.Get(tokenKey).(token.Token)
	return t, ok
}
