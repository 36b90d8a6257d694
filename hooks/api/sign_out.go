package api

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/realtime"
)

// BindSignOut adds POST /api/gonets/sign-out-everywhere: every session of the user who asks ends, the
// one that asks too. Links of earlier mails to the user (verification, reset, change of address) are
// void with them, because they are signed with the same key.
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
	// First of all: PocketBase takes the user's name off these connections when the key changes.
	realtime.Disconnect(e.App, user.Id)
	user.RefreshTokenKey()
	if err := e.App.Save(user); err != nil {
		return e.InternalServerError("The sessions could not be ended.", err)
	}
	return e.NoContent(http.StatusNoContent)
}
