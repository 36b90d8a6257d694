package delivery

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// onStopList tells which of the addresses their owner must not mail, and why, by
// idx_suppressions_owner_kind_value.
func onStopList(db dbx.Builder, owner string, emails []string) (map[string]string, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(emails)
	if err != nil {
		return nil, fmt.Errorf("encode addresses: %w", err)
	}
	var rows []struct {
		Email  string `db:"email"`
		Reason string `db:"reason"`
	}
	err = db.NewQuery(`
		SELECT j.value AS email, s.reason
		FROM json_each({:emails}) j
		JOIN suppressions s ON s.owner = {:owner} AND (s.kind = 'address' AND s.value = j.value
			OR s.kind = 'domain' AND s.value = substr(j.value, instr(j.value, '@') + 1))`).
		Bind(dbx.Params{"emails": string(raw), "owner": owner}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("look at the stop list: %w", err)
	}
	reasons := make(map[string]string, len(rows))
	for _, r := range rows {
		reasons[r.Email] = r.Reason
	}
	return reasons, nil
}

// putOnStopList adds an address that does not exist.
func putOnStopList(db dbx.Builder, owner, email, mailing, answer string) error {
	if len(answer) > 1000 {
		answer = strings.ToValidUTF8(answer[:1000], "")
	}
	now := stamp(time.Now())
	for _, q := range []string{
		`INSERT INTO suppressions (id, owner, kind, value, reason, mailing, note, created, updated)
		VALUES ({:id}, {:owner}, 'address', {:email}, 'bounced', {:mailing}, {:note}, {:now}, {:now})
		ON CONFLICT (owner, kind, value) DO NOTHING`,
		`UPDATE clients SET status = 'bounced', updated = {:now}
		WHERE owner = {:owner} AND email = {:email} AND status IN ('', 'active')`,
	} {
		_, err := db.NewQuery(q).Bind(dbx.Params{
			"id": core.GenerateDefaultRandomId(), "owner": owner, "email": email, "mailing": mailing, "note": answer, "now": now,
		}).Execute()
		if err != nil {
			return fmt.Errorf("put %s on the stop list: %w", email, err)
		}
	}
	return nil
}
