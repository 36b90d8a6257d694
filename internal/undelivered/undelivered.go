// Package undelivered decides what follows for an address from an e-mail that was not delivered or not wanted: whether it
// gets on the stop list of the owner. Refusals in the session with a mail server and bounces have the same effect.
package undelivered

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/refusal"
	"gonets/internal/stats"
	"gonets/internal/suppression"
)

// leastSpan is the least time between the first and the last of the soft failures that put an address on the stop list. A
// mailbox may be full over a weekend, and a mail system out of order.
const leastSpan = 3 * 24 * time.Hour

// Failure is an e-mail that was not delivered.
type Failure struct {
	Owner   string // of the mailing
	Mailing string // "" if it was deleted
	Email   string // of the recipient
	Class   refusal.Class
	Note    string    // what the mail system said
	SentAt  time.Time // when the e-mail was submitted
}

// Record decides what follows from a failure, in the transaction of tx: after a hard one the address is on the stop list,
// after a soft one if instance.soft_bounces came in a row within leastSpan or more, after a block never.
func Record(tx dbx.Builder, f Failure) error {
	switch f.Class {
	case refusal.Hard:
		return suppression.Add(tx, f.Owner, f.Email, suppression.ReasonBounced, f.Mailing, f.Note)
	case refusal.Soft:
		return recordSoft(tx, f)
	}
	return nil
}

// Complaint puts the address of a recipient who called an e-mail unwanted on the stop list, in the transaction of tx.
func Complaint(tx dbx.Builder, owner, mailing, email, note string) error {
	return suppression.Add(tx, owner, email, suppression.ReasonComplained, mailing, note)
}

// row is a row of soft_failures; times are Unix milliseconds.
type row struct {
	Failures int   `db:"failures"`
	First    int64 `db:"first_at"`
	Last     int64 `db:"last_at"`
}

// recordSoft counts a soft failure. Nothing is written when an e-mail is delivered: only a further failure looks for
// deliveries since the last one, so sending costs nothing.
func recordSoft(tx dbx.Builder, f Failure) error {
	var most int
	if err := tx.NewQuery(`SELECT soft_bounces FROM instance LIMIT 1`).Row(&most); err != nil {
		return fmt.Errorf("read how many soft failures are allowed: %w", err)
	}
	if most <= 0 {
		return nil
	}
	at := f.SentAt.UnixMilli()
	params := dbx.Params{"owner": f.Owner, "email": f.Email}
	var r row
	err := tx.NewQuery(`SELECT failures, first_at, last_at FROM soft_failures WHERE owner = {:owner} AND email = {:email}`).
		Bind(params).One(&r)
	known := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the soft failures of %s: %w", f.Email, err)
	}
	if known && at > r.Last {
		delivered, err := deliveredBetween(tx, f.Owner, f.Email, time.UnixMilli(r.Last), f.SentAt)
		if err != nil {
			return err
		}
		known = !delivered
	}
	if !known {
		r = row{First: at, Last: at}
	}
	r.Failures++
	r.First, r.Last = min(r.First, at), max(r.Last, at)
	_, err = tx.NewQuery(`
		INSERT INTO soft_failures (owner, email, failures, first_at, last_at) VALUES ({:owner}, {:email}, {:failures}, {:first}, {:last})
		ON CONFLICT (owner, email) DO UPDATE SET failures = excluded.failures, first_at = excluded.first_at, last_at = excluded.last_at`).
		Bind(dbx.Params{"owner": f.Owner, "email": f.Email, "failures": r.Failures, "first": r.First, "last": r.Last}).Execute()
	if err != nil {
		return fmt.Errorf("count the soft failures of %s: %w", f.Email, err)
	}
	if r.Failures < most || time.Duration(r.Last-r.First)*time.Millisecond < leastSpan {
		return nil
	}
	return suppression.Add(tx, f.Owner, f.Email, suppression.ReasonBounced, f.Mailing,
		fmt.Sprintf("%d temporary failures in a row; the last: %s", r.Failures, f.Note))
}

// deliveredBetween reports whether an e-mail that a mailing of the owner sent to the address between two times was accepted
// and has not come back. It looks the address up in each mailing that was sent meanwhile, by idx_mailings_owner_created and
// idx_recipients_mailing_email. Where the attempts are deleted by now, the start of the mailing stands for the time.
func deliveredBetween(tx dbx.Builder, owner, email string, after, before time.Time) (bool, error) {
	var sent []struct {
		ID      int64  `db:"id"`
		Tries   int    `db:"tries"`
		Started string `db:"started_at"`
	}
	err := tx.NewQuery(`
		SELECT r.id, r.tries, m.started_at
		FROM mailings m
		CROSS JOIN recipients r ON r.mailing = m.id AND r.email = {:email}
		CROSS JOIN contents k ON k.mailing = m.id AND k.owner = m.owner AND k.no = r.id >> {:bits}
		WHERE m.owner = {:owner} AND m.started_at <> '' AND m.started_at <= {:before}
			AND (m.finished_at = '' OR m.finished_at >= {:after}) AND r.state = 'sent' AND r.tries > 0`).
		Bind(dbx.Params{
			"owner": owner, "email": email, "bits": mailing.IDBits, "after": database.Stamp(after), "before": database.Stamp(before),
		}).All(&sent)
	if err != nil {
		return false, fmt.Errorf("look for deliveries to %s: %w", email, err)
	}
	for _, r := range sent {
		var attempt struct {
			Status  stats.Status `db:"status"`
			Created string       `db:"created"`
		}
		err := tx.NewQuery(`SELECT status, created FROM attempts WHERE id = {:id}`).
			Bind(dbx.Params{"id": mailing.AttemptID(r.ID, r.Tries)}).One(&attempt)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			attempt.Status, attempt.Created = stats.Success, r.Started
		case err != nil:
			return false, fmt.Errorf("look for a delivery to %s: %w", email, err)
		}
		if attempt.Status == stats.Success && attempt.Created > database.Stamp(after) && attempt.Created < database.Stamp(before) {
			return true, nil
		}
	}
	return false, nil
}

// kept is how long a row of soft_failures is kept after its last failure. Who is mailed less often than that has no row.
const kept = 400 * 24 * time.Hour

// Forget deletes the counts of addresses that have not failed for 400 days.
func Forget(db dbx.Builder, now time.Time) error {
	// By idx_soft_failures_last.
	_, err := db.NewQuery(`DELETE FROM soft_failures WHERE last_at < {:before}`).Bind(dbx.Params{"before": now.Add(-kept).UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("delete old counts of failures: %w", err)
	}
	return nil
}
