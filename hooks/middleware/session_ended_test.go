package middleware_test

import (
	"net/http"
	"testing"

	"gonets/hooks/api"
	"gonets/hooks/middleware"
)

func TestAnAnswerSaysWhenTheSessionHasEnded(t *testing.T) {
	w := newWorld(t, middleware.BindSessionEnded, api.BindSignOut)
	list := recordsOf("messages")
	said := func(who string) string { return w.Get(t, who, list).Header().Get(middleware.SessionHeader) }

	for _, who := range []string{anonymous, anna, marta, superuser} {
		if got := said(who); got != "" {
			t.Errorf("a list for %s: got %q, want nothing", who, got)
		}
	}
	w.Expect(t, 204, anna, http.MethodPost, "/api/gonets/sign-out-everywhere", nil)
	if got := said(anna); got != "ended" {
		t.Errorf("after signing out everywhere: got %q, want %q", got, "ended")
	}
	if got := said(boris); got != "" {
		t.Errorf("another user's session: got %q, want nothing", got)
	}
}
