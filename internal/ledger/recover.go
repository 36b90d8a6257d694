package ledger

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// interrupted is the response of an attempt that Gonets did not see the end of.
const interrupted = "Gonets ended while the mail was being handed over: it may have been delivered"

// Recover makes uncertain whoever was being mailed when an earlier process ended: they may
// have got the mail or not, and nobody can know.
func Recover(ctx context.Context, app core.App, l *Ledger) error {
	// Only mailings with somebody left can have such recipients; of these their rows are read once,
	// which takes a third of a second for a million.
	var rows []struct {
		ID     int64  `db:"id"`
		Client string `db:"client"`
		Email  string `db:"email"`
		Tries  int    `db:"tries"`

		Mailing string `db:"mailing"` // "" for a transactional e-mail
		Call    string `db:"call"`
		Owner   string `db:"owner"`
		Sender  string `db:"sender"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT r.id, r.client, r.email, r.tries, r.mailing, '' AS call, c.owner, c.sender
		FROM mailings m
		JOIN contents c ON c.mailing = m.id AND c.owner = m.owner
		JOIN recipients r ON r.id BETWEEN c.no << {:bits} AND (c.no << {:bits}) + c.last
		WHERE m.started_at <> '' AND m.total > m.sent + m.failed + m.uncertain + m.skipped + m.bounced AND r.state = 'sending'
		UNION ALL
		SELECT r.id, r.client, r.email, r.tries, '', t.id, t.owner, t.sender
		FROM transactional t INDEXED BY idx_transactional_waiting
		JOIN recipients r ON r.id BETWEEN t.no << {:bits} AND (t.no << {:bits}) + t.total
		WHERE t.waiting > 0 AND r.state = 'sending'`).
		WithContext(ctx).Bind(dbx.Params{"bits": mailing.IDBits}).All(&rows)
	if err != nil {
		return fmt.Errorf("find interrupted recipients: %w", err)
	}
	if err := limit.ForgetInFlight(app.NonconcurrentDB()); err != nil {
		return err
	}
	damaged := 0
	if l.journalled, damaged, err = stats.ReadJournal(app.NonconcurrentDB()); err != nil {
		return err
	}
	if damaged > 0 {
		app.Logger().Error("a part of the journal of rollups is damaged, and missing in the statistics", "rows", damaged)
	}
	if len(rows) == 0 {
		return nil
	}
	mailings := map[string]*Mailing{}
	entries := make([]*Entry, len(rows))
	for i, row := range rows {
		m := &Mailing{ID: row.Mailing, Owner: row.Owner, Sender: row.Sender}
		if mailings[m.key()] == nil {
			mailings[m.key()] = m
		}
		entries[i] = &Entry{
			Settle: &Recipient{ID: row.ID, Client: row.Client, Email: row.Email, Tries: row.Tries, State: mailing.Sending, Mailing: mailings[m.key()], Call: row.Call},
			Result: verdict.Outcome{
				State: mailing.Uncertain, Reason: mailing.ReasonInterrupted, Status: stats.Uncertain, Response: interrupted,
			},
		}
	}
	app.Logger().Warn("recipients were being mailed when Gonets ended; they are uncertain now", "recipients", len(rows))
	if err := l.record(entries); err != nil {
		return err
	}
	became := map[string]int{}
	for _, row := range rows {
		if row.Mailing != "" {
			became[row.Mailing]++
		}
	}
	for id, n := range became {
		if _, err := mailing.Note(app.NonconcurrentDB(), id, mailing.ByEngine, mailing.EventInterrupted, mailing.Detail{"recipients": n}); err != nil {
			app.Logger().Error("note an interruption", "mailing", id, "error", err) // the states are what counts
		}
	}
	return nil
}
