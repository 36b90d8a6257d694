// Package demo makes realistic data to try Gonets with: a coffee house and a bookshop with clients, lists, messages, and a
// month of mailings whose counters match their recipients.
//
// The past is simulated: the engine itself launches every mailing to the clients and with the stop list of that day, and the
// rules of the demo's mail server decide the result of each recipient.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/outbox"
)

// storeOutbox is the key of the outbox of a running demo in the application's store.
const storeOutbox = "gonets.demo"

// Announce marks the application as a demo, with the outbox that catches its e-mails.
func Announce(app core.App, box *outbox.Outbox) { app.Store().Set(storeOutbox, box) }

// OutboxOf returns the outbox of a running demo, nil when the application is not one.
func OutboxOf(app core.App) *outbox.Outbox {
	box, _ := app.Store().Get(storeOutbox).(*outbox.Outbox)
	return box
}

// Fill fills an empty database as if the demo had been used until now, after Configure. The data depends on now only, except
// for the hashes of passwords.
//
// It uses many transactions: after an error the folder has to be reset.
func Fill(ctx context.Context, app core.App, now time.Time) error {
	now = now.UTC().Truncate(time.Millisecond)
	owners, err := addAccounts(app, now)
	if err != nil {
		return err
	}
	for _, s := range []*shop{coffeeHouse(), bookshop()} {
		p := newPlay(app, s, owners[s.owner], now)
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("make the data of %s: %w", s.owner, err)
		}
		if err := showReaders(app, s, owners[s.owner]); err != nil {
			return fmt.Errorf("make the pages for readers of %s: %w", s.owner, err)
		}
	}
	return nil
}
