package openapi_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/hooks/openapi"
)

func TestTheDocumentIsValid(t *testing.T) {
	w := hookstest.New(t, openapi.Bind)
	a := w.Get(t, hookstest.Anonymous, openapi.Path)
	if a.Code != 200 {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	doc, err := openapi3.NewLoader().LoadFromData(a.Body.Bytes())
	hookstest.Must(t, err)
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if path := os.Getenv("OPENAPI_OUT"); path != "" {
		var v any
		hookstest.Must(t, json.Unmarshal(a.Body.Bytes(), &v))
		raw, _ := json.MarshalIndent(v, "", " ")
		hookstest.Must(t, os.WriteFile(path, raw, 0o600))
	}
	_ = reflect.TypeOf(core.App(nil))
	_ = strings.ToLower
}
