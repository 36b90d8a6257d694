// Package clients answers the routes about clients: lists and counts of them, changes of many, files.
package clients

import (
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/audience"
)

// BindAudience adds POST /api/gonets/audience/count.
func BindAudience(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/audience/count", countAudience).
			Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		return e.Next()
	})
}

// AudienceRequest is the body of POST /api/gonets/audience/count: an audience as mailings have it.
type AudienceRequest struct {
	Owner      string   `json:"owner,omitempty" form:"owner" doc:"For superusers: whose clients are meant"`
	Audience   string   `json:"audience" form:"audience" enum:"everyone,lists,picked"`
	Lists      []string `json:"lists" form:"lists"`
	Recipients []string `json:"recipients,omitempty" form:"recipients" doc:"Ids of clients, for picked"`
	Filter     string   `json:"filter" form:"filter"`
}

// countAudience answers how many of the user's clients an audience has.
func countAudience(e *core.RequestEvent) error {
	body := AudienceRequest{Audience: audience.Everyone}
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	owner, err := ownerOf(e, body.Owner)
	if err != nil {
		return err
	}

	a := audience.Audience{Kind: body.Audience, Lists: body.Lists, Recipients: body.Recipients, Filter: body.Filter}
	if err := a.Check(e.App, owner); err != nil {
		return wrongAudience(e, err)
	}
	count, err := a.Count(e.Request.Context(), e.App, owner)
	if err != nil {
		return wrongAudience(e, err)
	}
	return e.JSON(http.StatusOK, count)
}

// wrongAudience answers 400 for an invalid audience.
func wrongAudience(e *core.RequestEvent, err error) error {
	var invalid *audience.InvalidError
	if errors.As(err, &invalid) {
		message := request.AsSentence(invalid.Detail)
		return e.BadRequestError(message, request.Refuse(invalid.Field, invalid.Code, message))
	}
	return e.InternalServerError("", err)
}

// ownerOf returns the owner of the data: the user who asks, or the owner whom a superuser has to name.
func ownerOf(e *core.RequestEvent, named string) (string, error) {
	switch {
	case request.IsUser(e.Auth) && (named == "" || named == e.Auth.Id):
		return e.Auth.Id, nil
	case request.IsUser(e.Auth):
		return "", e.ForbiddenError("This works with your own data only.", request.Refuse("owner", "not_own", "Leave the owner out"))
	case named == "":
		return "", e.BadRequestError("Name the owner.", request.Refuse("owner", "required", "Whose data is meant?"))
	}
	if _, err := e.App.FindRecordById("users", named); err != nil {
		return "", e.BadRequestError("There is no such user.", request.Refuse("owner", "unknown_owner", "There is no such user"))
	}
	return named, nil
}
