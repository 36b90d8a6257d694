package demo

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/outbox"
)

// Configure sets the outbox as the mail server and the address of the demo as the public address. Both may change at every
// start; all other settings are set at the first start only, and belong to the superuser afterwards.
func Configure(app core.App, box *outbox.Outbox, address string, first bool) error {
	s := app.Settings()
	s.Meta.AppURL = address
	s.SMTP = core.SMTPConfig{Enabled: true, Host: "127.0.0.1", Port: box.Port()}
	if first {
		s.Meta.SenderName, s.Meta.SenderAddress = "Gonets", "post@gonets.example"
		// A single user tries many things quickly.
		s.RateLimits.Enabled = false
	}
	if err := app.Save(s); err != nil {
		return fmt.Errorf("set the mail server of the demo: %w", err)
	}
	// The demo's own senders only: others belong to the superuser.
	own := []any{coffeeHouse().fromEmail, bookshop().fromEmail}
	_, err := app.NonconcurrentDB().Update("senders",
		dbx.Params{"port": box.Port()}, dbx.HashExp{"host": senderHost, "from_email": own}).Execute()
	if err != nil {
		return fmt.Errorf("point the senders at the outbox: %w", err)
	}
	return nil
}

// senderHost is the host of the demo's senders.
const senderHost = "127.0.0.1"
