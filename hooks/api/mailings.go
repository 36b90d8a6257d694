// Package api answers the routes under /api/gonets: it reads a request, calls a package of internal/, and writes the
// answer. What PocketBase serves by itself (records, sign-in, files) is in records and middleware.
package api

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/delivery"
	"gonets/internal/launch"
	"gonets/internal/mailing"
)

// mailingRoutes are the routes under /api/gonets/mailings/{id} that the engine answers.
type mailingRoutes struct{ engine *delivery.Engine }

func BindMailings(app core.App, engine *delivery.Engine) {
	m := mailingRoutes{engine: engine}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/gonets/mailings/{id}")
		group.Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		m.bindSend(group)
		m.bindControl(group)
		m.bindSettle(group)
		m.bindRecipients(e.App, group)
		m.bindModeration(group)
		m.bindTimeline(group)
		return e.Next()
	})
}

// by is the engine for verbs of the user who asks, whom the mailing's timeline then names.
func (m mailingRoutes) by(e *core.RequestEvent) *launch.Verbs {
	return m.engine.By(actorOf(e, mailing.ActorOwner))
}

// actorOf is who asks, for the timeline. role is the role in which a user acts.
func actorOf(e *core.RequestEvent, role mailing.ActorKind) mailing.Actor {
	if e.HasSuperuserAuth() {
		return mailing.Actor{Kind: mailing.ActorSuperuser, ID: e.Auth.Id}
	}
	if t, ok := request.TokenOf(e); ok {
		return mailing.Actor{Kind: mailing.ActorToken, ID: e.Auth.Id, Name: t.Name}
	}
	return mailing.Actor{Kind: role, ID: e.Auth.Id, Name: e.Auth.GetString("name")}
}

// own answers a route that only the owner of the mailing and superusers may use: 403 for others who may see the mailing. The
// context is not that of the request: a verb does not stop in the middle when the browser tab is closed.
func (m mailingRoutes) own(action func(ctx context.Context, e *core.RequestEvent, id string) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		mailing, err := request.Owned(e, "mailings", "mailing")
		if err != nil {
			return err
		}
		ctx, done := m.engine.Detached(e.Request.Context())
		defer done()
		return action(ctx, e, mailing.Id)
	}
}

// verb answers a route that changes a mailing with the state of the mailing afterwards.
func verb[T any](m mailingRoutes, act func(ctx context.Context, e *core.RequestEvent, id string) (T, error)) func(*core.RequestEvent) error {
	return m.own(func(ctx context.Context, e *core.RequestEvent, id string) error {
		answer, err := act(ctx, e, id)
		if err != nil {
			return refused(e, err)
		}
		return e.JSON(http.StatusOK, answer)
	})
}

// refused answers an error of the engine.
func refused(e *core.RequestEvent, err error) error {
	answer, denied := request.Denied(err, "mailing")
	if !denied {
		return router.NewInternalServerError("Something went wrong. Nothing may have been changed; look before you try again.", err)
	}
	return answer
}
