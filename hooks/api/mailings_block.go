package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// bindModeration adds POST block and unblock, for managers and superusers.
func (m mailingRoutes) bindModeration(group *router.RouterGroup[*core.RequestEvent]) {
	group.POST("/block", m.moderated(m.block))
	group.POST("/unblock", m.moderated(func(e *core.RequestEvent, id string) (mailing.Done, string, error) {
		done, err := m.engine.By(actorOf(e, mailing.ActorManager)).Unblock(id)
		return done, "", err
	}))
}

// moderated answers a route for managers and superusers, and logs who used it.
func (m mailingRoutes) moderated(act func(e *core.RequestEvent, id string) (mailing.Done, string, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		mailing, err := request.VisibleMailing(e)
		if err != nil {
			return err
		}
		if !e.HasSuperuserAuth() && !request.IsManager(e.Auth) {
			return e.ForbiddenError("Only managers may do this.", nil)
		}
		done, reason, err := act(e, mailing.Id)
		if err != nil {
			return refused(e, err)
		}
		e.App.Logger().Info("mailing moderated", "mailing", mailing.Id, "by", e.Auth.Id, "route", e.Request.URL.Path, "reason", reason)
		return e.JSON(http.StatusOK, done)
	}
}

// Block is the body of the routes that block a mailing or a user.
type Block struct {
	Reason string `json:"reason" form:"reason" doc:"Why, in at most 500 characters; its owner reads it"`
}

func (m mailingRoutes) block(e *core.RequestEvent, id string) (mailing.Done, string, error) {
	var body Block
	if err := e.BindBody(&body); err != nil {
		return mailing.Done{}, "", &denial.Error{Status: http.StatusBadRequest, Code: "unreadable", Message: "the request could not be read"}
	}
	reason := strings.TrimSpace(body.Reason)
	bad := func(code, message string) (mailing.Done, string, error) {
		return mailing.Done{}, "", &denial.Error{Status: http.StatusBadRequest, Code: code, Field: "reason", Message: message}
	}
	switch {
	case reason == "":
		return bad("required", "say why the mailing is blocked")
	case len([]rune(reason)) > maxReason:
		return bad("too_long", fmt.Sprintf("the reason has more than %d characters", maxReason))
	}
	done, err := m.engine.By(actorOf(e, mailing.ActorManager)).Block(id, reason)
	return done, reason, err
}
