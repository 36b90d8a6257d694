// Package middleware bounds and completes what PocketBase does for every request: sizes of bodies and answers, filters,
// realtime connections, thumbnails, the answers to failures, and what is written to the log.
package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/formdata"
)

// Limits of the body of a request. PocketBase's own limits are those of the files of a collection, and it reads fields and
// JSON of that size into memory.
const maxBody int64 = 8 << 20 // bytes of a body that is no multipart form

var formLimits = formdata.Limits{
	Parts:      1000,
	FieldBytes: 4 << 20, // two texts of 500 000 characters of two bytes, and as much again
	HeldBytes:  256 << 10,
}

// FormMiddleware is the middleware that routes unbind which read a multipart form themselves.
const FormMiddleware = "gonetsForm"

// BindBodies bounds the bodies of all requests, PocketBase's own routes included, before anything is read.
func BindBodies(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(
			// Before PocketBase's, whose reader counts what is read again a second time.
			&hook.Handler[*core.RequestEvent]{Priority: apis.DefaultBodyLimitMiddlewarePriority - 1, Func: limitBody},
			&hook.Handler[*core.RequestEvent]{Priority: apis.DefaultBodyLimitMiddlewarePriority - 1, Func: readFormOnce},
			&hook.Handler[*core.RequestEvent]{Priority: apis.DefaultBodyLimitMiddlewarePriority + 2, Func: readForm, Id: FormMiddleware},
		)
		return e.Next()
	})
}

func hasForm(e *core.RequestEvent) bool {
	return strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/form-data")
}

// readFormOnce keeps PocketBase from storing the body of a form for a second reading: only its parts are read again.
func readFormOnce(e *core.RequestEvent) error {
	if kept, is := e.Request.Body.(*router.RereadableReadCloser); is && hasForm(e) {
		e.Request.Body = kept.ReadCloser
	}
	return e.Next()
}

// readForm reads a form within the limits; the handler finds it parsed. A body that is no form is left to the handler: not
// every route wants a body.
func readForm(e *core.RequestEvent) error {
	if !hasForm(e) || e.Request.MultipartForm != nil {
		return e.Next()
	}
	read, err := formdata.Parse(e.Request, formLimits)
	switch {
	case errors.Is(err, formdata.ErrTooLarge):
		return FormTooLong(fmt.Sprintf("The fields of the form are too many or too long: at most %d, and %d KB in all.", formLimits.Parts, formLimits.FieldBytes>>10))
	case errors.Is(err, apis.ErrRequestEntityTooLarge):
		return apis.ErrRequestEntityTooLarge
	case err != nil:
		return e.Next()
	}
	defer func() { _ = read.RemoveAll() }()              // files that remain are removed by tempdir
	for _, payload := range read.Value["@jsonPayload"] { // which PocketBase takes for fields
		counter := valueCounter{json: true}
		if !counter.count([]byte(payload)) {
			return tooManyValues()
		}
	}
	return e.Next()
}

// BodyLimit bounds the bodies of a route, forms included, in place of PocketBase's own limit. The answer names the limit.
func BodyLimit(bytes int64) *hook.Handler[*core.RequestEvent] {
	limit := apis.BodyLimit(bytes)
	check := limit.Func
	limit.Func = func(e *core.RequestEvent) error {
		err := check(e)
		if errors.Is(err, apis.ErrRequestEntityTooLarge) {
			return BodyTooLarge(bytes)
		}
		return err
	}
	return limit
}

// formLimit is how many bytes a multipart form may have where the route does not say it: PocketBase's own limits.
func formLimit(e *core.RequestEvent) int64 {
	if e.Request.URL.Path == "/api/batch" && e.App.Settings().Batch.MaxBodySize > 0 {
		return e.App.Settings().Batch.MaxBodySize
	}
	limit := apis.DefaultMaxBodySize
	if c, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection")); err == nil {
		for _, field := range c.Fields {
			if files, ok := field.(core.MaxBodySizeCalculator); ok {
				limit += files.CalculateMaxBodySize()
			}
		}
	}
	return limit
}

// FormTooLong refuses a form with 413 fields_too_large.
func FormTooLong(message string) error {
	return apis.NewApiError(http.StatusRequestEntityTooLarge, message, request.Refuse("form", "fields_too_large", message))
}
