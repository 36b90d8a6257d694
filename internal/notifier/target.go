package notifier

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/endpoint"
	"gonets/internal/notification"
	"gonets/internal/secret"
)

// FormerTime is how long calls are signed with the former secret too, after a new one was made.
const FormerTime = 24 * time.Hour

// target is how a webhook is called.
type target struct {
	address string
	secrets []string
	fault   string // why it cannot be called, "" if it can
}

// targetOf reads the address of a webhook and its secrets; the former one too if it is still used.
func targetOf(app core.App, webhook string, isRotating bool) target {
	secrets, err := secret.Of(app, "webhooks", webhook)
	if err != nil {
		app.Logger().Error("the secret of a webhook cannot be read", "webhook", webhook, "error", err)
		return target{fault: "The secret of the webhook cannot be read: make a new one"}
	}
	t := target{address: secrets[secret.Address], secrets: []string{secrets[secret.Shared]}}
	if former := secrets[secret.Former]; isRotating && former != "" {
		t.secrets = append(t.secrets, former)
	}
	return t
}

func (t target) post(ctx context.Context, client *endpoint.Client, m endpoint.Message) endpoint.Answer {
	if t.fault != "" {
		return endpoint.Answer{Error: t.fault}
	}
	return client.Post(ctx, t.address, m, t.secrets...)
}

// isRotating reports whether the former secret is still used.
func (w row) isRotating(now time.Time) bool {
	at := stampOf(w.RotatedAt)
	return !at.IsZero() && now.Before(at.Add(FormerTime))
}

// stampOf reads a time as PocketBase writes it; zero if there is none.
func stampOf(text string) time.Time {
	at, err := types.ParseDateTime(text)
	if err != nil {
		return time.Time{}
	}
	return at.Time()
}

// Test calls a webhook now with an event of the type webhook.test, active or not, and logs it. Any process may. The error is the
// database's.
func Test(ctx context.Context, app core.App, webhook *core.Record) (notification.Answer, error) {
	text, err := networksOf(ctx, app)
	if err != nil {
		return notification.Answer{}, err
	}
	networks, err := endpoint.ParseNetworks(text)
	if err != nil {
		return notification.Answer{}, err
	}
	client := endpoint.NewClient()
	defer client.Close()
	client.Allow(networks)
	now := time.Now()
	rotated := row{RotatedAt: webhook.GetString("rotated_at")}.isRotating(now)
	data := `{"webhook":"` + webhook.Id + `"}`
	m := endpoint.Message{ID: "msg_" + security.RandomString(24), At: now, Body: notification.Body(notification.Test, now, data)}
	a := notification.AnswerOf(targetOf(app, webhook.Id, rotated).post(ctx, client, m), now)
	return a, notification.AddTest(app, webhook.Id, m.ID, data, a, now)
}
