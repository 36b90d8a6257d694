package records_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
)

func TestTheReturnPathOfASender(t *testing.T) {
	w := newWorld(t)
	save := func(status int, more map[string]any) map[string]any {
		t.Helper()
		sender := map[string]any{"name": unique("sender %d"), "from_email": "news@example.com", "host": "smtp.example.com", "port": 587}
		maps.Copy(sender, more)
		return w.Expect(t, status, superuser, http.MethodPost, recordsOf("senders"), sender).Body
	}
	if r := save(200, map[string]any{"return_path": " Bounces@Example.com "}); r["return_path"] != "bounces@example.com" || r["return_path_style"] != "plus" {
		t.Errorf("%v", r)
	}
	if r := save(200, map[string]any{"return_path_style": "minus", "return_path": strings.Repeat("a", 34) + "@example.com"}); r["return_path_style"] != "minus" {
		t.Errorf("%v", r)
	}
	save(200, map[string]any{"return_path_style": "plain", "return_path": strings.Repeat("a", 64) + "@example.com"})
	if r := save(200, nil); r["return_path"] != "" || r["return_path_style"] != "" {
		t.Errorf("%v", r)
	}
	for address, code := range map[string]string{
		strings.Repeat("a", 35) + "@example.com": "return_path_too_long", "отказы@example.com": "invalid_email",
	} {
		data, _ := save(400, map[string]any{"return_path": address})["data"].(map[string]any)
		if field, _ := data["return_path"].(map[string]any); field["code"] != code {
			t.Errorf("%s: %v, want %s", address, data, code)
		}
	}
	save(400, map[string]any{"return_path": "no address"})
	save(400, map[string]any{"return_path": "a@example.com", "return_path_style": "dot"})
}
