// Package forms is how people sign up: the forms that owners make, their public pages at /f, and the confirmation at /c.
package forms

import (
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/signup"
)

// routes are those about forms.
type routes struct{ signups *signup.Service }

// Bind adds the pages of forms and confirmations, and the routes by which owners look at a form.
func Bind(app core.App, signups *signup.Service) {
	r := routes{signups}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/f/{id}", r.show)
		e.Router.POST("/f/{id}", r.submit).Bind(middleware.BodyLimit(middleware.GuestBody))
		e.Router.GET("/f/{id}/challenge", r.challenge)
		e.Router.GET("/c/{token}", r.showConfirmation)
		e.Router.POST("/c/{token}", r.confirm).Bind(middleware.BodyLimit(middleware.GuestBody))
		e.Router.GET("/api/gonets/forms/{id}/figures", r.figures).Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		e.Router.POST("/api/gonets/forms/preview", r.preview).Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		return errors.Join(signups.WriteShown(), e.Next())
	})
	app.Cron().MustAdd("gonetsSignups", "17 * * * *", func() {
		if err := signups.Expire(time.Now()); err != nil {
			app.Logger().Error("old sign-ups could not be deleted", "error", err)
		}
	})
}

// figures answers GET /api/gonets/forms/{id}/figures: how often the form was shown, asked for and confirmed.
func (r routes) figures(e *core.RequestEvent) error {
	form, err := request.Visible(e, "forms", "form")
	if err != nil {
		return err
	}
	f, err := r.signups.Figures(form.Id, time.Now())
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, f)
}
