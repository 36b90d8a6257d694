// Package stats keeps and reads the figures of Gonets: the rollups of attempts, the statistics made
// from them, the counts of the home page, and the cache in front of both.
package stats

import (
	"strings"
	"time"

	"gonets/internal/address"
)

// Status is how one attempt ended, as the attempts collection has it.
type Status string

// The statuses of an attempt. NoAttempt is for what became of a recipient without one.
const (
	Success   Status = "success"
	Failure   Status = "failure"
	Uncertain Status = "uncertain"
	NoAttempt Status = ""
)

// Result is what the statistics need to know of one attempt, or of a recipient that became sent
// without one.
type Result struct {
	At       time.Time // when it was recorded; its quarter-hour counts
	Owner    string    // id of the mailing's owner
	Mailing  string    // id of the mailing
	Email    string    // of the recipient; only its domain is kept
	Status   Status    // NoAttempt for a recipient that its owner took as sent
	Code     int       // SMTP reply code, 0 without a reply
	Enhanced string    // enhanced status code of RFC 3463, "" without
	Sent     int       // recipients that became sent by it: 1 or 0
}

// Quarter is the width of a rollup: every offset from UTC in use today is a multiple of it, so days
// of any zone can be summed from rollups.
const Quarter = 15 * time.Minute

// OtherDomain stands in rollups and statistics for all domains past a bound.
const OtherDomain = "other"

// slot is what a rollup belongs to: a mailing's quarter-hour.
type slot struct {
	owner, mailing string
	bucket         int64
}

// rollupKey is the primary key of a rollup.
type rollupKey struct {
	slot
	domain   string
	code     int
	enhanced string
}

// rollups sums the results by key. Domains that name refuses are counted as OtherDomain.
func rollups(results []Result, name func(slot, string) bool) map[rollupKey]*Counts {
	sums := make(map[rollupKey]*Counts, len(results))
	for i := range results {
		r := &results[i]
		key := rollupKey{
			slot:   slot{r.Owner, r.Mailing, Bucket(r.At)},
			domain: strings.ToLower(address.Domain(r.Email)), code: r.Code, enhanced: r.Enhanced,
		}
		if !name(key.slot, key.domain) {
			key.domain = OtherDomain
		}
		of(sums, key).count(r)
	}
	return sums
}

// Bucket is the Unix time, in seconds, of the quarter-hour's start that t falls in.
func Bucket(t time.Time) int64 {
	const width = int64(Quarter / time.Second)
	seconds := t.Unix()
	return seconds - (seconds%width+width)%width
}
