package middleware

import (
	"net/http"
	"net/url"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// RateLimitAs makes PocketBase's rate limiter count the requests of a route under another path without an id: its labels are
// paths without placeholders. The limit itself is a setting.
func RateLimitAs(path string) []*hook.Handler[*core.RequestEvent] {
	const key = "gonets/limited"
	return []*hook.Handler[*core.RequestEvent]{
		{
			Priority: apis.DefaultRateLimitMiddlewarePriority - 1,
			Func: func(e *core.RequestEvent) error {
				e.Set(key, e.Request)
				other := *e.Request
				other.URL = &url.URL{Path: path}
				e.Request = &other
				return e.Next()
			},
		},
		{
			Priority: apis.DefaultRateLimitMiddlewarePriority + 1,
			Func: func(e *core.RequestEvent) error {
				e.Request = e.Get(key).(*http.Request)
				return e.Next()
			},
		},
	}
}
