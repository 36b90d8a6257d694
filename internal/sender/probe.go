package sender

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/relay"
)

// Probe connects to the mail server of a sender as the engine would, signs in, and returns the
// server's greeting; sender "" is PocketBase's own mail settings. Nothing is sent.
//
// It fails with a *denial.Error when no server is set up, and with *relay.ServerError when it cannot be used.
func Probe(ctx context.Context, app core.App, sender string) (relay.Answer, error) {
	a, err := Of(app, sender)
	if err != nil {
		return relay.Answer{}, err
	}
	conn, err := relay.Dial(ctx, a.Server)
	if err != nil {
		return relay.Answer{}, err
	}
	greeting := conn.Greeting()
	// The server was reached, which is all that was asked; how it takes the goodbye tells nothing.
	_ = conn.Quit(ctx)
	return greeting, nil
}
