package hooks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
)

// Bytes of a body that is not a form with files.
const (
	smallBody  = 64 << 10  // a sign-in, a registration, a confirmation; whatever a guest sends
	usualBody  = 256 << 10 // our routes: a thousand picked clients, a connection's subscriptions
	recordBody = 8 << 20   // a record of who is signed in: a message with a body and a text of 500 000 characters each
	noLimit    = 0         // nobody reads it, or the route has a limit of its own
	batchBody  = 128 << 20 // PocketBase's, when the settings have none; batches are off unless somebody turns them on
)

// The shape of JSON that is read: each value takes far more memory than it has bytes.
const (
	maxDepth  = 100
	maxValues = 50_000
)

// maxQuery is how long the query of an address may be, in bytes: a filter of some thousand characters, escaped.
const maxQuery = 32 << 10

// maxParam is how long a parameter of our routes may be, in bytes; filters have limits of their own.
const maxParam = 1000

// bindRequestLimits looks at the size and shape of requests before anything reads them. PocketBase reads bodies of
// 32 MB on every route, from guests and on GET too, and makes maps and lists of what is in them. Superusers are
// exempt.
func bindRequestLimits(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "gonetsRequestLimits",
			Priority: apis.DefaultBodyLimitMiddlewarePriority - 1, // whose reader counts what is read again a second time
			Func: func(e *core.RequestEvent) error {
				if e.HasSuperuserAuth() {
					return e.Next()
				}
				if len(e.Request.URL.RawQuery) > maxQuery {
					return apis.NewApiError(http.StatusRequestURITooLong, "The address of the request is too long.", nil)
				}
				if err := checkParams(e); err != nil {
					return err
				}
				if err := checkBody(e.Request, bodyLimit(e)); err != nil {
					return err
				}
				return e.Next()
			},
		})
		return e.Next()
	})
}

// checkParams refuses long parameters: a search string is looked for in every row.
func checkParams(e *core.RequestEvent) error {
	if !strings.HasPrefix(e.Request.URL.Path, "/api/gonets/") {
		return nil
	}
	for name, values := range e.Request.URL.Query() {
		for _, value := range values {
			if name != "filter" && len(value) > maxParam {
				message := fmt.Sprintf("A parameter has at most %d bytes.", maxParam)
				return e.BadRequestError(message, refuse(name, "too_long", message))
			}
		}
	}
	return nil
}

// bodyLimit is how many bytes the body of a request may have. Forms with files have limits of their own.
func bodyLimit(e *core.RequestEvent) int64 {
	path := e.Request.URL.Path
	switch {
	case strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/"):
		return noLimit
	case strings.HasPrefix(path, "/api/gonets/messages/"):
		return maxDraftBytes
	case strings.HasPrefix(path, "/api/gonets/"), path == "/api/realtime":
		return usualBody
	case path == "/api/batch" && e.Auth != nil:
		if most := e.App.Settings().Batch.MaxBodySize; most > 0 {
			return most
		}
		return batchBody
	case strings.HasPrefix(path, "/api/collections/") && strings.Contains(path, "/records") && e.Auth != nil:
		return recordBody
	case strings.HasPrefix(path, "/api/"):
		return smallBody
	default:
		return noLimit // pages, and POST /u/{token}
	}
}

// checkBody reads a body to see that it is as short and as simple as it has to be, and leaves it to be read again.
func checkBody(r *http.Request, limit int64) error {
	body, ok := r.Body.(router.Rereader)
	if !ok || r.ContentLength == 0 || limit == noLimit {
		return nil
	}
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	var shape jsonShape
	n, err := shape.read(bufio.NewReader(io.LimitReader(r.Body, limit+1)), strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"))
	switch {
	case errors.Is(err, errShape):
		message := fmt.Sprintf("The request holds more than %d values, or values more than %d levels deep.", maxValues, maxDepth)
		return apis.NewBadRequestError(message, refuse("request", "request_too_complex", message))
	case err != nil:
		return apis.NewBadRequestError("The request could not be read.", err)
	case n > limit:
		return tooLarge(limit)
	}
	body.Reread()
	return nil
}

func tooLarge(limit int64) error {
	message := fmt.Sprintf("The request is too large: at most %d KB.", limit>>10)
	return apis.NewApiError(http.StatusRequestEntityTooLarge, message, refuse("request", "request_too_large", message))
}

var errShape = errors.New("the JSON is too deep, or has too many values")

// jsonShape counts the values and levels of JSON without making anything of it. Whether it is JSON at all is seen
// by who decodes it.
type jsonShape struct {
	depth, values    int
	quoted, escaping bool
}

// read reads to the end and returns how many bytes there were. Its error is errShape, for JSON only, or the reader's.
func (s *jsonShape) read(r *bufio.Reader, isJSON bool) (int64, error) {
	n := int64(0)
	for {
		b, err := r.ReadByte()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n++
		if isJSON && !s.take(b) {
			return n, errShape
		}
	}
}

// take reads one byte; false when the limits are passed.
func (s *jsonShape) take(b byte) bool {
	switch {
	case s.escaping:
		s.escaping = false
	case s.quoted:
		s.escaping = b == '\\'
		s.quoted = b != '"'
	case b == '"':
		s.quoted = true
	case b == '{' || b == '[':
		s.depth++
		s.values++
	case b == '}' || b == ']':
		s.depth--
	case b == ',':
		s.values++
	}
	return s.depth <= maxDepth && s.values <= maxValues
}
