package api

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/stats"
)

// BindHome adds GET /api/gonets/home: the counts of the service for everybody, and
// under "mine" those of the signed-in user.
func BindHome(app core.App, figures *stats.Service) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/home", func(e *core.RequestEvent) error {
			home, err := figures.Home(e.Request.Context(), stats.ViewerOf(e.Auth))
			if err != nil {
				return e.InternalServerError("The counts could not be read.", err)
			}
			return request.Revalidated(e, home)
		})
		return e.Next()
	})
}
