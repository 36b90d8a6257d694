package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/arrival"
	"gonets/internal/database"
	"gonets/internal/mailbox"
	"gonets/internal/undelivered"
)

const (
	// arrivalsKept is how long an e-mail that was booked is recognized by its content.
	arrivalsKept = 90 * 24 * time.Hour
	// keysKept is how long the key of an e-mail is kept that its mailbox has no more: a mailbox that is read asks for the
	// keys of all its e-mails at least once a day.
	keysKept = 7 * 24 * time.Hour
	// askedEvery is how often it is noted that a key was asked for.
	askedEvery = 12 * time.Hour
	// reportsKept is how long the ID of a report is kept. Amazon SNS, the most patient, tries for 23 days.
	reportsKept = 30 * 24 * time.Hour
	// deletedKept is how long bounces of a deleted mailing are still recognized.
	deletedKept = 90 * 24 * time.Hour
)

// isKnown reports whether an e-mail was read before: from the same place, or from any other if it was booked.
func (t *booking) isKnown(place, key, hash string) (known bool, err error) {
	// By idx_arrivals_hash and idx_arrivals_mailbox_key.
	err = t.db.NewQuery(`
		SELECT EXISTS (SELECT 1 FROM arrivals WHERE hash = {:hash} AND outcome = 'booked')
			OR {:key} <> '' AND EXISTS (SELECT 1 FROM arrivals WHERE mailbox = {:mailbox} AND key = {:key} AND key <> '')`).
		Bind(dbx.Params{"hash": hash, "mailbox": place, "key": key}).Row(&known)
	if err != nil {
		return false, fmt.Errorf("look whether an e-mail was read before: %w", err)
	}
	return known, nil
}

// note notes that an e-mail was read. Of one without a key only a booked one is noted: whoever can reach the server could
// fill the table with others.
func (t *booking) note(place, key, hash string, outcome arrival.Outcome) error {
	if outcome == arrival.Later || key == "" && outcome != arrival.Booked {
		return nil
	}
	_, err := t.db.NewQuery(`
		INSERT INTO arrivals (mailbox, key, hash, outcome, at, asked) VALUES ({:mailbox}, {:key}, {:hash}, {:outcome}, {:now}, {:now})
		ON CONFLICT DO NOTHING`).
		Bind(dbx.Params{"mailbox": place, "key": key, "hash": hash, "outcome": string(outcome), "now": t.now.UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("note that an e-mail was read: %w", err)
	}
	return nil
}

// noted reads what was noted of keys, by idx_arrivals_mailbox_key.
func noted(ctx context.Context, app core.App, place string, keys []string, now time.Time) (map[string]mailbox.Note, error) {
	var rows []struct {
		ID      int64           `db:"id"`
		Key     string          `db:"key"`
		Outcome arrival.Outcome `db:"outcome"`
		At      int64           `db:"at"`
		Asked   int64           `db:"asked"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT a.id, a.key, a.outcome, a.at, a.asked FROM json_each({:keys}) j
		CROSS JOIN arrivals a ON a.mailbox = {:mailbox} AND a.key = j.value AND a.key <> ''`).
		WithContext(ctx).Bind(dbx.Params{"keys": database.JSONArray(keys), "mailbox": place}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read which e-mails of a mailbox were read: %w", err)
	}
	notes := make(map[string]mailbox.Note, len(rows))
	old := []byte{'['}
	for _, r := range rows {
		notes[r.Key] = mailbox.Note{Outcome: r.Outcome, At: time.UnixMilli(r.At)}
		if now.Sub(time.UnixMilli(r.Asked)) > askedEvery {
			old = append(fmt.Appendf(old, "%d", r.ID), ',')
		}
	}
	if len(old) > 1 {
		_, err := app.NonconcurrentDB().NewQuery(`UPDATE arrivals SET asked = {:now} WHERE id IN (SELECT value FROM json_each({:ids}))`).
			WithContext(ctx).Bind(dbx.Params{"now": now.UnixMilli(), "ids": database.CloseArray(old)}).Execute()
		if err != nil {
			return nil, fmt.Errorf("note which e-mails a mailbox has: %w", err)
		}
	}
	return notes, nil
}

func (t *booking) wasReported(hook, id string) (seen bool, err error) {
	err = t.db.NewQuery(`SELECT EXISTS (SELECT 1 FROM webhook_reports WHERE hook = {:hook} AND id = {:id})`).
		Bind(dbx.Params{"hook": hook, "id": id}).Row(&seen)
	if err != nil {
		return false, fmt.Errorf("look whether a report was received before: %w", err)
	}
	return seen, nil
}

func (t *booking) noteReport(hook, id string) error {
	_, err := t.db.NewQuery(`INSERT INTO webhook_reports (hook, id, at) VALUES ({:hook}, {:id}, {:now})`).
		Bind(dbx.Params{"hook": hook, "id": id, "now": t.now.UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("note that a report was received: %w", err)
	}
	return nil
}

// chunk is how many rows one statement deletes: it holds the write lock for a few milliseconds.
const chunk = 1000

// Forget deletes what is kept for some time only: notes of e-mails and reports that were read, keys of deleted mailings,
// counts of failures. It writes in short transactions.
func Forget(ctx context.Context, app core.App, now time.Time) error {
	db := app.NonconcurrentDB()
	for _, old := range []struct {
		table, key, where string
		before            time.Duration
	}{
		{"arrivals", "id", `asked < {:before} AND (outcome <> 'booked' OR at < {:booked})`, keysKept},
		{"webhook_reports", "hook, id", `at < {:before}`, reportsKept},
		{"deleted_contents", "no", `deleted < {:before}`, deletedKept},
	} {
		statement := `DELETE FROM ` + old.table + ` WHERE (` + old.key + `) IN (SELECT ` + old.key + ` FROM ` + old.table + ` WHERE ` + old.where + ` LIMIT {:chunk})`
		params := dbx.Params{
			"before": now.Add(-old.before).UnixMilli(), "booked": now.Add(-arrivalsKept).UnixMilli(), "chunk": chunk,
		}
		for {
			res, err := db.NewQuery(statement).Bind(params).WithContext(ctx).Execute()
			if err != nil {
				return fmt.Errorf("delete old rows of %s: %w", old.table, err)
			}
			if n, err := res.RowsAffected(); err != nil || n < chunk {
				if err != nil {
					return err
				}
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Millisecond): // let other writers in
			}
		}
	}
	return undelivered.Forget(db, now)
}
