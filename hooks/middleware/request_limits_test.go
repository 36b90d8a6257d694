package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/hooks/middleware"
)

// sendRaw sends a body as it stands. chunked leaves its length out of the header.
func (w *world) sendRaw(t *testing.T, who, method, path, contentType, body string, chunked bool) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	if w.Tokens[who] != "" {
		r.Header.Set("Authorization", w.Tokens[who])
	}
	if chunked {
		r.ContentLength = -1
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, r)
	return hookstest.Decoded(rec)
}

func TestRequestsAreBoundedBeforeTheyAreRead(t *testing.T) {
	w := newWorld(t, middleware.BindRequestLimits, func(app core.App) { api.BindMessages(app, nil) }, clients.BindAudience, clients.BindClients)
	letters := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name, who, method, path, contentType, body string
		status                                     int
		code                                       string
	}{
		{"a guest's registration", anonymous, "POST", recordsOf("users"), "application/json", `{"name":"` + letters(100<<10) + `"}`, 413, "body_too_large"},
		{"a guest's list with a body", anonymous, "GET", recordsOf("clients"), "application/json", `{"name":"` + letters(100<<10) + `"}`, 413, "body_too_large"},
		{"a guest's form", anonymous, "POST", recordsOf("users"), "application/x-www-form-urlencoded", "name=" + letters(100<<10), 413, "body_too_large"},
		{"a guest's XML", anonymous, "POST", "/api/collections/users/auth-with-password", "text/xml", "<a>" + letters(100<<10) + "</a>", 413, "body_too_large"},
		{"a guest's subscriptions", anonymous, "POST", "/api/realtime", "application/json", `{"clientId":"` + letters(300<<10) + `"}`, 413, "body_too_large"},
		{"a record of 9 MB", anna, "POST", recordsOf("messages"), "application/json", `{"body":"` + letters(9<<20) + `"}`, 413, "body_too_large"},
		{"a route of ours", anna, "POST", "/api/gonets/audience/count", "application/json", `{"filter":"` + letters(3<<20) + `"}`, 413, "body_too_large"},
		{"a draft of 9 MB", anna, "POST", "/api/gonets/messages/preview", "application/json", `{"body":"` + letters(9<<20) + `"}`, 413, "body_too_large"},
		{"a list of many values", anna, "POST", recordsOf("clients"), "application/json", `{"attributes":[` + strings.Repeat("0,", 120_000) + `0]}`, 413, "too_many_values"},
		{"many values in a preview", anna, "POST", "/api/gonets/messages/preview", "application/json; charset=utf-8", `{"example":{"attributes":{"a":[` + strings.Repeat("{},", 120_000) + `0]}}}`, 413, "too_many_values"},
		{"deep values", anna, "POST", recordsOf("clients"), "application/json", strings.Repeat("[", 200) + strings.Repeat("]", 200), 413, "too_many_values"},
		{"an address without end", anna, "GET", recordsOf("clients") + "?filter=" + letters(40<<10), "", "", 414, ""},
		{"a search without end", anna, "GET", "/api/gonets/clients?search=" + letters(2000), "", "", 400, ""},
		{"brackets in a text", anna, "POST", recordsOf("messages"), "application/json", `{"name":"\"[[","body":"` + strings.Repeat(`[{\\,`, 100_000) + `"}`, 200, ""},
		{"a message of the longest kind", anna, "POST", recordsOf("messages"), "application/json", `{"body":"` + strings.Repeat("ж", 499_000) + `","text_body":"` + strings.Repeat("ж", 499_000) + `"}`, 200, ""},
		{"a draft of the longest kind", anna, "POST", "/api/gonets/messages/preview", "application/json", `{"format":"text","body":"` + strings.Repeat("ж", 499_000) + `"}`, 200, ""},
		{"no JSON", anna, "POST", recordsOf("clients"), "application/json", `{"email`, 400, ""},
		{"what a superuser sends", superuser, "PATCH", "/api/settings", "application/json", `{"meta":{"appName":"Gonets"},"x":"` + letters(300<<10) + `"}`, 200, ""},
	} {
		for _, chunked := range []bool{false, true} {
			a := w.sendRaw(t, c.who, c.method, c.path, c.contentType, c.body, chunked && c.body != "")
			if a.Status != c.status || c.code != "" && a.Code("body") != c.code {
				t.Errorf("%s, chunked %v: %d %.300s; want %d %s", c.name, chunked, a.Status, a.Text, c.status, c.code)
			}
		}
	}
}

func TestALimitIsMetBeforeTheWorkOfATest(t *testing.T) {
	w := newWorld(t, func(app core.App) { api.BindMessages(app, nil) })
	many := make([]string, 60_000)
	for i := range many {
		many[i] = fmt.Sprintf("somebody%d@example.com", i)
	}
	many[200] = "whoever gets here to say that this is no address has looked at 200 others"
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "A", "subject": "S", "format": "text", "body": "B"})
	mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "name": "A", "message": message.Id})
	for path, body := range map[string]map[string]any{
		"/api/gonets/mailings/" + mailing.Id + "/test": {"to": many},
		"/api/gonets/messages/test":                    {"to": many, "format": "text", "body": "B"},
	} {
		if a := w.Expect(t, 400, anna, http.MethodPost, path, body); a.Code("to") != "too_many" {
			t.Errorf("%s: %.300s", path, a.Text)
		}
		// Each address counts once, however often it is named.
		body["to"] = slices.Repeat([]string{"me@example.com", " Me@Example.com"}, 20)
		if a := w.Ask(t, anna, http.MethodPost, path, body); a.Code("to") != "" {
			t.Errorf("%s, one address: %.300s", path, a.Text)
		}
		body["to"] = []string{strings.Repeat("x", 100_000)}
		if a := w.Expect(t, 400, anna, http.MethodPost, path, body); a.Code("to") != "invalid_email" || len(a.Text) > 1000 {
			t.Errorf("%s, a long one: %.300s", path, a.Text)
		}
	}
	for field, value := range map[string]any{
		"from_name": strings.Repeat("x", 200), "reply_to": strings.Repeat("x", 2000), "client": strings.Repeat("x", 2000),
		"example": map[string]any{"attributes": map[string]any{"a": strings.Repeat("x", 30_000)}},
	} {
		if a := w.Expect(t, 400, anna, http.MethodPost, "/api/gonets/messages/preview", map[string]any{"body": "B", field: value}); a.Code(field) != "too_long" {
			t.Errorf("%s: %.300s", field, a.Text)
		}
	}
	if a := w.Expect(t, 400, anna, http.MethodPost, "/api/gonets/messages/html", map[string]any{"body": strings.Repeat("x", 500_001)}); a.Code("body") != "too_long" {
		t.Errorf("Markdown: %.300s", a.Text)
	}
	w.Expect(t, 400, anna, http.MethodPost, "/api/gonets/messages/test", map[string]any{"to": []string{"me@example.com"}, "body": "B"}, "Idempotency-Key", strings.Repeat("k", 300))
}
