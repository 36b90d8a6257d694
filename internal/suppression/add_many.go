package suppression

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/excerpt"
)

// Entry is an address for the stop list.
type Entry struct{ Email, Reason, Note string }

// weights say which of two reasons binds more.
var weights = map[string]int{ReasonComplained: 5, ReasonUnsubscribed: 4, ReasonManual: 3, ReasonBounced: 2, ReasonPaused: 1}

// BindsMore reports whether a reason binds more than another one: complained, then unsubscribed, then manual, then bounced,
// then paused, then none.
func BindsMore(reason, other string) bool { return weights[reason] > weights[other] }

// AddMany is Add for many addresses of an owner, all different, in the transaction of tx. It returns the ids of the entries
// that are new.
func AddMany(tx dbx.Builder, owner string, entries []Entry) (added []string, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	emails, rows := make([]string, len(entries)), make([][]string, len(entries))
	for i, e := range entries {
		emails[i] = e.Email
		rows[i] = []string{database.NewID(), e.Email, e.Reason, excerpt.Of(e.Note, 1000)}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("put %d addresses on the stop list: %w", len(entries), err)
	}
	// An entry that was there keeps its id, so those that come back with a new one are new.
	var written []string
	err = tx.NewQuery(`
		INSERT INTO suppressions (id, owner, kind, value, reason, mailing, note, created, updated)
		SELECT value->>0, {:owner}, 'address', value->>1, value->>2, '', value->>3, {:now}, {:now}
		FROM json_each({:rows}) WHERE TRUE
		ON CONFLICT (owner, kind, value) DO UPDATE SET
			reason = excluded.reason, mailing = '', until = '', updated = excluded.updated,
			note = CASE excluded.note WHEN '' THEN suppressions.note ELSE excluded.note END
		WHERE ` + weightSQL("excluded.reason") + ` > ` + weightSQL("suppressions.reason") + `
		RETURNING id`).
		Bind(dbx.Params{"owner": owner, "rows": string(encoded), "now": database.Stamp(time.Now())}).Column(&written)
	if err != nil {
		return nil, fmt.Errorf("put %d addresses on the stop list: %w", len(entries), err)
	}
	proposed := make(map[string]bool, len(rows))
	for _, row := range rows {
		proposed[row[0]] = true
	}
	for _, id := range written {
		if proposed[id] {
			added = append(added, id)
		}
	}
	return added, Mirror(tx, owner, emails)
}
