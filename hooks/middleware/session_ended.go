package middleware

import "github.com/pocketbase/pocketbase/core"

// sessionHeader tells a browser that its session has ended. PocketBase treats a request with an invalid token (signed out
// everywhere, blocked, another password) as one of a guest, and lists no records for guests: the page would look as if
// everything was deleted.
const sessionHeader = "Gonets-Session"

// BindSessionEnded marks answers to requests with an invalid token.
func BindSessionEnded(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.Auth == nil && r.Request.Header.Get("Authorization") != "" {
				r.Response.Header().Set(sessionHeader, "ended")
			}
			return r.Next()
		})
		return e.Next()
	})
}
