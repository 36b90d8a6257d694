package tokens_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/hooks/middleware"
	"gonets/hooks/tokens"
	"gonets/internal/stats"
	"gonets/internal/token"
	"gonets/internal/transactional"
)

const tokensPath = "/api/gonets/tokens"

// newWorld serves the routes that tokens are tried on.
func newWorld(t *testing.T) *hookstest.World {
	t.Helper()
	return hookstest.New(t, middleware.BindRealtime, tokens.Bind, hookstest.MailingRoutes, clients.BindClients, clients.BindUpsert, api.BindSignOut, clients.BindImports,
		func(app core.App) { api.BindHome(app, stats.New(app)) },
		func(app core.App) { api.BindTransactional(app, transactional.New(app, func() {})) })
}

// make makes a token of somebody, who then asks under the name that is returned. It returns the id too.
func makeToken(t *testing.T, w *hookstest.World, of string, scopes ...string) (who, id string) {
	t.Helper()
	a := w.Expect(t, http.StatusCreated, of, http.MethodPost, tokensPath, map[string]any{"name": "script", "scopes": scopes})
	secret, _ := a.Body["secret"].(string)
	if !regexp.MustCompile(`^gnt_[A-Za-z0-9]{40}$`).MatchString(secret) {
		t.Fatalf("the secret is %q", secret)
	}
	who = "token " + a.ID()
	w.Tokens[who] = "Bearer " + secret
	return who, a.ID()
}

func TestATokenAsksWithinItsScopes(t *testing.T) {
	w := newWorld(t)
	client := w.Add(t, "clients", map[string]any{"owner": w.IDs[hookstest.Anna], "email": "ivan@example.com"}).Id
	mailing := w.Sendable(t, nil)
	read, _ := makeToken(t, w, hookstest.Anna, "read")
	write, _ := makeToken(t, w, hookstest.Anna, "write")
	send, _ := makeToken(t, w, hookstest.Anna, "send")
	boris, _ := makeToken(t, w, hookstest.Boris, "read", "write", "send")
	manager, _ := makeToken(t, w, hookstest.Marta, "read", "write", "send")
	everybody := []string{read, write, send, boris, manager}

	w.Set(t, "users", w.IDs[hookstest.Anna], "transactional_quota", 10)

	newClient := func() map[string]any { return map[string]any{"email": hookstest.Unique("new%d@example.com")} }
	batch := func(method, url string) map[string]any {
		return map[string]any{"requests": []any{map[string]any{"method": method, "url": url, "body": newClient()}}}
	}
	for _, c := range []struct {
		name, method, path string
		body               func() map[string]any
		want               [5]int
	}{
		{"a list", "GET", hookstest.RecordsOf("clients"), nil, [5]int{200, 200, 403, 200, 200}},
		{"a record", "GET", hookstest.RecordsOf("clients", client), nil, [5]int{200, 200, 403, 404, 200}},
		{"home", "GET", "/api/gonets/home", nil, [5]int{200, 200, 403, 200, 200}},
		{"a list of ours", "GET", "/api/gonets/clients", nil, [5]int{200, 200, 403, 200, 200}},
		{"recipients", "GET", hookstest.Route(mailing, "recipients"), nil, [5]int{200, 200, 403, 404, 200}},
		{"a new record", "POST", hookstest.RecordsOf("clients"), newClient, [5]int{403, 200, 403, 200, 200}},
		{"a change", "PATCH", hookstest.RecordsOf("clients", client), func() map[string]any { return map[string]any{"full_name": "I"} }, [5]int{403, 200, 403, 404, 404}},
		{"a change in a batch", "POST", "/api/batch", func() map[string]any { return batch("POST", hookstest.RecordsOf("clients")) }, [5]int{403, 200, 403, 200, 200}},
		{"an upsert in a batch", "POST", "/api/batch", func() map[string]any { return batch("PUT", hookstest.RecordsOf("clients")) }, [5]int{403, 200, 403, 200, 200}},
		{"an account in a batch", "POST", "/api/batch", func() map[string]any { return batch("POST", hookstest.RecordsOf("users")) }, [5]int{403, 403, 403, 403, 403}},
		{"many clients at once", "POST", "/api/gonets/clients/upsert", func() map[string]any { return map[string]any{"clients": []any{newClient()}} }, [5]int{403, 200, 403, 200, 200}},
		{"a verb that stops", "POST", hookstest.Route(mailing, "pause"), nil, [5]int{403, 409, 403, 404, 403}},
		{"a verb that sends", "POST", hookstest.Route(mailing, "resume"), nil, [5]int{403, 403, 409, 404, 403}},
		{"transactional e-mails", "GET", "/api/gonets/transactional", nil, [5]int{200, 200, 403, 200, 200}},
		{"one of them", "POST", "/api/gonets/transactional", func() map[string]any {
			return map[string]any{"to": []string{"ivan@example.com"}, "subject": "Order", "text": "Thank you"}
		}, [5]int{403, 403, 202, 403, 403}},
		{"accounts", "GET", hookstest.RecordsOf("users"), nil, [5]int{403, 403, 403, 403, 403}},
		{"one's account", "GET", hookstest.RecordsOf("users", w.IDs[hookstest.Anna]), nil, [5]int{403, 403, 403, 403, 403}},
		{"superusers", "GET", hookstest.RecordsOf("_superusers"), nil, [5]int{403, 403, 403, 403, 403}},
		{"tokens", "GET", hookstest.RecordsOf("tokens"), nil, [5]int{403, 403, 403, 403, 403}},
		{"another token", "POST", tokensPath, func() map[string]any { return map[string]any{"name": "x", "scopes": []string{"read"}} }, [5]int{403, 403, 403, 403, 403}},
		{"webhooks", "GET", hookstest.RecordsOf("webhooks"), nil, [5]int{200, 200, 403, 200, 200}},
		{"a webhook", "POST", hookstest.RecordsOf("webhooks"), nil, [5]int{403, 403, 403, 403, 403}},
		{"the secret of a webhook", "POST", "/api/gonets/webhooks/x/secret", nil, [5]int{403, 403, 403, 403, 403}},
		{"a session", "POST", "/api/collections/users/auth-refresh", nil, [5]int{403, 403, 403, 403, 403}},
		{"a token for files", "POST", "/api/files/token", nil, [5]int{403, 403, 403, 403, 403}},
		{"the end of all sessions", "POST", "/api/gonets/sign-out-everywhere", nil, [5]int{403, 403, 403, 403, 403}},
		{"settings", "GET", "/api/settings", nil, [5]int{403, 403, 403, 403, 403}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, who := range everybody {
				var body any
				if c.body != nil {
					body = c.body()
				}
				a := w.Ask(t, who, c.method, c.path, body)
				if a.Status != c.want[i] {
					t.Errorf("token %d: %d, want %d: %s", i, a.Status, c.want[i], a.Text)
				}
				code := a.Code("scope")
				if a.Status == http.StatusForbidden && i < 3 && code != "missing_scope" && code != "not_for_tokens" {
					t.Errorf("token %d: the answer does not say which scope is missing: %s", i, a.Text)
				}
			}
		})
	}
	if a := w.Ask(t, read, http.MethodPost, hookstest.RecordsOf("clients"), newClient()); !strings.Contains(a.Text, "write") {
		t.Errorf("the answer does not name the scope: %s", a.Text)
	}
}

func TestATokenThatIsNotValid(t *testing.T) {
	w := newWorld(t)
	clients := hookstest.RecordsOf("clients")
	unauthorized := func(what, secret string) {
		t.Helper()
		w.Tokens["it"] = secret
		if a := w.Expect(t, http.StatusUnauthorized, "it", http.MethodGet, clients, nil); a.Body["items"] != nil {
			t.Errorf("%s: %s", what, a.Text)
		}
	}
	unauthorized("unknown", "Bearer gnt_"+strings.Repeat("a", 40))
	unauthorized("empty", "Bearer gnt_")
	unauthorized("very long", "gnt_"+strings.Repeat("a", 10000))

	who, id := makeToken(t, w, hookstest.Anna, "read")
	w.Expect(t, http.StatusOK, who, http.MethodGet, clients, nil)
	w.SQL(t, `UPDATE tokens SET expires = '2020-01-01 00:00:00.000Z' WHERE id = {:id}`, dbx.Params{"id": id})
	unauthorized("expired", w.Tokens[who])

	who, id = makeToken(t, w, hookstest.Anna, "read")
	w.Expect(t, http.StatusNotFound, hookstest.Boris, http.MethodDelete, tokensPath+"/"+id, nil)
	w.Expect(t, http.StatusNoContent, hookstest.Anna, http.MethodDelete, tokensPath+"/"+id, nil)
	unauthorized("revoked", w.Tokens[who])

	who, id = makeToken(t, w, hookstest.Anna, "read")
	w.Expect(t, http.StatusNoContent, hookstest.Anna, http.MethodDelete, hookstest.RecordsOf("tokens", id), nil)
	unauthorized("deleted as a record", w.Tokens[who])

	who, _ = makeToken(t, w, hookstest.Boris, "read")
	w.Set(t, "users", w.IDs[hookstest.Boris], "blocked", true)
	unauthorized("of somebody who is blocked", w.Tokens[who])
}

func TestATokenOutlivesSessions(t *testing.T) {
	w := newWorld(t)
	who, id := makeToken(t, w, hookstest.Anna, "read")
	w.Expect(t, http.StatusNoContent, hookstest.Anna, http.MethodPost, "/api/gonets/sign-out-everywhere", nil)
	w.Expect(t, http.StatusOK, who, http.MethodGet, hookstest.RecordsOf("clients"), nil)
	w.Eventually(t, "the note of its use", func() bool {
		used, err := time.Parse("2006-01-02 15:04:05.000Z", w.Column(t, "tokens", id, "last_used_at"))
		return err == nil && time.Since(used) < time.Minute
	})
}

// TestASecretIsShownOnce: neither records nor the database have it.
func TestASecretIsShownOnce(t *testing.T) {
	w := newWorld(t)
	who, id := makeToken(t, w, hookstest.Anna, "read", "send")
	secret := strings.TrimPrefix(w.Tokens[who], "Bearer ")
	for _, as := range []string{hookstest.Anna, hookstest.Superuser} {
		a := w.Expect(t, http.StatusOK, as, http.MethodGet, hookstest.RecordsOf("tokens", id), nil)
		if strings.Contains(a.Text, secret) || strings.Contains(a.Text, "hash") && as == hookstest.Anna {
			t.Errorf("%s sees %s", as, a.Text)
		}
	}
	if kept := w.Column(t, "tokens", id, "hash"); strings.Contains(kept, secret) || len(kept) != 64 {
		t.Errorf("%q is kept", kept)
	}
}

func TestWhatATokenMustHave(t *testing.T) {
	w := newWorld(t)
	valid := func(change map[string]any) map[string]any {
		body := map[string]any{"name": "x", "scopes": []string{"read"}, "expires": time.Now().Add(time.Hour).Format(time.RFC3339)}
		for k, v := range change {
			body[k] = v
		}
		return body
	}
	w.Expect(t, http.StatusCreated, hookstest.Anna, http.MethodPost, tokensPath, valid(nil))
	w.Expect(t, http.StatusUnauthorized, hookstest.Anonymous, http.MethodPost, tokensPath, valid(nil))
	w.Expect(t, http.StatusForbidden, hookstest.Superuser, http.MethodPost, tokensPath, valid(nil))
	for _, c := range []struct {
		field, code string
		value       any
	}{
		{"name", "required", " "},
		{"name", "too_long", strings.Repeat("я", 101)},
		{"name", "no_line_breaks", "a\nb"},
		{"scopes", "required", []string{}},
		{"scopes", "unknown_scope", []string{"read", "admin"}},
		{"scopes", "unknown_scope", []string{"read", "read"}},
		{"expires", "invalid_date", "tomorrow"},
		{"expires", "invalid_date", "2020-01-01"},
	} {
		a := w.Expect(t, http.StatusBadRequest, hookstest.Anna, http.MethodPost, tokensPath, valid(map[string]any{c.field: c.value}))
		if a.Code(c.field) != c.code {
			t.Errorf("%s %v: %s", c.field, c.value, a.Text)
		}
	}

	w.SQL(t, `
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:n})
		INSERT INTO tokens (id, owner, name, scope, hash) SELECT printf('t%014d', i), {:owner}, 'x', '["read"]', printf('h%d', i) FROM n`,
		dbx.Params{"n": token.MaxOfOwner, "owner": w.IDs[hookstest.Boris]})
	if a := w.Expect(t, http.StatusBadRequest, hookstest.Boris, http.MethodPost, tokensPath, valid(nil)); a.Code("name") != "too_many_tokens" {
		t.Errorf("%s", a.Text)
	}
}

func TestTheTimelineNamesTheToken(t *testing.T) {
	w := newWorld(t)
	who, _ := makeToken(t, w, hookstest.Anna, "read", "write", "send")
	mailing := w.Mailing(t, "running", nil)
	w.Expect(t, http.StatusOK, who, http.MethodPost, hookstest.Route(mailing, "pause"), nil)
	a := w.Expect(t, http.StatusOK, hookstest.Anna, http.MethodGet, hookstest.Route(mailing, "timeline"), nil)
	for _, event := range a.Items() {
		if event["kind"] == "paused" {
			if actor, _ := event["actor"].(map[string]any); actor["kind"] != "token" || actor["name"] != "script" {
				t.Errorf("%v", event)
			}
			return
		}
	}
	t.Errorf("it was not paused: %s", a.Text)
}

func TestRevokingEndsRealtime(t *testing.T) {
	w := newWorld(t)
	who, id := makeToken(t, w, hookstest.Anna, "read")
	client := w.Connect(t, hookstest.Anna)
	subscribe := func(topic string) hookstest.Answer {
		return w.Ask(t, who, http.MethodPost, "/api/realtime", map[string]any{"clientId": client.Id(), "subscriptions": []string{topic}})
	}
	if a := subscribe("users/*"); a.Status != http.StatusForbidden {
		t.Errorf("accounts are followed: %s", a.Text)
	}
	if a := subscribe("clients/*"); a.Status != http.StatusNoContent {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	w.Expect(t, http.StatusNoContent, hookstest.Anna, http.MethodDelete, tokensPath+"/"+id, nil)
	if _, err := w.App.SubscriptionsBroker().ClientById(client.Id()); err == nil {
		t.Error("the connection is still there")
	}
}

// TestEveryRouteIsForTokensOrNot: each route of docs/api.md has a scope, or is here.
func TestEveryRouteIsForTokensOrNot(t *testing.T) {
	never := []string{
		"GET /tokens", "POST /tokens", "DELETE /tokens/{id}", "POST /users/{id}/block", "POST /users/{id}/approve", "POST /users/{id}/transactional_quota", "POST /sign-out-everywhere",
		"GET /setup", "POST /setup/check", "POST /setup/superuser",
		"DELETE /outbox", "GET /domains/{name}", "GET /domains/{name}/check", "POST /domains/{name}/rotate", "POST /senders/{id}/test", "GET /senders/status", "POST /mailboxes/{id}/test", "POST /mailboxes/{id}/read", "POST /bounce_hooks/{id}/test", "POST /webhooks/{id}/secret", "GET /u/{token}", "POST /u/{token}", "POST /u/{token}/mail", "GET /u/{token}/erase", "POST /u/{token}/erase", "GET /a/{slug}", "GET /a/{slug}/feed.xml", "GET /a/{slug}/{mailing}", "GET /v/{token}", "GET /f/{id}", "POST /f/{id}", "GET /f/{id}/challenge", "GET /c/{token}", "POST /c/{token}",
	}
	raw, err := os.ReadFile("../../docs/api.md")
	hookstest.Must(t, err)
	found := 0
	for _, m := range regexp.MustCompile("(?m)^\\| `(GET|POST|DELETE) (/[^`?]*)").FindAllStringSubmatch(string(raw), -1) {
		path := strings.TrimSpace(m[2])
		found++
		listed := false
		for _, n := range never {
			listed = listed || n == m[1]+" "+path
		}
		if _, has := tokens.ScopeOf(m[1], "/api/gonets"+strings.NewReplacer("{id}", "x", "{event}", "1").Replace(path)); has == listed {
			t.Errorf("%s %s has a scope and is listed as not for tokens, or neither", m[1], path)
		}
	}
	if found < 35 {
		t.Errorf("only %d routes were found", found)
	}
}
