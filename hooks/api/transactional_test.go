package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/hookstest"
	"gonets/internal/transactional"
)

const callsPath = "/api/gonets/transactional"

// newCalls serves the routes of transactional e-mails. Anna and Marta may send some; nothing sends them.
func newCalls(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, func(app core.App) { api.BindTransactional(app, transactional.New(app, func() {})) })
	for _, who := range []string{anna, marta} {
		w.Set(t, "users", w.IDs[who], "transactional_quota", 1000)
	}
	return w
}

func callTo(to ...any) map[string]any {
	return map[string]any{"to": to, "subject": "Order {{ data.order }}", "text": "Thank you", "data": map[string]any{"order": 17}}
}

func TestWhoMaySendAndSeeTransactionalEmails(t *testing.T) {
	w := newCalls(t)
	id := w.Expect(t, http.StatusAccepted, anna, "POST", callsPath, callTo("ivan@example.com")).ID()
	for i, who := range everybody {
		t.Run(who, func(t *testing.T) {
			w.Expect(t, verdicts{401, 401, 403, 202, 202, 403}[i], who, "POST", callsPath, callTo("ivan@example.com"))
			w.Expect(t, verdicts{401, 401, 404, 200, 200, 200}[i], who, "GET", callsPath+"/"+id, nil)
			w.Expect(t, verdicts{401, 401, 404, 200, 200, 200}[i], who, "GET", callsPath+"?owner="+w.IDs[anna], nil)
			a := w.Expect(t, verdicts{401, 401, 200, 200, 200, 200}[i], who, "GET", callsPath+"?search=IVAN@", nil)
			mine := 0
			for _, item := range a.Items() {
				if item["owner"] == w.IDs[anna] {
					mine++
				}
			}
			if want := (verdicts{0, 0, 0, 1, 1, 1}[i]) > 0; (mine > 0) != want {
				t.Errorf("%d calls of Anna are listed: %s", mine, a.Text)
			}
		})
	}
	if a := w.Expect(t, 403, boris, "POST", callsPath, callTo("ivan@example.com")); a.Code("to") != "no_transactional_quota" {
		t.Errorf("who has no quota is told: %s", a.Text)
	}
}

func TestWhoGrantsTransactionalEmails(t *testing.T) {
	w := newCalls(t)
	path := "/api/gonets/users/" + w.IDs[boris] + "/transactional_quota"
	for i, who := range []string{anonymous, kirill, anna, marta, boris, superuser} {
		t.Run(who, func(t *testing.T) {
			a := w.Expect(t, verdicts{401, 401, 404, 200, 403, 200}[i], who, "POST", path, map[string]any{"transactional_quota": 50})
			if a.Status == 200 && a.Body["transactional_quota"] != 50.0 {
				t.Errorf("answered %s", a.Text)
			}
		})
	}
	for _, body := range []map[string]any{{}, {"transactional_quota": -1}, {"transactional_quota": 1e9}, {"transactional_quota": "many"}, {"transactional_quota": 1.5}} {
		w.Expect(t, 400, marta, "POST", path, body)
	}
	w.Expect(t, 404, boris, "PATCH", recordsOf("users", w.IDs[boris]), map[string]any{"transactional_quota": 5000})
	w.Expect(t, 404, marta, "PATCH", recordsOf("users", w.IDs[boris]), map[string]any{"transactional_quota": 5000})
	w.Expect(t, 403, marta, "POST", "/api/gonets/users/"+w.IDs[marta]+"/transactional_quota", map[string]any{"transactional_quota": 5000})
	w.Expect(t, 400, anonymous, "POST", recordsOf("users"), map[string]any{
		"email": "new@gonets.example", "password": password, "passwordConfirm": password, "transactional_quota": 5,
	})
	if got := w.Column(t, "users", w.IDs[boris], "transactional_quota"); got != "50" {
		t.Errorf("the quota is %s", got)
	}
}

func TestACallByJSONAndByForm(t *testing.T) {
	w := newCalls(t)
	large := strings.Repeat("x", 100_000)
	body := callTo("ivan@example.com", map[string]any{"email": "olga@example.com", "full_name": "Olga", "data": map[string]any{"order": 18}})
	body["attachments"] = []any{
		map[string]any{"name": "Счёт.txt", "content": base64.StdEncoding.EncodeToString([]byte("invoice"))},
		map[string]any{"name": "large.bin", "content": base64.StdEncoding.EncodeToString([]byte(large)), "type": "application/x-large"},
	}
	a := w.Expect(t, 202, anna, "POST", callsPath, body, "Idempotency-Key", "one")
	again := w.Expect(t, 202, anna, "POST", callsPath, body, "Idempotency-Key", "one")
	if a.Text != again.Text || a.ID() == "" {
		t.Errorf("%s and %s", a.Text, again.Text)
	}
	body["subject"] = "Another"
	if other := w.Expect(t, 409, anna, "POST", callsPath, body, "Idempotency-Key", "one"); other.Code("idempotency_key") != "key_used" {
		t.Errorf("another body is told: %s", other.Text)
	}
	history := w.Expect(t, 200, anna, "GET", callsPath+"/"+a.ID(), nil)
	recipients := history.By(t, "recipients", "email")
	if r := recipients["olga@example.com"]; len(recipients) != 2 || r["state"] != "pending" || r["full_name"] != "Olga" || len(r["attempts"].([]any)) != 0 {
		t.Errorf("%s", history.Text)
	}
	kept := func(id string) string {
		t.Helper()
		var letter string
		must(t, w.App.DB().NewQuery(`SELECT letter ->> 'files' FROM contents WHERE mailing = {:id}`).Bind(dbx.Params{"id": id}).Row(&letter))
		return letter
	}
	if files := kept(a.ID()); !strings.Contains(files, "Счёт.txt") || !strings.Contains(files, "application/x-large") || !strings.Contains(files, fmt.Sprint(len(large))) {
		t.Errorf("the files are %s", files)
	}

	form := hookstest.FieldsForm(t, [][2]string{
		{"to", "ivan@example.com"},
		{"to", `{"email": "olga@example.com", "full_name": "Olga"}`},
		{"subject", "Order {{ data.order }}"},
		{"html", "<p>Thank you</p>"},
		{"data", `{"order": 17}`},
	}, [3]string{"attachments", "a.txt", "one"}, [3]string{"attachments", "b.txt", "two"})
	b := w.Expect(t, 202, anna, "POST", callsPath, form)
	if files := kept(b.ID()); !strings.Contains(files, "a.txt") || !strings.Contains(files, "b.txt") || len(b.Body["recipients"].([]any)) != 2 {
		t.Errorf("the files are %s: %s", files, b.Text)
	}

	for name, body := range map[string]any{
		"no JSON":           strings.NewReader(`{"to": ["a@example.com"`),
		"no object":         []any{"a"},
		"to of numbers":     map[string]any{"to": []any{1}, "subject": "x", "text": "x"},
		"half a base64":     map[string]any{"to": []any{"a@example.com"}, "subject": "x", "text": "x", "attachments": []any{map[string]any{"name": "a", "content": "%%%"}}},
		"an empty file":     map[string]any{"to": []any{"a@example.com"}, "subject": "x", "text": "x", "attachments": []any{map[string]any{"name": "a", "content": ""}}},
		"a broken template": map[string]any{"to": []any{"a@example.com"}, "subject": "x", "text": "{% if %}"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := w.Ask(t, anna, "POST", callsPath, body); a.Status != 400 {
				t.Errorf("%d %s", a.Status, a.Text)
			}
		})
	}
	w.Expect(t, 413, anna, "POST", callsPath, strings.NewReader(`{"text": "`+strings.Repeat("x", 17<<20)+`"}`))
	if n := w.Count(t, "transactional", nil); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	w.Set(t, "users", w.IDs[anna], "transactional_quota", 4)
	w.RefusedForNow(t, anna, "POST", callsPath, callTo("ivan@example.com"))
}
