package api

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/sender"
)

// senderTestTime bounds the test of a sender, however slow its mail server is.
const senderTestTime = 60 * time.Second

// BindSenders adds GET /api/gonets/senders, the senders that the user may send mailings with, and
// POST /api/gonets/senders/{id}/test, for superusers: they set senders up. The id "default" means
// PocketBase's own mail settings.
func BindSenders(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/senders", usableSenders).Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		e.Router.POST("/api/gonets/senders/{id}/test", testSender).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}

// usableSenders answers {senders, default}. The collection does not show it: managers see more senders than they may use,
// and only superusers see who may use which.
func usableSenders(e *core.RequestEvent) error {
	user := e.Auth.Id
	if e.HasSuperuserAuth() {
		user = ""
	}
	choice, err := sender.ChoiceOf(e.App.DB(), user)
	if err != nil {
		return e.InternalServerError("", err)
	}
	return e.JSON(http.StatusOK, choice)
}

// SenderTest is the body of POST /api/gonets/senders/{id}/test.
type SenderTest struct {
	To string `json:"to" form:"to" doc:"Where a short email goes to; without it only the connection and the login are tried"`
}

func testSender(e *core.RequestEvent) error {
	var body SenderTest
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	to := body.To
	if to != "" {
		var err error
		if to, err = address.Normalize(to); err != nil {
			return e.BadRequestError("This is not an e-mail address.", request.Refuse("to", "invalid_email", "Must be an e-mail address"))
		}
	}
	id := e.Request.PathValue("id")
	if id == "default" {
		id = ""
	} else if _, err := e.App.FindRecordById("senders", id); err != nil {
		return e.NotFoundError("There is no such sender.", err)
	}
	ctx, cancel := context.WithTimeout(e.Request.Context(), senderTestTime)
	defer cancel()
	trial, err := sender.Test(ctx, e.App, id, to)
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, trial)
}
