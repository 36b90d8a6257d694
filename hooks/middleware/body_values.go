package middleware

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
)

// How many values the body of a request may have, and how deep they may be nested. A value of three bytes takes a hundred
// bytes of memory.
const (
	maxValues = 100_000
	maxDepth  = 100
)

// valueCounter counts the values of JSON and its depth, or the fields of a form in a body that is no JSON.
type valueCounter struct {
	json              bool
	inString, escaped bool
	values, depth     int
}

// count reads the next bytes and reports whether the values so far are within the limits.
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
		case b == ',':
			c.values++
		case b == '[', b == '{':
			c.values++
			if c.depth++; c.depth > maxDepth {
				return false
			}
		case b == ']', b == '}':
			c.depth--
		}
	}
	return c.values <= maxValues
}

// checkBody checks the size and the number of values of a body that is no multipart form. It can be read again afterwards.
func checkBody(r *http.Request, limit int64) error {
	body, ok := r.Body.(router.Rereader)
	if !ok || r.ContentLength == 0 {
		return nil
	}
	if r.ContentLength > limit {
		return BodyTooLarge(limit)
	}
	kind := r.Header.Get("Content-Type")
	counter := valueCounter{json: strings.HasPrefix(kind, "application/json")}
	counted := counter.json || strings.HasPrefix(kind, "application/x-www-form-urlencoded")
	in := bufio.NewReader(r.Body)
	for read := int64(0); ; {
		p, err := in.Peek(1)
		if len(p) > 0 {
			p, _ = in.Peek(in.Buffered())
			if read += int64(len(p)); read > limit {
				return BodyTooLarge(limit)
			}
			if counted && !counter.count(p) {
				return tooManyValues()
			}
			_, _ = in.Discard(len(p))
		}
		if errors.Is(err, io.EOF) {
			body.Reread()
			return nil
		}
		if err != nil {
			return apis.NewBadRequestError("The request could not be read.", err)
		}
	}
}

// BodyTooLarge refuses a body of more than limit bytes with 413 body_too_large.
func BodyTooLarge(limit int64) error {
	message := fmt.Sprintf("The body of the request is too large: at most %d KB.", limit>>10)
	return apis.NewApiError(http.StatusRequestEntityTooLarge, message, request.Refuse("body", "body_too_large", message))
}

func tooManyValues() error {
	message := fmt.Sprintf("The body of the request has more than %d values, or values more than %d levels deep.", maxValues, maxDepth)
	return apis.NewApiError(http.StatusRequestEntityTooLarge, message, request.Refuse("body", "too_many_values", message))
}

// limitBody bounds bodies that are no multipart form.
func limitBody(e *core.RequestEvent) error {
	if !hasForm(e) && !strings.HasSuffix(e.Request.Pattern, HookPath) {
		if err := checkBody(e.Request, bodyLimit(e)); err != nil {
			return err
		}
	}
	err := e.Next()
	if errors.Is(err, apis.ErrRequestEntityTooLarge) {
		return BodyTooLarge(formLimit(e))
	}
	return err
}
