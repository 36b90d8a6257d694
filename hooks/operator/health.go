package operator

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
	"gonets/internal/doctor"
)

// BindHealth adds GET /api/gonets/health for superusers.
func BindHealth(app core.App, engine *delivery.Engine) {
	health := doctor.NewHealth(app, engine)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/health", func(e *core.RequestEvent) error {
			e.Response.Header().Set("Cache-Control", "private, no-store")
			return e.JSON(http.StatusOK, health.Report(e.Request.Context()))
		}).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}
