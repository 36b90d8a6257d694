package middleware

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"
)

// soon is the Retry-After, in seconds, of answers that do not know better.
const soon = 30

// BindRetryAfter says when to ask again in every answer 429 and 503 (RFC 9110 § 10.2.3) whose handler does not say it: PocketBase's
// rate limiter never does.
func BindRetryAfter(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id:       "gonetsRetryAfter",
			Priority: apis.DefaultPanicRecoverMiddlewarePriority + 2, // around the rate limiter
			Func: func(e *core.RequestEvent) error {
				err := e.Next()
				var refused *router.ApiError
				if !errors.As(err, &refused) || e.Written() || e.Response.Header().Get("Retry-After") != "" {
					return err
				}
				if refused.Status == http.StatusTooManyRequests || refused.Status == http.StatusServiceUnavailable {
					e.Response.Header().Set("Retry-After", strconv.FormatInt(seconds(e, refused), 10))
				}
				return err
			},
		})
		return e.Next()
	})
}

// seconds is after how many seconds a request that was refused may be repeated. The rate limiter counts in windows of its rules;
// which rule it was it does not say, so it is the longest that may concern the path.
func seconds(e *core.RequestEvent, refused *router.ApiError) int64 {
	cause, _ := refused.RawData().(error)
	if cause == nil || !strings.HasPrefix(cause.Error(), "triggered rate limit rule") {
		return soon
	}
	longest := int64(1)
	ofRecords := strings.HasPrefix(e.Request.URL.Path, "/api/collections/")
	for _, rule := range e.App.Settings().RateLimits.Rules {
		_, path, hasMethod := strings.Cut(rule.Label, " ")
		if !hasMethod {
			path = rule.Label
		}
		isAction := !strings.Contains(path, "/") // such as users:create
		if isAction && ofRecords || !isAction && strings.HasPrefix(e.Request.URL.Path, path) {
			longest = max(longest, rule.Duration)
		}
	}
	return longest
}
