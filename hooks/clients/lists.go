package clients

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/audience"
)

// BindLists adds GET /api/gonets/lists/counts.
func BindLists(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/lists/counts", countOnLists).Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		return e.Next()
	})
}

// countOnLists says how many are on each list of an owner, or of everybody for those who may see that.
func countOnLists(e *core.RequestEvent) error {
	owner := e.Request.URL.Query().Get("owner")
	if owner != "" || request.IsUser(e.Auth) && !request.IsManager(e.Auth) {
		user, err := readableOwner(e)
		if err != nil {
			return err
		}
		owner = user.Id
	}
	counts, err := audience.OnLists(e.Request.Context(), e.App, owner)
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, counts)
}
