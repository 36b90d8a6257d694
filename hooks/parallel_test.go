package hooks

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/middleware"
	"gonets/internal/delivery"
	"gonets/internal/parallel"
	"gonets/internal/stats"
)

// TestFewAtOnce asks for everything that is written for one user while four of these are under way.
func TestFewAtOnce(t *testing.T) {
	w := newWorld(t, api.BindImports, api.BindExport,
		func(app core.App) { api.BindMessages(app, nil) },
		func(app core.App) { api.BindMailings(app, delivery.New(app)) },
		func(app core.App) { api.BindStatistics(app, stats.New(app)) })
	mailing := w.add(t, "mailings", map[string]any{"owner": w.ids[anna], "audience": "everyone", "status": "created"}).Id
	file := w.add(t, "imports", map[string]any{"owner": w.ids[anna], "status": "completed"}).Id
	limit := w.app.Store().Get("gonets/parallel").(*parallel.Limit)
	for range middleware.MaxParallel - 1 {
		if _, ok := limit.Begin(w.ids[anna]); !ok {
			t.Fatal("too many")
		}
	}
	w.expect(t, 200, anna, http.MethodGet, "/api/gonets/clients/export.csv", nil)
	w.expect(t, 200, anna, http.MethodGet, "/api/gonets/clients/export.csv", nil) // what is over does not count
	last, _ := limit.Begin(w.ids[anna])

	routes := []struct{ method, path string }{
		{http.MethodGet, "/api/gonets/clients/export.csv"},
		{http.MethodGet, "/api/gonets/clients/export.xlsx"},
		{http.MethodGet, "/api/gonets/imports/" + file + "/report.csv"},
		{http.MethodGet, "/api/gonets/statistics.csv"},
		{http.MethodGet, "/api/gonets/mailings/" + mailing + "/report.csv"},
		{http.MethodGet, "/api/gonets/mailings/" + mailing + "/preview"},
		{http.MethodGet, "/api/gonets/mailings/" + mailing + "/preflight"},
		{http.MethodPost, "/api/gonets/messages/preview"},
		{http.MethodPost, "/api/gonets/messages/html"},
	}
	for _, r := range routes {
		if code := w.refusedForNow(t, anna, r.method, r.path, "application/json", strings.NewReader("{}")).code("request"); code != "too_many_at_once" {
			t.Errorf("%s: %q", r.path, code)
		}
		if a := w.ask(t, marta, r.method, r.path, map[string]any{}); a.status == 429 {
			t.Errorf("%s: another user is refused", r.path)
		}
	}
	last()
	for _, r := range routes {
		if a := w.ask(t, anna, r.method, r.path, map[string]any{}); a.status == 429 {
			t.Errorf("%s is refused when there is room", r.path)
		}
	}
}

// refusedForNow sends a request that must be answered with 429 and with when to come back.
func (w *world) refusedForNow(t *testing.T, who, method, path, contentType string, body io.Reader) answer {
	t.Helper()
	req := httptest.NewRequest(method, path, body)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", w.tokens[who])
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, req)
	if rec.Code != 429 || rec.Header().Get("Retry-After") == "" {
		t.Errorf("%s %s %s: %d %v %s", who, method, path, rec.Code, rec.Header(), rec.Body)
	}
	a := answer{status: rec.Code, text: rec.Body.String()}
	must(t, json.Unmarshal(rec.Body.Bytes(), &a.body))
	return a
}
