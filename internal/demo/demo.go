// Package demo is believable data to try Gonets with: a coffee house and a bookshop with clients, lists,
// letters, and a month of mailings whose books balance.
//
// The past is played, not made up: every mailing is launched by the engine itself, to the clients there
// were and past the stop list as it was, and the rules of the demo's mail server decide what became of
// each recipient.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/outbox"
)

// storeOutbox is the key in the application's store under which a running demo keeps its outbox.
const storeOutbox = "gonets.demo"

// Announce tells the application that it is a demo, and which outbox catches its mail.
func Announce(app core.App, box *outbox.Outbox) { app.Store().Set(storeOutbox, box) }

// OutboxOf returns the outbox of a running demo, nil when the application is not one.
func OutboxOf(app core.App) *outbox.Outbox {
	box, _ := app.Store().Get(storeOutbox).(*outbox.Outbox)
	return box
}

// Fill fills an empty database as if the demo had been in use until now. The mail settings have to be
// there already (Configure). What it makes depends on now alone, but for the hashes of passwords.
//
// It is many transactions: when it fails, the folder has to be started over.
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
	}
	return nil
}
