package operator

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/delivery"
	"gonets/internal/doctor"
)

// Servers are the mail servers that mailings are sent with, and which process sends; "nowhere" if none does.
type Servers struct {
	Sending delivery.Place  `json:"sending"`
	Servers []doctor.Server `json:"servers"`
}

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
			return e.JSON(http.StatusOK, Servers{engine.State().Sending, servers})
		}).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}
