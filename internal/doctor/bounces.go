package doctor

import (
	"context"
	"fmt"

	"gonets/internal/preflight"
	"gonets/internal/sender"
)

// returnPath checks where bounces of a sender go, as preflight does. Nothing is said of a sender without a return path.
func (d *doctor) returnPath(ctx context.Context, account *sender.Account, name string) error {
	path, err := preflight.ReturnOf(ctx, d.app, account)
	if err != nil {
		return err
	}
	checker := preflight.Checker{Resolver: d.resolver}
	for _, check := range checker.CheckReturnPath(ctx, account, path) {
		level := levelOK
		if check.Level != preflight.OK {
			level = levelWarning
		}
		d.found(level, check.Code, "sender %s: %s", name, check.Detail["text"])
	}
	return nil
}

// waysIn tells of mailboxes and webhooks that do not work.
func (d *doctor) waysIn(ctx context.Context) error {
	var bad []struct {
		What  string `db:"what"`
		Name  string `db:"name"`
		Error string `db:"last_error"`
	}
	err := d.app.ConcurrentDB().NewQuery(`
		SELECT 'mailbox' AS what, name, last_error FROM mailboxes WHERE active AND last_error <> ''
		UNION ALL
		SELECT 'webhook', provider, last_error FROM bounce_hooks WHERE active AND last_error <> ''`).WithContext(ctx).All(&bad)
	if err != nil {
		return fmt.Errorf("read the mailboxes and webhooks of bounces: %w", err)
	}
	for _, b := range bad {
		d.found(levelWarning, "bounces", "%s %s: %s", b.What, b.Name, b.Error)
		d.because(b.What, b.Name, nil)
	}
	return nil
}
