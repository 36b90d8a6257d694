package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/realtime"
)

// errSessionEnded ends a realtime connection whose session has ended.
var errSessionEnded = errors.New("the session of the connection has ended")

// BindRealtime bounds PocketBase's realtime connections, and sends nothing to those whose session has ended.
func BindRealtime(app core.App) { bindRealtimeWithin(app, realtime.DefaultLimits) }

func bindRealtimeWithin(app core.App, limits realtime.Limits) {
	connections := realtime.New(app, limits)
	if app.IsBootstrapped() {
		connections.BoundFilters()
	}
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error { // again after a restore
		if err := e.Next(); err != nil {
			return err
		}
		connections.BoundFilters()
		return nil
	})

	app.OnRealtimeConnectRequest().BindFunc(func(e *core.RealtimeConnectRequestEvent) error {
		ctx, end := context.WithCancel(e.Request.Context())
		conn := connections.Open(e.Client, end)
		defer conn.Discard()
		e.Request, e.Client = e.Request.WithContext(ctx), conn
		return e.Next()
	})

	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		if len(e.Subscriptions) > limits.Subscriptions {
			message := fmt.Sprintf("A connection has at most %d subscriptions.", limits.Subscriptions)
			return e.BadRequestError(message, request.Refuse("subscriptions", "too_many", message))
		}
		if connections.FiltersTooSlow(e.Auth) && len(filtersOf(e.Subscriptions)) > 0 {
			return tooSlow("subscriptions")
		}
		if e.Auth == nil {
			// Not refused: a page whose session has just ended would ask again and again. A header tells it.
			asked := len(e.Subscriptions)
			e.Subscriptions = slices.DeleteFunc(e.Subscriptions, func(topic string) bool { return !realtime.GuestMay(e.App, topic) })
			if conn, ok := e.Client.(*realtime.Connection); ok && len(e.Subscriptions) < asked {
				conn.KeepAsGuest()
			}
		}
		return e.Next()
	})

	app.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		if auth, _ := e.Client.Get(apis.RealtimeClientAuthKey).(*core.Record); auth != nil {
			if holds, err := realtime.StillSignedIn(e.App, auth); err != nil || !holds {
				return errors.Join(errSessionEnded, err)
			}
		}
		// PocketBase removes the deadline of the connection: it would wait for ever for a client that stops reading.
		deadline := http.NewResponseController(e.Response)
		_ = deadline.SetWriteDeadline(time.Now().Add(limits.WriteWithin)) // not supported by recorders of tests
		err := e.Next()
		_ = deadline.SetWriteDeadline(time.Time{})
		return err
	})
}
