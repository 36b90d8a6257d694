package operator_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/operator"
	"gonets/internal/delivery"
)

func TestHealthIsForSuperusers(t *testing.T) {
	w := newWorld(t, func(app core.App) { operator.BindHealth(app, delivery.New(app)) })
	for i, status := range []int{401, 401, 403, 403, 403, 200} {
		w.Expect(t, status, everybody[i], http.MethodGet, "/api/gonets/health", nil)
	}
	a := w.Expect(t, 200, superuser, http.MethodGet, "/api/gonets/health", nil)
	checks, _ := a.Body["checks"].([]any)
	if len(checks) < 10 || a.Body["ok"] == nil || a.Body["version"] == nil {
		t.Errorf("answered %s", a.Text)
	}
}
