package middleware_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/api"
	"gonets/hooks/clients"
	"gonets/hooks/middleware"
	"gonets/internal/delivery"
	"gonets/internal/parallel"
	"gonets/internal/stats"
)

// TestFewAtOnce asks for everything that is written for one user while four of these are under way.
func TestFewAtOnce(t *testing.T) {
	w := newWorld(t, clients.BindImports, clients.BindExport,
		func(app core.App) { api.BindMessages(app, nil) },
		func(app core.App) { api.BindMailings(app, delivery.New(app)) },
		func(app core.App) { api.BindStatistics(app, stats.New(app)) })
	mailing := w.Add(t, "mailings", map[string]any{"owner": w.IDs[anna], "audience": "everyone", "status": "created"}).Id
	file := w.Add(t, "imports", map[string]any{"owner": w.IDs[anna], "status": "completed"}).Id
	limit := w.App.Store().Get("gonets/parallel").(*parallel.Limit)
	for range middleware.MaxParallel - 1 {
		if _, ok := limit.Begin(w.IDs[anna]); !ok {
			t.Fatal("too many")
		}
	}
	w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/clients/export.csv", nil)
	w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/clients/export.csv", nil) // what is over does not count
	last, _ := limit.Begin(w.IDs[anna])

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
		{http.MethodPost, "/api/gonets/messages/text"},
	}
	for _, r := range routes {
		if code := w.RefusedForNow(t, anna, r.method, r.path, map[string]any{}).Code("request"); code != "too_many_at_once" {
			t.Errorf("%s: %q", r.path, code)
		}
		if a := w.Ask(t, marta, r.method, r.path, map[string]any{}); a.Status == 429 {
			t.Errorf("%s: another user is refused", r.path)
		}
	}
	last()
	for _, r := range routes {
		if a := w.Ask(t, anna, r.method, r.path, map[string]any{}); a.Status == 429 {
			t.Errorf("%s is refused when there is room", r.path)
		}
	}
}
