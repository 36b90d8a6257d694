// Package setup has the routes of the first start.
package setup

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/fatih/color"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/setup"
)

// Bind has a service without a superuser print the address of its setup, in place of PocketBase's installer, and adds
// POST /api/gonets/setup/check and /superuser, by the token in that address, and GET /api/gonets/setup for superusers.
func Bind(app core.App) {
	r := routes{setup.New(app)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = r.announce
		// Bodies, because addresses are logged, here and by proxies.
		e.Router.POST("/api/gonets/setup/check", r.check)
		e.Router.POST("/api/gonets/setup/superuser", r.superuser)
		e.Router.GET("/api/gonets/setup", state).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}

type routes struct{ setup *setup.Setup }

// announce prints the address of the setup. PocketBase calls it when the service answers, and has no superuser.
func (r routes) announce(_ core.App, _ *core.Record, baseURL string) error {
	for _, all := range []string{"0.0.0.0", "[::]"} {
		baseURL = strings.Replace(baseURL, "//"+all+":", "//127.0.0.1:", 1)
	}
	_, err := fmt.Fprintf(color.Output, "\nThis service is not set up yet. Open this address within an hour, and with the name of this machine when you are at another one:\n%s\n\n",
		color.New(color.Bold, color.FgCyan).Sprintf("%s/#/setup/%s", strings.TrimRight(baseURL, "/"), r.setup.Begin()))
	return err
}

// Token is the body of POST /api/gonets/setup/check.
type Token struct {
	Token string `json:"token" form:"token"`
}

// Account is the body of POST /api/gonets/setup/superuser.
type Account struct {
	Token    string `json:"token" form:"token"`
	Email    string `json:"email" form:"email"`
	Password string `json:"password" form:"password"`
}

func (r routes) check(e *core.RequestEvent) error {
	var body Token
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	if err := r.setup.Check(body.Token); err != nil {
		return refused(e, err)
	}
	return e.NoContent(http.StatusNoContent)
}

// superuser makes the first superuser, and signs in with that account.
func (r routes) superuser(e *core.RequestEvent) error {
	var body Account
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	record, err := r.setup.MakeSuperuser(body.Token, body.Email, body.Password)
	if err != nil {
		return refused(e, err)
	}
	return apis.RecordAuthResponse(e, record, core.MFAMethodPassword, nil)
}

func refused(e *core.RequestEvent, err error) error {
	var fields validation.Errors
	if errors.As(err, &fields) {
		return e.BadRequestError("The account could not be made.", fields)
	}
	if answer, denied := request.Denied(err, ""); denied {
		return answer
	}
	return e.InternalServerError("", err)
}

func state(e *core.RequestEvent) error {
	s, err := setup.StateOf(e.Request.Context(), e.App)
	if err != nil {
		return e.InternalServerError("", err)
	}
	e.Response.Header().Set("Cache-Control", "private, no-store")
	return e.JSON(http.StatusOK, s)
}
