package tokens

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"gonets/hooks/request"
	"gonets/internal/token"
)

// connectionKey is where a realtime connection keeps the token by which it was made.
const connectionKey = "gonetsToken"

// bindConnections bounds what a token may follow, and ends its realtime connections with it.
func bindConnections(app core.App) {
	app.OnRealtimeSubscribeRequest().BindFunc(func(e *core.RealtimeSubscribeRequestEvent) error {
		t, ok := request.TokenOf(e.RequestEvent)
		if !ok {
			return e.Next()
		}
		for _, topic := range e.Subscriptions {
			if !mayFollow(topic) {
				return e.ForbiddenError("This topic is not for tokens.", request.Refuse("scope", "not_for_tokens", "No scope allows this topic"))
			}
		}
		e.Client.Set(connectionKey, t)
		return e.Next()
	})
	app.OnRealtimeMessageSend().BindFunc(func(e *core.RealtimeMessageEvent) error {
		if t, ok := e.Client.Get(connectionKey).(token.Token); ok && !t.Expires.IsZero() && !t.Expires.After(time.Now()) {
			drop(app, e.Client)
			return nil
		}
		return e.Next()
	})
	app.OnRecordAfterDeleteSuccess("tokens").BindFunc(func(e *core.RecordEvent) error {
		for _, client := range app.SubscriptionsBroker().Clients() {
			if t, ok := client.Get(connectionKey).(token.Token); ok && t.ID == e.Record.Id {
				drop(app, client)
			}
		}
		return e.Next()
	})
}

// drop ends a realtime connection.
func drop(app core.App, client subscriptions.Client) {
	app.SubscriptionsBroker().Unregister(client.Id())
}
