package api

import (
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// maxReason is the length of a block_reason in characters.
const maxReason = 500

// BindUsers adds block, unblock and approve of users and the quota of their transactional e-mails, for managers and superusers.
func BindUsers(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		users := e.Router.Group("/api/gonets/users/{id}")
		users.Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		users.POST("/block", block)
		users.POST("/unblock", onUser(func(user *core.Record) { user.Set("blocked", false) }))
		users.POST("/approve", onUser(func(user *core.Record) { user.Set("awaiting_approval", false) }))
		users.POST("/transactional_quota", grantQuota)
		return e.Next()
	})
}

// block answers POST /api/gonets/users/{id}/block {reason}.
func block(e *core.RequestEvent) error {
	user, err := moderated(e)
	if err != nil {
		return err
	}
	var body Block
	if err := e.BindBody(&body); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	reason := strings.TrimSpace(body.Reason)
	switch {
	case reason == "":
		return e.BadRequestError("Say why the user is blocked.", request.Refuse("reason", "required", "A reason is required"))
	case len([]rune(reason)) > maxReason:
		return e.BadRequestError("The reason is too long.", request.Refuse("reason", "too_long", fmt.Sprintf("At most %d characters", maxReason)))
	}
	return moderate(e, user, func(user *core.Record) {
		if !user.GetBool("blocked") { // the first reason stays
			user.Set("blocked", true)
			user.Set("block_reason", reason)
		}
	})
}

// onUser answers a route that changes a user and takes no body.
func onUser(change func(*core.Record)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		user, err := moderated(e)
		if err != nil {
			return err
		}
		return moderate(e, user, change)
	}
}

// moderated returns the user of the path if the one who asks may block that user: 404 when they may not see the user, 403
// when they may not change the user. Managers moderate owners, superusers everybody.
func moderated(e *core.RequestEvent) (*core.Record, error) {
	user, err := e.App.FindRecordById("users", e.Request.PathValue("id"))
	if err != nil || !e.HasSuperuserAuth() && !request.IsManager(e.Auth) && user.Id != e.Auth.Id {
		return nil, e.NotFoundError("There is no such user.", err)
	}
	if !e.HasSuperuserAuth() && (!request.IsManager(e.Auth) || user.GetString("role") != "owner") {
		return nil, e.ForbiddenError("Managers may do this to owners only, and owners to nobody.", nil)
	}
	return user, nil
}

// moderate saves the change, logs who made it, and answers the user's record.
func moderate(e *core.RequestEvent, user *core.Record, change func(*core.Record)) error {
	change(user)
	if err := e.App.Save(user); err != nil {
		return e.BadRequestError("The user could not be saved.", err)
	}
	e.App.Logger().Info("user moderated", "user", user.Id, "by", e.Auth.Id, "route", e.Request.URL.Path,
		"blocked", user.GetBool("blocked"), "reason", user.GetString("block_reason"),
		"transactional_quota", user.GetInt("transactional_quota"))
	if err := apis.EnrichRecord(e, user); err != nil {
		return err
	}
	return e.JSON(200, user)
}
