package api

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/address"
	"gonets/internal/delivery"
	"gonets/internal/doctor"
	"gonets/internal/limit"
	"gonets/internal/sender"
)

// senderTestTime bounds the test of a sender, however slow its mail server is.
const senderTestTime = 60 * time.Second

// BindSenders adds GET /api/gonets/senders, the senders that the user may send mailings with, and
// POST /api/gonets/senders/{id}/test, for superusers: they set senders up. The id "default" means
// PocketBase's own mail settings.
func BindSenders(app core.App, engine *delivery.Engine) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/gonets/senders", usableSenders(engine)).Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		e.Router.POST("/api/gonets/senders/{id}/test", testSender).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}

// Usable is what a user may send with. The states are those of doctor.Server, and say nothing of what is set up.
type Usable struct {
	sender.Choice
	States       map[string]string `json:"states"`        // of the senders by id
	DefaultState string            `json:"default_state"` // of PocketBase's own mail settings, "" when they may not be used
	Quota        Quota             `json:"quota"`
}

// Quota is how many e-mails a user may send in a UTC day.
type Quota struct {
	Limit int `json:"limit"` // 0 is none
	Used  int `json:"used"`
}

// usableSenders answers what the user may send with, and how it does. The collection does not show it: managers see more senders than
// they may use, and only superusers see who may use which.
func usableSenders(engine *delivery.Engine) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		answer, user := Usable{States: map[string]string{}}, e.Auth.Id
		if e.HasSuperuserAuth() {
			user = ""
		}
		var err error
		if answer.Choice, err = sender.ChoiceOf(e.App.DB(), user); err != nil {
			return e.InternalServerError("", err)
		}
		servers, err := doctor.Servers(e.Request.Context(), e.App, engine)
		if err != nil {
			return e.InternalServerError("", err)
		}
		states := map[string]string{}
		for _, s := range servers {
			states[s.Sender] = s.State
		}
		for _, s := range answer.Senders {
			answer.States[s.ID] = states[s.ID]
		}
		if answer.Default {
			answer.DefaultState = states[""]
		}
		answer.Quota.Limit = e.Auth.GetInt("daily_quota") // superusers have none
		if answer.Quota.Used, err = limit.UsedToday(e.App, limit.UsageOfOwner, e.Auth.Id, time.Now()); err != nil {
			return e.InternalServerError("", err)
		}
		return e.JSON(http.StatusOK, answer)
	}
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
