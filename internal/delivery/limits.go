package delivery

import (
	"sync"
	"time"
)

// bucket gives out so many tokens a second. It starts with one, so that a restart does not begin
// with a burst, and saves up those of a tenth of a second.
type bucket struct {
	rate   float64 // tokens a second; 0 is no limit
	tokens float64
	at     time.Time // when tokens was right
}

func newBucket(rate float64, now time.Time) *bucket { return &bucket{rate: rate, tokens: 1, at: now} }

// wait is how long it takes until there is a token; 0 when there is one.
func (b *bucket) wait(now time.Time) time.Duration {
	if b.rate <= 0 {
		return 0
	}
	b.tokens = min(b.tokens+b.rate*now.Sub(b.at).Seconds(), max(1, b.rate/10))
	b.at = now
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - b.tokens) / b.rate * float64(time.Second))
}

// take takes the token that wait found.
func (b *bucket) take() { b.tokens-- }

// meter counts the mails of one UTC day against a daily limit. Those that are under way count too. It keeps
// workers from asking for claims that the ledger would refuse; what holds is the ledger's own look at the
// counts, in the transaction of the claim.
type meter struct {
	mu     sync.Mutex
	limit  int // 0 is none
	day    string
	used   int       // handed over
	taken  int       // under way
	read   time.Time // when used was last read
	shut   time.Time // nothing is given out before: the ledger knows of more mails than we do
	reload func(day string) (int, error)
}

// open says whether one more mail may go out today, and if not, when the next day begins.
func (m *meter) open(now time.Time) (next time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.look(now)
}

// take takes one mail of the day, if one may go out; else it says when the next may.
func (m *meter) take(now time.Time) (next time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.shut) {
		return m.shut, false
	}
	next, ok = m.look(now)
	if ok {
		m.taken++
	}
	return next, ok
}

// look is open with the mutex held.
func (m *meter) look(now time.Time) (next time.Time, ok bool) {
	if m.limit <= 0 {
		return time.Time{}, true
	}
	day := utcDay(now)
	// What was counted beside us, and what the last count had of mails that were just coming back, is seen
	// when none is under way.
	if day != m.day || m.used+m.taken >= m.limit && m.taken == 0 && now.Sub(m.read) >= lookEvery {
		used, err := m.reload(day)
		if err != nil {
			return now.Add(time.Second), false
		}
		m.day, m.used, m.read = day, used, now
	}
	if m.used+m.taken < m.limit {
		return time.Time{}, true
	}
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour), false
}

// refused notes that the ledger had no room for a mail that was taken: the count is read again.
func (m *meter) refused(now time.Time) {
	m.mu.Lock()
	m.day, m.shut = "", now.Add(lookEvery)
	m.mu.Unlock()
}

// settle ends what take began: the mail was handed over, or it was not.
func (m *meter) settle(handedOver bool) {
	m.mu.Lock()
	m.taken--
	if handedOver {
		m.used++
	}
	m.mu.Unlock()
}

// setLimit takes effect with the next mail.
func (m *meter) setLimit(limit int) {
	m.mu.Lock()
	m.limit = limit
	m.mu.Unlock()
}
