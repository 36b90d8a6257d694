package suppression

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/database"
)

// pause keeps the owner from mailing the address until a time. It changes nothing for an address that is on the stop list for
// another reason: each binds more. Pausing again changes the time.
func pause(db dbx.Builder, owner, email, mailing string, until time.Time) error {
	return atOnce(db, func(tx dbx.Builder) error {
		now := database.Stamp(time.Now())
		_, err := tx.NewQuery(`
			INSERT INTO suppressions (id, owner, kind, value, reason, mailing, note, until, created, updated)
			VALUES ({:id}, {:owner}, 'address', {:email}, 'paused', {:mailing}, '', {:until}, {:now}, {:now})
			ON CONFLICT (owner, kind, value) DO UPDATE SET until = excluded.until, mailing = excluded.mailing, updated = excluded.updated
			WHERE suppressions.reason = 'paused'`).
			Bind(dbx.Params{
				"id": database.NewID(), "owner": owner, "email": email, "mailing": mailing,
				"until": database.Stamp(until), "now": now,
			}).Execute()
		if err != nil {
			return fmt.Errorf("pause %s: %w", email, err)
		}
		return Mirror(tx, owner, []string{email})
	})
}

// resume ends the pause of an address before its time. Other entries of the stop list stay.
func resume(db dbx.Builder, owner, email string) error {
	return atOnce(db, func(tx dbx.Builder) error {
		_, err := tx.NewQuery(`
			DELETE FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = {:email} AND reason = 'paused'`).
			Bind(dbx.Params{"owner": owner, "email": email}).Execute()
		if err != nil {
			return fmt.Errorf("end the pause of %s: %w", email, err)
		}
		return Mirror(tx, owner, []string{email})
	})
}

// pausedUntil is the latest end of the pauses of addresses, zero if none is paused.
func pausedUntil(db dbx.Builder, owner string, emails []string) (time.Time, error) {
	var until string
	err := db.NewQuery(`
		SELECT COALESCE(MAX(until), '') FROM suppressions
		WHERE owner = {:owner} AND kind = 'address' AND value IN (SELECT value FROM json_each({:emails})) AND reason = 'paused'`).
		Bind(dbx.Params{"owner": owner, "emails": database.JSONArray(emails)}).Row(&until)
	if err != nil || until == "" {
		return time.Time{}, err
	}
	return time.Parse(types.DefaultDateLayout, until)
}

// endPage is how many pauses end in one transaction.
const endPage = 500

// EndPauses deletes the pauses that are over, in short transactions, and mirrors that in the statuses of the clients.
func EndPauses(ctx context.Context, app core.App, now time.Time) error {
	for {
		var ended []struct {
			Owner string `db:"owner"`
			Value string `db:"value"`
		}
		err := app.RunInTransaction(func(tx core.App) error {
			// By idx_suppressions_until.
			err := tx.DB().NewQuery(`
				DELETE FROM suppressions WHERE id IN (
					SELECT id FROM suppressions WHERE until != '' AND until <= {:now} AND reason = 'paused' ORDER BY until LIMIT {:limit}
				) RETURNING owner, value`).WithContext(ctx).
				Bind(dbx.Params{"now": database.Stamp(now), "limit": endPage}).All(&ended)
			if err != nil {
				return err
			}
			byOwner := map[string][]string{}
			for _, e := range ended {
				byOwner[e.Owner] = append(byOwner[e.Owner], e.Value)
			}
			for owner, emails := range byOwner {
				if err := Mirror(tx.DB(), owner, emails); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("end pauses: %w", err)
		}
		if len(ended) < endPage {
			return ctx.Err()
		}
	}
}
