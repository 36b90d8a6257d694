package api_test

import (
	"net/http"
	"testing"

	"gonets/hooks/api"
)

const signOut = "/api/gonets/sign-out-everywhere"

func TestSigningOutEverywhereEndsEverySessionOfOneUser(t *testing.T) {
	w := newWorld(t, api.BindSignOut)
	hers, his := w.Connect(t, anna), w.Connect(t, boris)

	w.Expect(t, 204, anna, http.MethodPost, signOut, nil)

	w.Expect(t, 401, anna, http.MethodPost, signOut, nil)
	w.Expect(t, 401, anna, http.MethodPost, "/api/collections/users/auth-refresh", nil)
	w.Expect(t, 200, boris, http.MethodPost, "/api/collections/users/auth-refresh", nil)
	if !hers.IsDiscarded() || his.IsDiscarded() {
		t.Errorf("her connection ended: %t, his: %t", hers.IsDiscarded(), his.IsDiscarded())
	}
	again := map[string]any{"identity": emailOf(anna), "password": password}
	w.Expect(t, 200, anonymous, http.MethodPost, "/api/collections/users/auth-with-password", again)
}

func TestWhoMaySignOutEverywhere(t *testing.T) {
	w := newWorld(t, api.BindSignOut)
	for _, c := range []struct {
		who    string
		status int
	}{
		{anonymous, 401},
		{kirill, 401},
		{superuser, 403}, // has sessions of another kind
		{marta, 204},
		{boris, 204},
	} {
		t.Run(c.who, func(t *testing.T) { w.Expect(t, c.status, c.who, http.MethodPost, signOut, nil) })
	}
}
