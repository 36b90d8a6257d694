package api

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/records"
	"gonets/hooks/request"
	"gonets/internal/build"
	"gonets/internal/demo"
	"gonets/internal/mailing"
)

// Instance is what anybody may know of this instance.
type Instance struct {
	Name         string `json:"name"`
	Registration string `json:"registration" enum:"open,approval,closed"`
	Demo         bool   `json:"demo"`    // there is an outbox to look into
	Mail         bool   `json:"mail"`    // a mail server is set, so that verification mails can go out
	Address      string `json:"address"` // where recipients reach it, "" while that is not set
	Version      string `json:"version"`
}

// BindInstance adds GET /api/gonets/instance: what the sign-in page needs to know. Nothing in it is
// secret.
func BindInstance(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/instance", func(e *core.RequestEvent) error {
			decided, err := records.InstanceOf(e.App)
			if err != nil {
				return e.InternalServerError("The instance's settings could not be read.", err)
			}
			settings := e.App.Settings()
			return request.Revalidated(e, Instance{
				Name:         settings.Meta.AppName,
				Registration: decided.GetString("registration"),
				Demo:         demo.OutboxOf(e.App) != nil,
				Mail:         settings.SMTP.Enabled && settings.SMTP.Host != "",
				Address:      mailing.PublicAddress(e.App),
				Version:      build.Of().Version,
			})
		})
		return e.Next()
	})
}
