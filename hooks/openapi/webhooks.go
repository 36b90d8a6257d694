package openapi

import (
	"encoding/json"

	"gonets/hooks/webhooks"
	"gonets/internal/notification"
)

// webhookRoutes are about the webhooks by which programs are told of what happens.
var webhookRoutes = []Route{
	{
		Method: get, Path: prefix + "/webhooks/{id}/events", ID: "webhookEvents", Summary: "The log of a webhook, the newest event first",
		Query: []Param{
			choice("state", "Events in one state", "", "waiting", "delivered", "failed"), number("before", "`next` of the page before"), number("limit", "How many: 50, at most 200"),
		},
		Answers: Answers{200: notification.Page{Items: []notification.Entry{{
			ID: 17, Message: "msg_…", Type: "mailing.completed", State: notification.Delivered, Tries: 1, At: exampleTime,
			Data: json.RawMessage(`{}`), Answers: json.RawMessage(`[]`),
		}}}},
		Errors: Errors{400: {"state.unknown_state", "before.invalid_cursor"}},
	},
	{
		Method: post, Path: prefix + "/webhooks/{id}/events/{event}/resend", ID: "resendEvent", Summary: "Sends an event again",
		Answers: Answers{202: webhooks.Resent{State: notification.Waiting}}, Errors: Errors{404: {"event.no_event"}, 409: {"active.webhook_inactive"}},
	},
	{
		Method: post, Path: prefix + "/webhooks/{id}/test", ID: "testWebhook", Summary: "Calls a webhook now",
		Answers: Answers{200: webhooks.Tested{OK: true, Answer: notification.Answer{At: "2026-11-23T09:00:00Z", Status: 204, Duration: 120}}}, Errors: busyErrors,
	},
	{
		Method: post, Path: prefix + "/webhooks/{id}/secret", ID: "newWebhookSecret", Summary: "Makes a new secret; the answer alone has it",
		Answers: Answers{200: webhooks.NewSecret{Secret: "whsec_…", FormerUntil: "2026-11-24T09:00:00Z"}},
	},
}
