package hookstest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Answer is what came back: the status and the body, decoded and as text.
type Answer struct {
	Status int
	Header http.Header
	Text   string
	Body   map[string]any
}

// Items are the records of a list.
func (a Answer) Items() []map[string]any {
	var all []map[string]any
	list, _ := a.Body["items"].([]any)
	for _, item := range list {
		all = append(all, item.(map[string]any))
	}
	return all
}

// ID is the id of the record that came back.
func (a Answer) ID() string { s, _ := a.Body["id"].(string); return s }

// Code is the code of a field's error, "" when there is none.
func (a Answer) Code(field string) string {
	data, _ := a.Body["data"].(map[string]any)
	detail, _ := data[field].(map[string]any)
	s, _ := detail["code"].(string)
	return s
}

// Ask sends a request as somebody. A body that is no form and no io.Reader goes as JSON.
func (w *World) Ask(t *testing.T, who, method, path string, body any, headers ...string) Answer {
	t.Helper()
	return Decoded(w.send(t, t.Context(), who, method, path, body, headers...))
}

// AskWithin is Ask with the context of the request, which ends when the client leaves.
func (w *World) AskWithin(t *testing.T, ctx context.Context, who, method, path string, body any) Answer {
	t.Helper()
	return Decoded(w.send(t, ctx, who, method, path, body))
}

// Expect is Ask with the status that must come back.
func (w *World) Expect(t *testing.T, status int, who, method, path string, body any, headers ...string) Answer {
	t.Helper()
	a := w.Ask(t, who, method, path, body, headers...)
	if a.Status != status {
		t.Errorf("%s %s %s: got %d, want %d: %s", who, method, path, a.Status, status, a.Text)
	}
	return a
}

// RefusedForNow sends a request that must be answered with 429 and with when to come back.
func (w *World) RefusedForNow(t *testing.T, who, method, path string, body any) Answer {
	t.Helper()
	rec := w.send(t, t.Context(), who, method, path, body)
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") == "" {
		t.Errorf("%s %s %s: %d %v %s", who, method, path, rec.Code, rec.Header(), rec.Body)
	}
	return Decoded(rec)
}

// Get sends a GET request as somebody and returns all that came back.
func (w *World) Get(t *testing.T, who, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return w.Send(t, who, http.MethodGet, path, headers...)
}

// Send is Get with another method.
func (w *World) Send(t *testing.T, who, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return w.send(t, t.Context(), who, method, path, nil, headers...)
}

func (w *World) send(t *testing.T, ctx context.Context, who, method, path string, body any, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	var reader io.Reader
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
	case *Form:
		reader, contentType = &b.Body, b.ContentType
	case io.Reader:
		reader = b
	default:
		raw, err := json.Marshal(b)
		Must(t, err)
		reader = bytes.NewReader(raw)
	}
	var sent bytes.Buffer
	if reader != nil {
		reader = io.TeeReader(reader, &sent)
	}
	req := httptest.NewRequestWithContext(ctx, method, path, reader)
	req.Header.Set("Content-Type", contentType)
	if token := w.Tokens[who]; token != "" {
		req.Header.Set("Authorization", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, req)
	w.check(t, req, sent.Bytes(), rec)
	return rec
}

// Decoded is an answer that was recorded.
func Decoded(rec *httptest.ResponseRecorder) Answer {
	a := Answer{Status: rec.Code, Header: rec.Header(), Text: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &a.Body)
	return a
}

// Form is a multipart body.
type Form struct {
	Body        bytes.Buffer
	ContentType string
}

// FileForm is a form of one file.
func FileForm(t *testing.T, field, name string, content []byte) *Form {
	t.Helper()
	return FieldsForm(t, nil, [3]string{field, name, string(content)})
}

// FieldsForm is a form of fields (name, value), and then of files (field, name, content).
func FieldsForm(t *testing.T, fields [][2]string, files ...[3]string) *Form {
	t.Helper()
	f := &Form{}
	m := multipart.NewWriter(&f.Body)
	for _, field := range fields {
		Must(t, m.WriteField(field[0], field[1]))
	}
	for _, file := range files {
		part, err := m.CreateFormFile(file[0], file[1])
		Must(t, err)
		_, err = part.Write([]byte(file[2]))
		Must(t, err)
	}
	Must(t, m.Close())
	f.ContentType = m.FormDataContentType()
	return f
}

// Unzipped is a body in gzip as it was before.
func Unzipped(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if got := rec.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("content encoding %q, want gzip", got)
	}
	r, err := gzip.NewReader(rec.Body)
	Must(t, err)
	body, err := io.ReadAll(r)
	Must(t, err)
	return string(body)
}

// Field is a field of the answer.
func (a Answer) Field(field string) string { s, _ := a.Body[field].(string); return s }

// By returns the objects of a list of the answer by one of their fields.
func (a Answer) By(t *testing.T, list, field string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	objects, ok := a.Body[list].([]any)
	if !ok {
		t.Fatalf("no %s: %s", list, a.Text)
	}
	for _, object := range objects {
		fields := object.(map[string]any)
		all[fields[field].(string)] = fields
	}
	return all
}
