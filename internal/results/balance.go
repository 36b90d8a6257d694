package results

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
)

// Imbalance is a mailing whose counters do not say what its recipients say.
type Imbalance struct {
	Mailing string `db:"mailing" json:"mailing"`
	// Counted are total, sent, failed, uncertain, skipped, deferred, bounced by the counters of the mailing;
	// Found the same by its recipients.
	Counted string `db:"counted" json:"counted"`
	Found   string `db:"found" json:"found"`
}

// Unbalanced looks at every recipient of every mailing that does not run, and returns the mailings
// whose books do not balance. There should be none, ever. It reads the whole table: for an operator
// who asks, not for a page.
func Unbalanced(ctx context.Context, db dbx.Builder) ([]Imbalance, error) {
	bad := []Imbalance{}
	err := db.NewQuery(`
		SELECT m.id AS mailing,
			format('%d, %d, %d, %d, %d, %d, %d', m.total, m.sent, m.failed, m.uncertain, m.skipped, m.deferred, m.bounced) AS counted,
			format('%d, %d, %d, %d, %d, %d, %d', r.total, r.sent, r.failed, r.uncertain, r.skipped, r.deferred, r.bounced) AS found
		FROM (
			SELECT mailing, COUNT(*) AS total,
				SUM(state = 'sent') AS sent, SUM(state = 'failed') AS failed, SUM(state = 'uncertain') AS uncertain,
				SUM(state = 'skipped') AS skipped, SUM(state = 'deferred') AS deferred, SUM(state = 'bounced') AS bounced
			FROM recipients GROUP BY mailing
		) r JOIN mailings m ON m.id = r.mailing
		WHERE m.status NOT IN ('created', 'scheduled', 'running') AND counted <> found`).
		WithContext(ctx).All(&bad)
	if err != nil {
		return nil, fmt.Errorf("compare the counters with the recipients: %w", err)
	}
	return bad, nil
}
