package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// client talks to the HTTP API, as somebody or, without a token, as anybody.
type client struct {
	t     *testing.T
	ctx   context.Context
	base  string // "http://127.0.0.1:40123"
	token string
	id    string // of the signed-in record
	email string
	// header is sent along with every request, over what the request says itself.
	header http.Header
	// through makes the requests; nil is the usual way.
	through *http.Client
}

// way is what makes the requests.
func (c *client) way() *http.Client { return cmp.Or(c.through, http.DefaultClient) }

// reply is what the API answered.
type reply struct {
	t       *testing.T
	request string // for messages: "POST /api/…"
	status  int
	header  http.Header
	body    []byte
}

// problem is PocketBase's shape of an error.
type problem struct {
	Status  int            `json:"status"`
	Message string         `json:"message"`
	Data    map[string]any `json:"data"`
}

// object is a JSON object to send.
type object = map[string]any

func (c *client) get(path string) reply {
	c.t.Helper()
	return c.send(http.MethodGet, path, nil, "")
}

func (c *client) delete(path string) reply {
	c.t.Helper()
	return c.send(http.MethodDelete, path, nil, "")
}

// post sends JSON, or nothing when body is nil.
func (c *client) post(path string, body any) reply {
	c.t.Helper()
	return c.json(http.MethodPost, path, body)
}

func (c *client) patch(path string, body any) reply {
	c.t.Helper()
	return c.json(http.MethodPatch, path, body)
}

func (c *client) json(method, path string, body any) reply {
	c.t.Helper()
	if body == nil {
		return c.send(method, path, nil, "")
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(method, path, bytes.NewReader(encoded), "application/json")
}

// upload sends a form with a file.
func (c *client) upload(path string, fields map[string]string, name string, content []byte) reply {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range fields {
		if err := form.WriteField(field, value); err != nil {
			c.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(http.MethodPost, path, &body, form.FormDataContentType())
}

// with is the same client with one more header field on its requests.
func (c *client) with(name, value string) *client {
	other := *c
	if other.header = c.header.Clone(); other.header == nil {
		other.header = make(http.Header)
	}
	other.header.Set(name, value)
	return &other
}

func (c *client) send(method, path string, body io.Reader, contentType string) reply {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.ctx, method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		request.Header.Set("Authorization", c.token)
	}
	for name, values := range c.header {
		request.Header[name] = values
	}
	return c.perform(request)
}

func (c *client) perform(request *http.Request) reply {
	c.t.Helper()
	name := request.Method + " " + request.URL.RequestURI()
	answer, err := c.way().Do(request)
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s: read the answer: %v", name, err)
	}
	r := reply{t: c.t, request: name, status: answer.StatusCode, header: answer.Header, body: content}
	c.isDescribed(request, r)
	return r
}

// want fails the test unless the status is one of these.
func (r reply) want(statuses ...int) reply {
	r.t.Helper()
	for _, status := range statuses {
		if r.status == status {
			return r
		}
	}
	r.t.Fatalf("%s answered %d, want %v: %s", r.request, r.status, statuses, r.body)
	return r
}

// into decodes a JSON answer.
func (r reply) into(target any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, target); err != nil {
		r.t.Fatalf("%s: %v in %.500s", r.request, err, r.body)
	}
}

// id is the id of the record in the answer.
func (r reply) id() string {
	r.t.Helper()
	var record struct{ ID string }
	r.into(&record)
	if record.ID == "" {
		r.t.Fatalf("%s: no id in %.500s", r.request, r.body)
	}
	return record.ID
}

// problem decodes an error and checks that it has PocketBase's shape and says something.
func (r reply) problem() problem {
	r.t.Helper()
	var p problem
	r.into(&p)
	if p.Status != r.status || strings.TrimSpace(p.Message) == "" || p.Data == nil {
		r.t.Fatalf("%s: not the shape of an error: %s", r.request, r.body)
	}
	return p
}

// as is the same client with another sign-in.
func (c *client) as(signedIn signedIn) *client {
	other := *c
	other.token, other.id, other.email = signedIn.Token, signedIn.Record.ID, signedIn.Record.Email
	return &other
}

// in is the same client for a subtest.
func (c *client) in(t *testing.T) *client {
	other := *c
	other.t = t
	return &other
}

// signedIn is PocketBase's answer to a sign-in.
type signedIn struct {
	Token  string `json:"token"`
	Record struct {
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"record"`
}

// signIn asks for a token of a collection of users.
func (c *client) signIn(collection, email, password string) reply {
	c.t.Helper()
	return c.post("/api/collections/"+collection+"/auth-with-password", object{"identity": email, "password": password})
}
