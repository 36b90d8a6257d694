package middleware

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"gonets/hooks/request"
	"gonets/internal/parallel"
)

// maxParallel is how many exports, previews and reports of one user may run at the same time.
const maxParallel = 4

// retryAfter is the Retry-After of TooMany.
const retryAfter = 5 * time.Second

// LimitParallel bounds how many requests of a user are answered at the same time, on all routes of the
// application that it is bound to. It must come after the middleware that requires a signed-in user. One request
// too many is answered with 429.
func LimitParallel(app core.App) *hook.Handler[*core.RequestEvent] {
	l := app.Store().GetOrSet("gonets/parallel", func() any { return parallel.New(maxParallel) }).(*parallel.Limit)
	return &hook.Handler[*core.RequestEvent]{
		Func: func(e *core.RequestEvent) error {
			done, ok := l.Begin(e.Auth.Id)
			if !ok {
				return TooMany(e, "request", "too_many_at_once",
					"Too many exports, previews and reports are under way: wait until one of them is over.")
			}
			defer done()
			return e.Next()
		},
	}
}

// TooMany answers 429 and says when to ask again.
func TooMany(e *core.RequestEvent, field, code, message string) error {
	e.Response.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	return apis.NewApiError(http.StatusTooManyRequests, message, request.Refuse(field, code, message))
}
