package hookstest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/pocketbase/pocketbase/core"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"gonets/hooks/openapi"
)

// Description is the description of the API, against which requests and answers are checked.
type Description struct {
	mux    *http.ServeMux
	routes map[string]*routers.Route // by pattern
	bodies bodySchemas
	// chosen are those for requests that choose fields: none is required.
	chosen func() (bodySchemas, error)
}

// described is the description of the application, made once: all have the same collections.
var described = struct {
	sync.Once
	*Description
	err error
}{}

// DescriptionOf is the description of an application's API.
func DescriptionOf(app core.App) (*Description, error) {
	described.Do(func() {
		var raw []byte
		if raw, described.err = openapi.Document(app); described.err == nil {
			described.Description, described.err = ParseDescription(raw)
		}
	})
	return described.Description, described.err
}

// ParseDescription reads a description. Answers must have no fields but those that it has.
func ParseDescription(raw []byte) (*Description, error) {
	var spec openapi3.T
	if err := json.Unmarshal(raw, &spec); err != nil { // the loader reads YAML, for which one long line takes a second
		return nil, fmt.Errorf("read the description of the API: %w", err)
	}
	if err := openapi3.NewLoader().ResolveRefsIn(&spec, nil); err != nil {
		return nil, fmt.Errorf("read the description of the API: %w", err)
	}
	d := &Description{mux: http.NewServeMux(), routes: map[string]*routers.Route{}}
	for path, item := range spec.Paths.Map() {
		for method, operation := range item.Operations() {
			pattern := method + " " + path
			d.routes[pattern] = &routers.Route{Spec: &spec, Path: path, PathItem: item, Method: method, Operation: operation}
			d.mux.Handle(pattern, http.NotFoundHandler())
		}
	}
	var err error
	d.bodies, err = newBodySchemas(raw, closed)
	d.chosen = sync.OnceValues(func() (bodySchemas, error) {
		return newBodySchemas(raw, func(schema map[string]any) { closed(schema); delete(schema, "required") })
	})
	return d, err
}

// Check returns what is wrong with an answer, and, if the request was accepted, with the request; nil for what is neither a route
// of ours nor a record.
func (d *Description) Check(req *http.Request, sent []byte, status int, header http.Header, answer []byte) error {
	if req.Method == http.MethodHead {
		return nil
	}
	req = req.Clone(req.Context())
	req.Body = http.NoBody // it was read
	_, pattern := d.mux.Handler(req)
	route := d.routes[pattern]
	if route == nil || !strings.HasPrefix(pattern, req.Method+" ") {
		return nil // TestEveryRouteIsDescribed finds the routes that ought to be
	}
	input := &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params(route.Path, req.URL.Path), Route: route,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, ExcludeRequestBody: true, ExcludeResponseBody: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	}
	bodies := d.bodies
	if req.URL.Query().Get("fields") != "" {
		var err error
		if bodies, err = d.chosen(); err != nil {
			return err
		}
	}
	if status < http.StatusMultipleChoices {
		if err := acceptable(input, bodies, sent); err != nil {
			return fmt.Errorf("the request was accepted: %w", err)
		}
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: status, Header: header, Options: input.Options}
	if err := openapi3filter.ValidateResponse(req.Context(), output); err != nil {
		return err
	}
	return expected(route, bodies, status, header, answer)
}

// acceptable returns what is wrong with a request.
func acceptable(input *openapi3filter.RequestValidationInput, bodies bodySchemas, sent []byte) error {
	if err := openapi3filter.ValidateRequest(input.Request.Context(), input); err != nil {
		return err
	}
	operation := input.Route.Operation
	for name := range input.Request.URL.Query() {
		if operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the parameter %s is not described", name)
		}
	}
	if len(sent) == 0 || !strings.HasPrefix(input.Request.Header.Get("Content-Type"), "application/json") || operation.RequestBody == nil {
		return nil
	}
	return bodies.check(sent, "paths", input.Route.Path, strings.ToLower(input.Route.Method), "requestBody", "content", "application/json", "schema")
}

// expected returns what is wrong with the body of an answer.
func expected(route *routers.Route, bodies bodySchemas, status int, header http.Header, answer []byte) error {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	response := route.Operation.Responses.Status(status)
	if len(answer) == 0 {
		return nil
	}
	if response.Value.Content.Get(kind) == nil {
		return fmt.Errorf("an answer %d of the type %q is not described", status, kind)
	}
	if kind != "application/json" { // files and pages
		return nil
	}
	if header.Get("Content-Encoding") == "gzip" {
		r, err := gzip.NewReader(bytes.NewReader(answer))
		if err != nil {
			return err
		}
		if answer, err = io.ReadAll(r); err != nil {
			return err
		}
	}
	at := []string{"paths", route.Path, strings.ToLower(route.Method), "responses", strconv.Itoa(status)}
	if response.Ref != "" {
		at = strings.Split(strings.TrimPrefix(response.Ref, "#/"), "/")
	}
	return bodies.check(answer, append(at, "content", kind, "schema")...)
}

// params are the values of the placeholders of a path.
func params(pattern, path string) map[string]string {
	values := map[string]string{}
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(pattern, "/") {
		if strings.HasPrefix(part, "{") && i < len(parts) {
			values[strings.Trim(part, "{}")] = parts[i]
		}
	}
	return values
}

// bodySchemas are the schemas of a description, each compiled when it is needed first. Safe for concurrent use.
type bodySchemas struct {
	*sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema // by JSON pointer (RFC 6901)
}

const descriptionURL = "https://gonets.example/openapi.json"

// newBodySchemas reads the schemas of a description, after change has changed those of all answers.
func newBodySchemas(raw []byte, change func(schema map[string]any)) (bodySchemas, error) {
	s := bodySchemas{Mutex: new(sync.Mutex), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return s, err
	}
	components := document.(map[string]any)["components"].(map[string]any)
	walk(components["responses"], change)
	for name, schema := range components["schemas"].(map[string]any) {
		if !strings.HasSuffix(name, "Input") && !strings.HasSuffix(name, "_input") {
			walk(schema, change)
		}
	}
	for _, item := range document.(map[string]any)["paths"].(map[string]any) {
		for _, operation := range item.(map[string]any) {
			walk(operation.(map[string]any)["responses"], change)
		}
	}
	return s, s.compiler.AddResource(descriptionURL, document)
}

// closed lets an object have only the fields that are described.
func closed(schema map[string]any) {
	if _, open := schema["additionalProperties"]; !open && schema["properties"] != nil {
		schema["additionalProperties"] = false
	}
}

// walk calls change for every schema of an object in a value.
func walk(value any, change func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		if v["type"] == "object" {
			change(v)
		}
		for key, inner := range v {
			if key != "example" && key != "examples" {
				walk(inner, change)
			}
		}
	case []any:
		for _, inner := range v {
			walk(inner, change)
		}
	}
}

// check compares JSON with the schema at a place of the description.
func (s bodySchemas) check(body []byte, at ...string) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	pointer := "#"
	for _, name := range at {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
	}
	s.Lock()
	defer s.Unlock()
	schema := s.compiled[pointer]
	if schema == nil {
		if schema, err = s.compiler.Compile(descriptionURL + pointer); err != nil {
			return err
		}
		s.compiled[pointer] = schema
	}
	return schema.Validate(value)
}

// check fails the test if the request or its answer is not as described.
func (w *World) check(t *testing.T, req *http.Request, sent []byte, rec *httptest.ResponseRecorder) {
	t.Helper()
	d, err := DescriptionOf(w.App)
	Must(t, err)
	if err := d.Check(req, sent, rec.Code, rec.Header(), rec.Body.Bytes()); err != nil {
		t.Errorf("%s %s: %d is not as described in hooks/openapi: %s\nsent %.300s\ngot %.1000s", req.Method, req.URL, rec.Code, firstLines(err), sent, rec.Body)
	}
}

// firstLines is the beginning of an error, without the whole schema that kin-openapi adds.
func firstLines(err error) string {
	lines := strings.Split(err.Error(), "\n")
	return strings.Join(slices.Compact(lines[:min(len(lines), 8)]), "\n")
}
