package setup_test

import (
	"net/http"
	"testing"

	"gonets/hooks/hookstest"
	"gonets/hooks/setup"
)

func TestTheSetupOfAServiceThatHasASuperuser(t *testing.T) {
	w := hookstest.New(t, setup.Bind)
	for _, who := range hookstest.Everybody {
		for _, path := range []string{"/api/gonets/setup/check", "/api/gonets/setup/superuser"} {
			a := w.Expect(t, 410, who, http.MethodPost, path, map[string]any{"token": "guess", "email": "op@example.org", "password": hookstest.Password})
			if a.Code("token") != "setup_done" {
				t.Errorf("%s is told %s", who, a.Text)
			}
		}
	}
	for i, status := range []int{401, 401, 403, 403, 403, 200} {
		a := w.Expect(t, status, hookstest.Everybody[i], http.MethodGet, "/api/gonets/setup", nil)
		if steps, _ := a.Body["steps"].([]any); status == 200 && len(steps) != 5 {
			t.Errorf("answered %s", a.Text)
		}
	}
}
