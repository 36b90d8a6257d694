package operator

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
	"gonets/internal/doctor"
)

// BindServers adds GET /api/gonets/senders/status for superusers: how each mail server does now. The sender "" is PocketBase's own mail
// settings.
func BindServers(app core.App, engine *delivery.Engine) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/senders/status", func(e *core.RequestEvent) error {
			servers, err := doctor.Servers(e.Request.Context(), e.App, engine)
			if err == nil {
				err = doctor.AddAnswers(e.Request.Context(), e.App, servers)
			}
			if err != nil {
				return e.InternalServerError("", err)
			}
			e.Response.Header().Set("Cache-Control", "private, no-store")
			return e.JSON(http.StatusOK, map[string]any{"sending": engine.State().Sending, "servers": servers})
		}).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}
