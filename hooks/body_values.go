package hooks

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// maxValues is how many values the body of a request may have. One of three bytes takes a hundred in memory.
const maxValues = 100_000

// valueCounter counts the values of JSON, or the fields of a form in a body that is no JSON.
type valueCounter struct {
	json              bool
	inString, escaped bool
	values            int
}

// count counts what is in the next bytes and reports whether there are not too many values so far.
func (c *valueCounter) count(p []byte) (ok bool) {
	if !c.json {
		c.values += bytes.Count(p, []byte("&"))
		return c.values <= maxValues
	}
	for _, b := range p {
		switch {
		case c.escaped:
			c.escaped = false
		case c.inString:
			c.inString, c.escaped = b != '"', b == '\\'
		case b == '"':
			c.inString = true
		case b == ',', b == '[', b == '{':
			c.values++
		}
	}
	return c.values <= maxValues
}

// countedBody fails when the body has too many values, before they are read into memory.
type countedBody struct {
	io.ReadCloser
	counter valueCounter
}

// limitValues bounds the values of a body that is no multipart form.
func limitValues(e *core.RequestEvent) {
	kind := e.Request.Header.Get("Content-Type")
	json := strings.HasPrefix(kind, "application/json")
	if json || strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		e.Request.Body = &countedBody{e.Request.Body, valueCounter{json: json}}
	}
}

// Read implements io.Reader.
func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if !c.counter.count(p[:n]) {
		return 0, tooManyValues()
	}
	return n, err
}

// Reread implements router.Rereader: PocketBase reads some bodies twice.
func (c *countedBody) Reread() {
	c.counter = valueCounter{json: c.counter.json}
	if body, is := c.ReadCloser.(router.Rereader); is {
		body.Reread()
	}
}

func tooManyValues() error {
	const message = "The body of the request has too many values."
	return apis.NewApiError(http.StatusRequestEntityTooLarge, message, refuse("body", "too_many_values", message))
}
