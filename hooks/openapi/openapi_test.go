package openapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"gonets/hooks/hookstest"
	"gonets/hooks/openapi"
)

// TestTheDescriptionIsValid has the description read, with its references and examples, by somebody else's code.
func TestTheDescriptionIsValid(t *testing.T) {
	w := hookstest.New(t, openapi.Bind)
	a := w.Get(t, hookstest.Anonymous, openapi.Path)
	if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v %.200s", a.Code, a.Header(), a.Body)
	}
	if again := w.Get(t, hookstest.Anna, openapi.Path, "If-None-Match", a.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("the same again is answered %d", again.Code)
	}
	var document openapi3.T
	hookstest.Must(t, json.Unmarshal(a.Body.Bytes(), &document))
	hookstest.Must(t, openapi3.NewLoader().ResolveRefsIn(&document, nil))
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := openapi.Document(w.App)
	hookstest.Must(t, err)
	if string(second) != a.Body.String() {
		t.Error("made again, it is another one")
	}

	for _, c := range []struct{ method, path, scope string }{
		{"POST", "/api/gonets/mailings/{id}/send", "send"},
		{"POST", "/api/gonets/clients/upsert", "write"},
		{"GET", "/api/gonets/home", "read"},
		{"GET", "/api/collections/clients/records", "read"},
		{"PATCH", "/api/collections/messages/records/{id}", "write"},
		{"POST", "/api/gonets/tokens", "-"},
		{"GET", "/api/collections/users/records", "-"},
		{"GET", "/api/collections/mailboxes/records", "-"},
	} {
		scope := "-"
		operation := document.Paths.Value(c.path).GetOperation(c.method)
		for _, way := range *operation.Security {
			if scopes, has := way["token"]; has {
				scope = scopes[0]
			}
		}
		if scope != c.scope {
			t.Errorf("%s %s has the scope %s", c.method, c.path, scope)
		}
	}
	if document.Paths.Value("/api/collections/attempts/records").Post != nil {
		t.Error("attempts can be made")
	}
	mailings := document.Components.Schemas["mailings"].Value
	if !mailings.Properties["status"].Value.ReadOnly || len(mailings.Properties["status"].Value.Enum) < 6 {
		t.Errorf("mailings.status is %v", mailings.Properties["status"].Value)
	}
	if input := document.Components.Schemas["mailings_input"].Value; input.Properties["status"] != nil || input.Properties["name"] == nil {
		t.Error("requests can set the status of a mailing, or not its name")
	}
	if email := document.Components.Schemas["clients_input"].Value; email.Properties["email"] == nil {
		t.Error("clients have no address")
	}
}

// TestACheckFindsWhatIsNotDescribed: the other tests rely on it.
func TestACheckFindsWhatIsNotDescribed(t *testing.T) {
	w := hookstest.New(t)
	d, err := hookstest.DescriptionOf(w.App)
	hookstest.Must(t, err)
	const counts, send = "/api/gonets/audience/count", "/api/gonets/mailings/x/send"
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	for _, c := range []struct {
		name, method, path, sent string
		status                   int
		header                   http.Header
		answer                   string
		isRight                  bool
	}{
		{"right", "POST", counts, `{"audience":"everyone"}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0,"sample":[]}`, true},
		{"another field", "POST", counts, `{}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0,"sample":[],"more":1}`, false},
		{"a field less", "POST", counts, `{}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0}`, false},
		{"null in place of a list", "POST", counts, `{}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0,"sample":null}`, false},
		{"another type of a request", "POST", counts, `{"lists":"x"}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0,"sample":[]}`, false},
		{"a bad request, refused", "POST", counts, `{"lists":"x"}`, 400, jsonBody, `{"status":400,"message":"No.","data":{}}`, true},
		{"another parameter", "POST", counts + "?page=1", `{}`, 200, jsonBody, `{"count":1,"capped":false,"suppressed":0,"sample":[]}`, false},
		{"another status", "POST", send, ``, 200, jsonBody, `{"id":"x","status":"running","total":1}`, false},
		{"another word", "POST", send, ``, 202, jsonBody, `{"id":"x","status":"flying","total":1}`, false},
		{"another code", "POST", send, ``, 409, jsonBody, `{"status":409,"message":"No.","data":{"mailing":{"code":"tired","message":"No."}}}`, false},
		{"a known code", "POST", send, ``, 409, jsonBody, `{"status":409,"message":"No.","data":{"mailing":{"code":"wrong_state","message":"No."}}}`, true},
		{"429 without Retry-After", "POST", send, ``, 429, jsonBody, `{"status":429,"message":"No.","data":{}}`, false},
		{"another media type", "POST", send, ``, 202, http.Header{"Content-Type": {"text/plain"}}, `ok`, false},
		{"PocketBase's own", "GET", "/api/settings", ``, 200, jsonBody, `{}`, true},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, c.path, nil)
		hookstest.Must(t, err)
		req.Header.Set("Content-Type", "application/json")
		if err := d.Check(req, []byte(c.sent), c.status, c.header, []byte(c.answer)); (err == nil) != c.isRight {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
