package e2e

import (
	"net/http"
	"strings"
	"testing"

	"gonets/internal/outbox"
)

func Test12ATokenIsMadeUsedAndRevoked(t *testing.T) {
	t.Parallel()
	w, _, b := newBrowser(t, phone.in("ru"), outbox.Options{})
	b.goTo("/profile")
	b.press(b.word("tokens.new", nil))
	b.fill(b.word("tokens.name", nil), "Форма заказа")
	b.accessible("token dialog")
	b.submit(b.word("do.create", nil))
	b.see(b.word("tokens.made", nil))
	secret := ask[string](b, `document.querySelector('.token-secret').value`)
	if !strings.HasPrefix(secret, "gnt_") {
		t.Fatalf("the secret is %q", secret)
	}
	b.submit(b.word("do.close", nil))
	b.see("Форма заказа")
	b.see(b.word("tokens.unused", nil))

	status := func() int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.listen+"/api/gonets/home", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+secret)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if s := status(); s != http.StatusOK {
		t.Fatalf("with the token: %d", s)
	}
	b.press(b.word("tokens.revoke.of", object{"name": "Форма заказа"}))
	b.submit(b.word("tokens.revoke", nil))
	b.see(b.word("tokens.revoked", nil))
	if s := status(); s != http.StatusUnauthorized {
		t.Errorf("with the revoked token: %d", s)
	}
}
