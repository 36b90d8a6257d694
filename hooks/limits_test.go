package hooks_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/openapi"
	"gonets/internal/apptest"
)

// described is a route as the description of the API has it.
type described struct {
	method, path string // as a request can name it
	responses    map[string]response
}

type response struct {
	Ref     string         `json:"$ref"`
	Headers map[string]any `json:"headers"`
}

// everyRoute are all routes of the description, records included.
func everyRoute(t *testing.T, all http.Handler) (routes []described) {
	t.Helper()
	rec := httptest.NewRecorder()
	all.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, openapi.Path, nil))
	var d struct {
		Paths map[string]map[string]struct {
			Responses map[string]response `json:"responses"`
		} `json:"paths"`
		Components struct {
			Responses map[string]response `json:"responses"`
		} `json:"components"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &d); err != nil || rec.Code != http.StatusOK {
		t.Fatal(err, rec.Code, rec.Body)
	}
	for path, operations := range d.Paths {
		for method, op := range operations {
			for status, r := range op.Responses {
				if shared := strings.TrimPrefix(r.Ref, "#/components/responses/"); shared != "" {
					op.Responses[status] = d.Components.Responses[shared]
				}
			}
			routes = append(routes, described{strings.ToUpper(method), placeholder.ReplaceAllString(path, "x"), op.Responses})
		}
	}
	if len(routes) < 150 {
		t.Errorf("only %d routes are described", len(routes))
	}
	return routes
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// namesALimit is how answers name the limit of a body.
var namesALimit = regexp.MustCompile(`[0-9]+ (KB|MB)`)

// TestEveryRouteNamesTheLimitOfItsBody sends each route a body of a gigabyte, as far as its length says.
func TestEveryRouteNamesTheLimitOfItsBody(t *testing.T) {
	app := apptest.NewTestApp(t)
	all, err := served(t, app).BuildMux()
	if err != nil {
		t.Fatal(err)
	}
	superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	superuser := core.NewRecord(superusers)
	superuser.SetEmail("superuser@gonets.example")
	superuser.SetRandomPassword()
	if err := app.Save(superuser); err != nil {
		t.Fatal(err)
	}
	token, err := superuser.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range everyRoute(t, all) {
		if d.method == http.MethodGet {
			continue
		}
		if _, documented := d.responses["413"]; !documented {
			t.Errorf("%s %s: the description has no 413", d.method, d.path)
		}
		if strings.HasPrefix(d.path, "/hooks/") {
			continue // it looks at the key first: hooks/incoming tests its limit
		}
		for who, token := range map[string]string{"a guest": "", "a superuser": token} {
			for _, kind := range []string{"application/json", "multipart/form-data; boundary=x"} {
				r := httptest.NewRequest(d.method, d.path, strings.NewReader("{}"))
				r.ContentLength = 1 << 30
				r.Header.Set("Content-Type", kind)
				if token != "" {
					r.Header.Set("Authorization", token)
				}
				rec := httptest.NewRecorder()
				all.ServeHTTP(rec, r)
				if rec.Code != http.StatusRequestEntityTooLarge || !namesALimit.MatchString(rec.Body.String()) {
					t.Errorf("%s: %s %s as %s: %d %.300s", who, d.method, d.path, kind, rec.Code, rec.Body)
				}
			}
		}
	}
}

// TestEveryRouteSaysWhenToAskAgain has the rate limiter refuse each route.
func TestEveryRouteSaysWhenToAskAgain(t *testing.T) {
	app := apptest.NewTestApp(t)
	all, err := served(t, app).BuildMux()
	if err != nil {
		t.Fatal(err)
	}
	routes := everyRoute(t, all)
	settings := app.Settings()
	settings.RateLimits.Enabled = true
	settings.RateLimits.Rules = []core.RateLimitRule{{Label: "/", MaxRequests: 1, Duration: 1800}}
	if err := app.Save(settings); err != nil {
		t.Fatal(err)
	}
	for _, d := range routes {
		for _, status := range []string{"429", "503"} {
			if r, has := d.responses[status]; (has || status == "429") && r.Headers["Retry-After"] == nil {
				t.Errorf("%s %s: the description of %s has no Retry-After", d.method, d.path, status)
			}
		}
		var rec *httptest.ResponseRecorder
		for range 2 { // routes of records are counted one by one, all others together
			rec = httptest.NewRecorder()
			all.ServeHTTP(rec, httptest.NewRequest(d.method, d.path, nil))
		}
		if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "1800" {
			t.Errorf("%s %s: %d, Retry-After %q", d.method, d.path, rec.Code, rec.Header().Get("Retry-After"))
		}
	}
}
