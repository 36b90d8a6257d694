package middleware

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"gonets/hooks/request"
)

// GuestBody is how many bytes a body may have that a guest sends: a sign-in, a registration, a form, a confirmation. For multipart
// forms a route says so by BodyLimit.
const GuestBody = 64 << 10

// Bytes of a body that is no multipart form, where it is less than maxBody.
const (
	topicsBody = 256 << 10 // the subscriptions of a connection
	callBody   = 16 << 20  // a transactional e-mail with one of the largest attachments in base64
	usualBody  = 2 << 20   // our routes; far more than they need, so that they can answer which list is too long
)

// maxQuery is how long the query of an address may be, in bytes: a filter of some thousand characters, escaped.
const maxQuery = 32 << 10

// maxParam is how long a parameter of our routes may be, in bytes; filters have limits of their own.
const maxParam = 1000

// HookPath is the route by which mail providers report. It limits its bodies itself, after it has looked at the key.
const HookPath = "/hooks/{provider}/{key}"

// BindRequestLimits checks the addresses of requests before they are handled. Superusers are exempt.
func BindRequestLimits(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Priority: apis.DefaultBodyLimitMiddlewarePriority - 2,
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
				return e.Next()
			},
		})
		return e.Next()
	})
}

// checkParams refuses long parameters: a search text is compared with every row.
func checkParams(e *core.RequestEvent) error {
	if !strings.HasPrefix(e.Request.URL.Path, "/api/gonets/") {
		return nil
	}
	for name, values := range e.Request.URL.Query() {
		for _, value := range values {
			if name != "filter" && len(value) > maxParam {
				message := fmt.Sprintf("A parameter has at most %d bytes.", maxParam)
				return e.BadRequestError(message, request.Refuse(name, "too_long", message))
			}
		}
	}
	return nil
}

// bodyLimit is how many bytes the body of a request may have that is no multipart form.
func bodyLimit(e *core.RequestEvent) int64 {
	path := e.Request.URL.Path
	switch {
	case e.Auth != nil && path == "/api/gonets/transactional":
		return callBody
	case e.HasSuperuserAuth(), e.Auth != nil && strings.HasPrefix(path, "/api/gonets/messages/"):
		return maxBody
	case path == "/api/realtime":
		return topicsBody
	case e.Auth != nil && strings.HasPrefix(path, "/api/gonets/"):
		return usualBody
	case e.Auth != nil && (path == "/api/batch" || strings.HasPrefix(path, "/api/collections/") && strings.Contains(path, "/records")):
		return maxBody
	default:
		return GuestBody
	}
}
