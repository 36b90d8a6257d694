package stats

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
)

// mostDomains is how many domains of one mailing are counted by name in one quarter-hour; the rest
// are OtherDomain. A mailing to a million people in half a million domains then leaves hundreds of
// rollups an hour instead of as many as there are attempts, while a domain that makes up more than
// a few per cent of it is all but certainly among the first.
const mostDomains = 200

// Recorder adds results to the rollups. It remembers which domains the present quarter-hour of each
// mailing has, so that a turn of the ledger costs one statement. Its owner is the ledger's
// goroutine: it is not for use by several at once.
type Recorder struct {
	newest int64 // quarter-hour seen
	known  map[slot]map[string]struct{}
}

// NewRecorder returns a recorder that learns from the table what is recorded already.
func NewRecorder() *Recorder { return &Recorder{known: make(map[slot]map[string]struct{})} }

// Record is the same as NewRecorder().Record, for those who record seldom.
func Record(tx dbx.Builder, results []Result) error { return NewRecorder().Record(tx, results) }

// Record adds the results to the rollups in the caller's transaction. When it or the transaction
// fails nothing is recorded, and the recorder is still good for use.
func (r *Recorder) Record(tx dbx.Builder, results []Result) error {
	if len(results) == 0 {
		return nil
	}
	rows, err := r.Rows(tx, results)
	if err != nil {
		return err
	}
	if _, err := tx.NewQuery(Upsert).Bind(dbx.Params{"rows": rows}).Execute(); err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	return nil
}

// Rows returns the results as the parameter {:rows} of Upsert, for those who record often and have that
// statement prepared.
func (r *Recorder) Rows(tx dbx.Builder, results []Result) (string, error) {
	if err := r.learn(tx, results); err != nil {
		return "", err
	}
	sums := rollups(results, r.byName)

	rows := make([][]any, 0, len(sums))
	for k, c := range sums {
		rows = append(rows, []any{
			k.owner, k.bucket, k.mailing, k.domain, k.code, k.enhanced,
			c.Attempts, c.Success, c.Failure, c.Uncertain, c.Sent,
		})
	}
	batch, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("encode rollups: %w", err)
	}
	return string(batch), nil
}

// Upsert adds rollups to what is there. It finds its rows by the primary key. jsonb_each hands out values that need no second parsing,
// which takes a third off the statement.
const Upsert = `
INSERT INTO rollups (owner, bucket, mailing, domain, code, enhanced_code, attempts, success, failure, uncertain, sent)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
	value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10
FROM jsonb_each({:rows})
WHERE true -- or the parser takes ON CONFLICT for a join's
ON CONFLICT (owner, bucket, mailing, domain, code, enhanced_code) DO UPDATE SET
	attempts  = attempts  + excluded.attempts,
	success   = success   + excluded.success,
	failure   = failure   + excluded.failure,
	uncertain = uncertain + excluded.uncertain,
	sent      = sent      + excluded.sent`

// learn reads the domains of quarter-hours that the recorder has not met, and forgets those of
// quarter-hours gone by.
func (r *Recorder) learn(tx dbx.Builder, results []Result) error {
	newest := r.newest
	for i := range results {
		newest = max(newest, Bucket(results[i].At))
	}
	if newest > r.newest {
		r.newest = newest
		clear(r.known)
	}
	for i := range results {
		s := slot{results[i].Owner, results[i].Mailing, Bucket(results[i].At)}
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

// byName reports whether a domain is counted by name, and remembers it if so. A transaction that is
// rolled back afterwards leaves a name that the table has not: one place less for another.
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
