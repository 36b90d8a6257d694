package stats

import (
	"sync"
	"time"
)

const (
	// settledAfter is how long after a quarter-hour nothing is counted in it any more: results are counted when they are recorded.
	settledAfter = 30 * time.Minute
	// pastFor is how long sums of the past are used: an error in them would not stay longer.
	pastFor = 24 * time.Hour
	// mostPast is how many entries of maps all sums together have: some 20 MB. More than half of them for one key are not kept.
	mostPast = 100_000
	// aloneEntries is how many entries the sums of a range count for beside those of their maps: an owner can ask for many short ranges.
	aloneEntries = 20
)

// past keeps what was summed of quarter-hours in which nothing is counted any more, so that statistics read the rollups since then
// only. A year of an owner who never stops has a million rollups, which take seconds to read.
type past struct {
	mu      sync.Mutex
	sums    map[string]settled
	entries int
}

// settled are the sums of the rollups from the beginning of a span to until, which nobody changes any more.
type settled struct {
	sums  *sums
	until int64     // a bucket; it is not in the sums
	begun time.Time // when their first rollups were read
	used  time.Time
}

func newPast() *past { return &past{sums: make(map[string]settled)} }

// find returns what is kept under a key, or sums of nothing up to the beginning of the span.
func (p *past) find(key string, within span, now time.Time) settled {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.sums[key]
	// If the clock was set back, results may be counted in quarter-hours that were over before.
	if !ok || now.Sub(found.begun) >= pastFor || now.Before(found.used) {
		return settled{newSums(within), within.from, now, now}
	}
	found.used = now
	p.sums[key] = found
	return found
}

// keep keeps sums, and forgets those that were used least lately while there are too many.
func (p *past) keep(key string, s settled) {
	if s.sums.entries() > mostPast/2 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(key)
	p.sums[key] = s
	p.entries += s.sums.entries()
	for p.entries > mostPast {
		oldest := key
		for other, o := range p.sums {
			if o.used.Before(p.sums[oldest].used) {
				oldest = other
			}
		}
		p.drop(oldest)
	}
}

func (p *past) drop(key string) {
	if s, ok := p.sums[key]; ok {
		p.entries -= s.sums.entries()
		delete(p.sums, key)
	}
}

// settledUntil is the first bucket in which something may be counted yet.
func settledUntil(now time.Time) int64 { return bucket(now.Add(-settledAfter)) }

// entries are how many entries the sums count for.
func (s *sums) entries() int {
	return aloneEntries + len(s.days) + len(s.domains) + len(s.codes) + len(s.mailings)
}

// plus are the sums of both, which stay as they are.
func (s *sums) plus(o *sums) *sums {
	both := newSums(s.within)
	for _, part := range []*sums{s, o} {
		both.totals.add(&part.totals)
		for i := range part.days {
			both.days[i].add(&part.days[i])
		}
		addAll(both.domains, part.domains)
		addAll(both.codes, part.codes)
		addAll(both.mailings, part.mailings)
	}
	return both
}

// addAll adds what is counted by key.
func addAll[K comparable](to, from map[K]*Counts) {
	for key, c := range from {
		of(to, key).add(c)
	}
}
