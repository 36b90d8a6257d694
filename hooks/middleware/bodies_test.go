package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/hooks/middleware"
)

func TestBodiesAreBoundedBeforeTheyAreRead(t *testing.T) {
	w := newWorld(t, clients.BindImports)
	t.Setenv("TMPDIR", t.TempDir())
	long := strings.Repeat("a", middleware.FormLimits.FieldBytes)
	many := make([][2]string, middleware.FormLimits.Parts+1)
	for n := range many {
		many[n] = [2]string{fmt.Sprintf("f%d", n), "x"}
	}
	for name, fields := range map[string][][2]string{
		"a long field": {{"body", long}}, "many fields": many, "two long fields": {{"body", long[:len(long)/2]}, {"text_body", long[:len(long)/2]}}, "a long payload": {{"@jsonPayload", long}},
	} {
		for who, paths := range map[string][]string{
			anonymous: {recordsOf("users"), "/api/collections/users/auth-with-password"},
			anna:      {recordsOf("messages"), recordsOf("images"), recordsOf("clients"), "/api/batch"},
			superuser: {recordsOf("users"), "/api/settings/test/s3"},
		} {
			for _, path := range paths {
				if a := w.Expect(t, 413, who, http.MethodPost, path, hookstest.FieldsForm(t, fields)); a.Code("form") != "fields_too_large" {
					t.Errorf("%s: %s", name, a.Text)
				}
			}
		}
	}
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "x"}).Id
	w.Expect(t, 413, anna, http.MethodPatch, recordsOf("messages", message), hookstest.FieldsForm(t, [][2]string{{"body", long}}))
	w.Expect(t, 413, anna, http.MethodPost, "/api/gonets/clients/import", hookstest.FieldsForm(t, [][2]string{{"mapping", long}}))
	w.Expect(t, 413, anna, http.MethodPost, "/api/gonets/clients/import", hookstest.FieldsForm(t, many))
	for who, path := range map[string]string{anonymous: recordsOf("users"), anna: recordsOf("messages"), superuser: "/api/batch"} {
		w.Expect(t, 413, who, http.MethodPost, path, map[string]any{"body": strings.Repeat("a", int(middleware.MaxBody))})
	}
	nested := `{"body":[` + strings.Repeat("[],", middleware.MaxValues) + "[]]}"
	for who, path := range map[string]string{anonymous: recordsOf("users"), anna: recordsOf("messages"), superuser: "/api/batch"} {
		for name, body := range map[string]struct {
			kind, text string
		}{
			"nested values": {"application/json", nested},
			"many fields":   {"application/x-www-form-urlencoded", strings.Repeat("a=&", middleware.MaxValues+1)},
		} {
			req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body.text))
			req.Header.Set("Content-Type", body.kind)
			req.Header.Set("Authorization", w.Tokens[who])
			rec := httptest.NewRecorder()
			w.HTTP.ServeHTTP(rec, req)
			if rec.Code != 413 && rec.Code != 400 { // a batch says of all it cannot read the same
				t.Errorf("%s, %s: %d %s", path, name, rec.Code, rec.Body)
			}
		}
		if a := w.Expect(t, 413, who, http.MethodPost, path, hookstest.FieldsForm(t, [][2]string{{"@jsonPayload", nested}})); a.Code("body") != "too_many_values" {
			t.Errorf("%s", a.Text)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if must(t, err); len(left) > 0 {
		t.Errorf("files were left behind: %v", left)
	}
}

func TestHonestFormsAreReadWhole(t *testing.T) {
	w := newWorld(t)
	t.Setenv("TMPDIR", t.TempDir())
	const characters = 500_000
	body := strings.Repeat("я", characters)
	attachment := strings.Repeat("0123456789", 100_000)
	a := w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), hookstest.FieldsForm(t,
		[][2]string{{"name", "long"}, {"body", body}, {"text_body", body}},
		[3]string{"attachments", "one.txt", attachment}, [3]string{"attachments", "two.txt", "short"}))
	if got, _ := a.Body["body"].(string); got != body || len(a.Body["attachments"].([]any)) != 2 {
		t.Errorf("%d bytes, %v", len(got), a.Body["attachments"])
	}
	a = w.Expect(t, 200, anna, http.MethodPost, recordsOf("messages"), hookstest.FieldsForm(t,
		[][2]string{{"@jsonPayload", `{"name":"payload","body":"` + body + `"}`}}, [3]string{"attachments", "one.txt", "x"}))
	if got, _ := a.Body["body"].(string); got != body {
		t.Errorf("%d bytes", len(got))
	}
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("messages", a.ID()), hookstest.FieldsForm(t, nil, [3]string{"attachments+", "two.txt", "y"}))
	batch := hookstest.FieldsForm(t, [][2]string{{"@jsonPayload", `{"requests":[{"method":"POST","url":"/api/collections/messages/records","body":{"name":"batch"}}]}`}},
		[3]string{"requests.0.attachments", "one.txt", "z"})
	if a := w.Expect(t, 200, anna, http.MethodPost, "/api/batch", batch); !strings.Contains(a.Text, "one_") {
		t.Errorf("%s", a.Text)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if must(t, err); len(left) > 0 {
		t.Errorf("files were left behind: %v", left)
	}
}
