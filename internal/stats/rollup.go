// Package stats stores and reads the figures of Gonets: the rollups of attempts, the statistics made
// from them, the counts of the home page, and the cache in front of both.
package stats

import (
	"strings"
	"time"

	"gonets/internal/address"
	"gonets/internal/refusal"
)

// Status is the result of one attempt: the values of attempts.status.
type Status string

// The statuses of an attempt. NoAttempt is for recipients that got their state without one.
const (
	Success   Status = "success"
	Failure   Status = "failure"
	Uncertain Status = "uncertain"
	NoAttempt Status = ""
)

// Result has the values of one attempt, or of a recipient whose state changed without one, for the statistics.
type Result struct {
	At       time.Time // when it was recorded; its quarter-hour counts
	Owner    string    // id of the mailing's owner
	Mailing  string    // id of the mailing
	Email    string    // of the recipient; only its domain is stored
	Status   Status    // NoAttempt if there was none
	Code     int       // SMTP reply code, 0 without a reply
	Enhanced string    // enhanced status code of RFC 3463, "" without
	Sent     int       // recipients that became sent by it: 1 or 0
	// Bounced and Complained are recipients whose e-mail came back, or who complained: 1 or 0. The status is NoAttempt.
	Bounced, Complained int
	Class               refusal.Class // of what bounced
}

// quarter is the width of a rollup: every offset from UTC in use today is a multiple of it, so days
// of any zone can be summed from rollups.
const quarter = 15 * time.Minute

// otherDomain is the name in rollups and statistics for all further domains.
const otherDomain = "other"

// slot is a quarter-hour of a mailing.
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

// rollups sums the results by key. Domains for which name returns false are counted as otherDomain.
func rollups(results []Result, name func(slot, string) bool) map[rollupKey]*Counts {
	sums := make(map[rollupKey]*Counts, len(results))
	for i := range results {
		r := &results[i]
		key := rollupKey{
			slot:   slot{r.Owner, r.Mailing, bucket(r.At)},
			domain: strings.ToLower(address.Domain(r.Email)), code: r.Code, enhanced: r.Enhanced,
		}
		if !name(key.slot, key.domain) {
			key.domain = otherDomain
		}
		of(sums, key).count(r)
	}
	return sums
}

// bucket is the Unix time, in seconds, of the quarter-hour's start that t falls in.
func bucket(t time.Time) int64 {
	const width = int64(quarter / time.Second)
	seconds := t.Unix()
	return seconds - (seconds%width+width)%width
}
