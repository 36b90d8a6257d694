package stats

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// mostDomains is how many domains of one mailing are counted by name in one quarter-hour; the rest
// are otherDomain. A mailing to a million people in half a million domains then leaves hundreds of
// rollups an hour instead of as many as there are attempts, while a domain with more than a few
// per cent of the recipients is almost certainly among the first.
const mostDomains = 200

// Recorder adds results to the rollups. It remembers the domains of the current quarter-hour of each mailing, so that a batch
// of the ledger takes one statement. It belongs to the ledger's goroutine: it is not safe for concurrent use.
type Recorder struct {
	newest int64 // quarter-hour seen
	known  map[slot]map[string]struct{}
}

// NewRecorder returns a recorder, which reads existing rollups from the table.
func NewRecorder() *Recorder { return &Recorder{known: make(map[slot]map[string]struct{})} }

// Record is NewRecorder().Record, for callers that record seldom.
func Record(tx dbx.Builder, results []Result) error { return NewRecorder().Record(tx, results) }

// Record adds the results to the rollups in the caller's transaction. When it or the transaction
// fails, nothing is recorded, and the recorder can be used further.
func (r *Recorder) Record(tx dbx.Builder, results []Result) error {
	if len(results) == 0 {
		return nil
	}
	counted, err := r.Count(tx, results)
	if err != nil {
		return err
	}
	if _, err := tx.NewQuery(Upsert).Bind(dbx.Params{"rows": counted.Rows()}).Execute(); err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	return nil
}

// Count sums the results by rollup. tx is to look up the rollups that there are.
func (r *Recorder) Count(tx dbx.Builder, results []Result) (Counted, error) {
	if err := r.learn(tx, results); err != nil {
		return Counted{}, err
	}
	return Counted{rollups(results, r.byName)}, nil
}

// Upsert adds to the rollups, by the primary key. The values of jsonb_each need no second parsing, which makes the statement
// a third faster.
const Upsert = `
INSERT INTO rollups (owner, bucket, mailing, domain, code, enhanced_code, attempts, success, failure, uncertain, sent, bounced, complained,
	hard, block)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
	value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10,
	value ->> 11, value ->> 12, value ->> 13, value ->> 14
FROM jsonb_each({:rows})
WHERE true -- or the parser takes ON CONFLICT for a join's
ON CONFLICT (owner, bucket, mailing, domain, code, enhanced_code) DO UPDATE SET
	attempts   = attempts   + excluded.attempts,
	success    = success    + excluded.success,
	failure    = failure    + excluded.failure,
	uncertain  = uncertain  + excluded.uncertain,
	sent       = sent       + excluded.sent,
	bounced    = bounced    + excluded.bounced,
	complained = complained + excluded.complained,
	hard       = hard       + excluded.hard,
	block      = block      + excluded.block`

// learn reads the domains of quarter-hours that the recorder does not have yet, and deletes those of past quarter-hours.
func (r *Recorder) learn(tx dbx.Builder, results []Result) error {
	newest := r.newest
	for i := range results {
		newest = max(newest, bucket(results[i].At))
	}
	if newest > r.newest {
		r.newest = newest
		clear(r.known)
	}
	for i := range results {
		s := slot{results[i].Owner, results[i].Mailing, bucket(results[i].At)}
		if r.known[s] != nil {
			continue
		}
		// By the primary key's first three columns.
		var domains []string
		err := tx.NewQuery(`
			SELECT DISTINCT domain FROM rollups
			WHERE owner = {:owner} AND bucket = {:bucket} AND mailing = {:mailing}`).
			Bind(dbx.Params{"owner": s.owner, "bucket": s.bucket, "mailing": s.mailing}).
			Column(&domains)
		if err != nil {
			return fmt.Errorf("read the domains of mailing %s: %w", s.mailing, err)
		}
		r.known[s] = make(map[string]struct{}, len(domains))
		for _, d := range domains {
			r.known[s][d] = struct{}{}
		}
	}
	return nil
}

// byName reports whether a domain is counted by name, and remembers it if so. After a
// transaction that is rolled back, a remembered name may be missing in the table: that takes the place of another name.
func (r *Recorder) byName(s slot, domain string) bool {
	known := r.known[s]
	if _, ok := known[domain]; ok {
		return true
	}
	if len(known) >= mostDomains {
		return false
	}
	known[domain] = struct{}{}
	return true
}
