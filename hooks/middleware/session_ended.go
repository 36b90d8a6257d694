package middleware

import "github.com/pocketbase/pocketbase/core"

// sessionHeader tells a browser that the session it came with holds no longer. PocketBase takes whoever
// has a token that is void (signed out everywhere, blocked, another password) for a guest, and answers
// a guest's question about records with an empty list: the page would show that everything is gone.
const sessionHeader = "Gonets-Session"

// BindSessionEnded marks answers to requests whose token is void.
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
