package api

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/realtime"
)

// BindSignOut adds POST /api/gonets/sign-out-everywhere: it ends all sessions of the user, the one
// of the request too. Links of earlier e-mails to the user (verification, reset, change of address) become invalid as well,
// because they are signed with the same key.
func BindSignOut(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/sign-out-everywhere", signOutEverywhere).Bind(apis.RequireAuth("users"))
		return e.Next()
	})
}

func signOutEverywhere(e *core.RequestEvent) error {
	// The record of the session may be older than the database's.
	user, err := e.App.FindRecordById("users", e.Auth.Id)
	if err != nil {
		return e.NotFoundError("There is no such user.", err)
	}
	// First: PocketBase removes the user from these connections when the key changes.
	realtime.Disconnect(e.App, user.Id)
	user.RefreshTokenKey()
	if err := e.App.Save(user); err != nil {
		return e.InternalServerError("The sessions could not be ended.", err)
	}
	return e.NoContent(http.StatusNoContent)
}
