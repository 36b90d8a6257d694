package stats

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// sums adds up the rollups of a span by each grouping of the statistics.
type sums struct {
	within   span
	totals   Counts
	days     []Counts // as within.days
	domains  map[string]*Counts
	codes    map[answer]*Counts
	mailings map[mailingKey]*Counts
}

// answer are the codes of a mail server's answer.
type answer struct {
	code     int
	enhanced string
}

// mailingKey is a mailing with its owner, who cannot be read from a deleted mailing.
type mailingKey struct{ id, owner string }

func newSums(within span) *sums {
	return &sums{
		within:   within,
		days:     make([]Counts, len(within.days)),
		domains:  make(map[string]*Counts),
		codes:    make(map[answer]*Counts),
		mailings: make(map[mailingKey]*Counts),
	}
}

func (s *sums) add(k *rollupKey, c *Counts) {
	s.totals.add(c)
	s.days[s.within.day(k.bucket)].add(c)
	of(s.domains, k.domain).add(c)
	of(s.mailings, mailingKey{k.mailing, k.owner}).add(c)
	if c.Attempts > 0 || c.Bounced > 0 { // recipients that an owner marked as sent have no answer, and complaints neither
		of(s.codes, answer{k.code, k.enhanced}).add(c)
	}
}

// of is the entry of the key; it is created if it is missing.
func of[K comparable](m map[K]*Counts, key K) *Counts {
	c := m[key]
	if c == nil {
		c = &Counts{}
		m[key] = c
	}
	return c
}

// statistics makes the answer of the sums, without the names of mailings.
func (s *sums) statistics() Statistics {
	result := Statistics{
		From:   time.Unix(s.within.from, 0).In(s.within.zone),
		To:     time.Unix(s.within.to, 0).In(s.within.zone),
		TZ:     s.within.zone.String(),
		Totals: s.totals,
		// Lists must not be null in JSON.
		Days: []DayCounts{}, Domains: []DomainCounts{}, Codes: []CodeCounts{}, Mailings: []MailingCounts{},
	}
	for i, day := range s.within.days {
		result.Days = append(result.Days, DayCounts{day.String(), s.days[i]})
	}
	for _, domain := range s.shownDomains() {
		result.Domains = append(result.Domains, DomainCounts{domain, *s.domains[domain]})
	}
	for _, a := range top(s.codes, func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.enhanced, b.enhanced))
	}) {
		result.Codes = append(result.Codes, CodeCounts{a.code, a.enhanced, *s.codes[a]})
	}
	for _, m := range top(s.mailings, func(a, b mailingKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.owner, b.owner))
	}) {
		result.Mailings = append(result.Mailings, MailingCounts{Mailing: m.id, Owner: m.owner, Counts: *s.mailings[m]})
	}
	return result
}

// shownDomains are the domains with most attempts, and last otherDomain with the rest.
func (s *sums) shownDomains() []string {
	rest := of(s.domains, otherDomain)
	delete(s.domains, otherDomain)
	shown := top(s.domains, cmp.Compare)
	for domain, c := range s.domains {
		if !slices.Contains(shown, domain) {
			rest.add(c)
		}
	}
	if *rest != (Counts{}) {
		s.domains[otherDomain] = rest
		shown = append(shown, otherDomain)
	}
	return shown
}

// top are at most mostGroups keys with most attempts; order sorts equal ones.
func top[K comparable](m map[K]*Counts, order func(a, b K) int) []K {
	keys := slices.Collect(maps.Keys(m))
	slices.SortFunc(keys, func(a, b K) int {
		return cmp.Or(cmp.Compare(m[b].Attempts, m[a].Attempts), cmp.Compare(m[b].Sent, m[a].Sent), order(a, b))
	})
	return keys[:min(len(keys), mostGroups)]
}
