package notification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

const (
	// MaxOfOwner is how many webhooks an owner may have.
	MaxOfOwner = 10
	// maxDone and KeptTime bound the log of a webhook: events that wait no longer, and all.
	maxDone  = 10_000
	KeptTime = 30 * 24 * time.Hour

	chunk = 1000 // rows that one statement deletes: it holds the write lock for some milliseconds
)

// Forget deletes what the logs of all webhooks keep no longer, in short transactions.
func Forget(ctx context.Context, app core.App, now time.Time) error {
	var webhooks []string
	if err := app.ConcurrentDB().NewQuery(`SELECT id FROM webhooks`).WithContext(ctx).Column(&webhooks); err != nil {
		return fmt.Errorf("list the webhooks: %w", err)
	}
	for _, webhook := range webhooks {
		if err := forget(ctx, app, webhook, now.Add(-KeptTime)); err != nil {
			return err
		}
	}
	return nil
}

// Overfull returns the webhooks that were switched off from since on and before a later time because too many events waited for them. The database
// does that itself where an event is written (migrations, webhook_waiting_limit).
func Overfull(ctx context.Context, app core.App, since, before time.Time) (webhooks []string, err error) {
	err = app.ConcurrentDB().NewQuery(`
		SELECT id FROM webhooks WHERE disabled_reason = 'too_many_waiting' AND NOT active AND updated >= {:since} AND updated < {:before} ORDER BY id`).
		WithContext(ctx).Bind(dbx.Params{"since": database.Stamp(since), "before": database.Stamp(before)}).Column(&webhooks)
	if err != nil {
		return nil, fmt.Errorf("list the webhooks for which too many events wait: %w", err)
	}
	return webhooks, nil
}

func forget(ctx context.Context, app core.App, webhook string, before time.Time) error {
	params := dbx.Params{"webhook": webhook, "before": before.UnixMilli(), "done": maxDone, "chunk": chunk}
	// By idx_webhook_events_webhook. Ids count up with the time.
	for _, which := range []string{
		`SELECT id FROM webhook_events WHERE webhook = {:webhook} AND at < {:before} ORDER BY id LIMIT {:chunk}`,
		`SELECT id FROM webhook_events WHERE webhook = {:webhook} AND state <> 'waiting' AND id <= (
			SELECT id FROM webhook_events WHERE webhook = {:webhook} AND state <> 'waiting' ORDER BY id DESC LIMIT 1 OFFSET {:done}
		) ORDER BY id LIMIT {:chunk}`,
	} {
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			var old []int64
			if err := app.ConcurrentDB().NewQuery(which).Bind(params).Column(&old); err != nil {
				return fmt.Errorf("find old events of webhook %s: %w", webhook, err)
			}
			if len(old) == 0 {
				break
			}
			_, err := app.NonconcurrentDB().NewQuery(`DELETE FROM webhook_events WHERE id IN (SELECT value FROM json_each({:ids})) AND (at < {:before} OR state <> 'waiting')`).
				Bind(dbx.Params{"before": before.UnixMilli(), "ids": database.JSONArray(old)}).Execute()
			if err != nil {
				return fmt.Errorf("delete old events of webhook %s: %w", webhook, err)
			}
			if len(old) < chunk {
				break
			}
		}
	}
	return nil
}

// ErrTooMany is the error of an owner who has MaxOfOwner webhooks already.
var ErrTooMany = errors.New("at most 10 webhooks an owner: delete one")

// MayAdd fails with ErrTooMany, in the transaction that adds a webhook.
func MayAdd(tx core.App, owner string) error {
	n, err := tx.CountRecords("webhooks", dbx.HashExp{"owner": owner})
	if err == nil && n >= MaxOfOwner {
		return ErrTooMany
	}
	return err
}
