package incoming

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/internal/feedback"
	"gonets/internal/intake"
	"gonets/internal/webhook"
)

const (
	// hookBodyTime is how long the body of a report may take: it is at most 2 MB.
	hookBodyTime = 30 * time.Second
	// retryReports is when a provider is asked to send again what could not be taken now, in seconds. Most do by themselves.
	retryReports = "60"
)

// BindBounceHooks adds POST /hooks/{provider}/{key}, by which mail providers report bounces and complaints: the key says who
// calls, and the signature that it is the provider. POST /api/gonets/bounce_hooks/{id}/test is for superusers.
func BindBounceHooks(app core.App, hooks *intake.Hooks) {
	r := hookRoute{hooks}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		// The body is limited by the handler, which looks at the key first.
		e.Router.POST(middleware.HookPath, r.take).Unbind(apis.DefaultBodyLimitMiddlewareId, middleware.FormMiddleware)
		e.Router.POST("/api/gonets/bounce_hooks/{id}/test", tried(hooks.Probe)).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}

// Reports is how many reports of a call were taken, or had been taken before.
type Reports struct {
	Reports int `json:"reports"`
}

type hookRoute struct{ hooks *intake.Hooks }

func (r hookRoute) take(e *core.RequestEvent) error {
	hook, err := r.hooks.Open(e.Request.Context(), e.Request.PathValue("provider"), e.Request.PathValue("key"))
	switch {
	case errors.Is(err, intake.ErrUnknownHook):
		return e.NotFoundError("There is no such webhook.", nil)
	case errors.Is(err, intake.ErrBusy):
		e.Response.Header().Set("Retry-After", retryReports)
		return e.TooManyRequestsError("Too many reports at once: send this one again later.", nil)
	case err != nil:
		return e.InternalServerError("", err)
	}
	defer hook.Close()
	if hook.IsProbe(e.Request.Header) {
		return e.NoContent(http.StatusNoContent)
	}

	body, err := readReport(e)
	if err == nil {
		var taken int
		taken, err = hook.Take(e.Request.Context(), webhook.Request{Header: e.Request.Header, Body: body, At: time.Now()})
		if err == nil {
			return e.JSON(http.StatusOK, Reports{taken})
		}
	}
	switch {
	case errors.Is(err, webhook.ErrSignature):
		return e.UnauthorizedError("The signature is wrong, too old, or missing.", nil)
	case errors.Is(err, webhook.ErrTooLarge):
		return e.Error(http.StatusRequestEntityTooLarge, "A report has at most 2 MB and 1000 events.", nil)
	case errors.Is(err, webhook.ErrMalformed):
		return e.BadRequestError("The report cannot be read.", nil)
	case errors.Is(err, webhook.ErrUnavailable), errors.Is(err, feedback.ErrLater):
		e.Response.Header().Set("Retry-After", retryReports)
		return e.Error(http.StatusServiceUnavailable, "The report cannot be taken now: send it again later.", nil)
	}
	return e.InternalServerError("", err)
}

// readReport reads the body within its limits. The error is webhook.ErrTooLarge, or webhook.ErrMalformed for a body that broke
// off.
func readReport(e *core.RequestEvent) ([]byte, error) {
	if e.Request.ContentLength > webhook.MaxBody {
		return nil, webhook.ErrTooLarge
	}
	_ = http.NewResponseController(e.Response).SetReadDeadline(time.Now().Add(hookBodyTime)) // tests have none
	body, err := io.ReadAll(io.LimitReader(e.Request.Body, webhook.MaxBody+1))
	switch {
	case err != nil:
		return nil, webhook.ErrMalformed
	case len(body) > webhook.MaxBody:
		return nil, webhook.ErrTooLarge
	}
	return body, nil
}
