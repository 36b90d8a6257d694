package webhooks

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/endpoint"
	"gonets/internal/notification"
	"gonets/internal/notifier"
)

// Entries of a page of the log of a webhook.
const (
	usualEvents = 50
	mostEvents  = 200
)

// BindRoutes adds the routes under /api/gonets/webhooks/{id}: test, events, resend and secret. The records are PocketBase's.
func BindRoutes(app core.App) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/gonets/webhooks/{id}").Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		group.GET("/events", webhookEvents)
		group.POST("/events/{event}/resend", resendEvent)
		group.POST("/test", testWebhook).Bind(middleware.LimitParallel(app))
		group.POST("/secret", newWebhookSecret)
		return e.Next()
	})
}

// Resent is the state of an event that is sent again.
type Resent struct {
	State notification.State `json:"state"`
}

// Tested is what came of calling a webhook.
type Tested struct {
	OK bool `json:"ok"`
	notification.Answer
}

// NewSecret is the new secret of a webhook, and until when calls are signed with the former one too.
type NewSecret struct {
	Secret      string `json:"secret"`
	FormerUntil string `json:"former_until"`
}

// webhookEvents answers a page of the log, for all who may see the webhook.
func webhookEvents(e *core.RequestEvent) error {
	r, err := request.Visible(e, "webhooks", "webhook")
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	state := notification.State(query.Get("state"))
	switch state {
	case "", notification.Waiting, notification.Delivered, notification.Failed:
	default:
		return e.BadRequestError("There is no such state.", request.Refuse("state", "unknown_state", "Must be waiting, delivered or failed"))
	}
	before, err := strconv.ParseInt(query.Get("before"), 10, 64)
	if query.Has("before") && (err != nil || before <= 0) {
		return e.BadRequestError("This is no place in the log.", request.Refuse("before", "invalid_cursor", "Must be the next of the page before"))
	}
	limit := request.Number(query.Get("limit"))
	if limit <= 0 {
		limit = usualEvents
	}
	page, err := notification.Log(e.Request.Context(), e.App, r.Id, state, before, min(limit, mostEvents))
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, page)
}

// resendEvent lets an event be sent again; the process that sends mailings does it.
func resendEvent(e *core.RequestEvent) error {
	r, err := request.Owned(e, "webhooks", "webhook")
	if err != nil {
		return err
	}
	if err := notification.Resend(e.App, r, e.Request.PathValue("event"), time.Now()); err != nil {
		if answer, denied := request.Denied(err, ""); denied {
			return answer
		}
		return err
	}
	return e.JSON(http.StatusAccepted, Resent{notification.Waiting})
}

// testWebhook calls the webhook now and answers what came of it.
func testWebhook(e *core.RequestEvent) error {
	r, err := request.Owned(e, "webhooks", "webhook")
	if err != nil {
		return err
	}
	answer, err := notifier.Test(e.Request.Context(), e.App, r)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, Tested{answer.Error == "", answer})
}

// newWebhookSecret replaces the secret. The new one is in this answer only.
func newWebhookSecret(e *core.RequestEvent) error {
	r, err := request.Owned(e, "webhooks", "webhook")
	if err != nil {
		return err
	}
	made := endpoint.NewSecret()
	r.Set("secret", made)
	if err := e.App.Save(r); err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, NewSecret{made, time.Now().Add(notifier.FormerTime).UTC().Format(time.RFC3339)})
}
