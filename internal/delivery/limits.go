package delivery

import (
	"strings"
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

// meter counts the mails of one UTC day against a daily limit. Those that are under way count too, so
// that no more are handed over than may be.
type meter struct {
	mu     sync.Mutex
	limit  int // 0 is none
	day    string
	used   int // handed over
	taken  int // under way
	reload func(day string) (int, error)
}

// open says whether one more mail may go out today, and if not, when the next day begins.
func (m *meter) open(now time.Time) (next time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit <= 0 {
		return time.Time{}, true
	}
	if day := utcDay(now); day != m.day {
		used, err := m.reload(day)
		if err != nil {
			return now.Add(time.Second), false
		}
		m.day, m.used = day, used
	}
	if m.used+m.taken < m.limit {
		return time.Time{}, true
	}
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour), false
}

func (m *meter) take() {
	m.mu.Lock()
	m.taken++
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

// domainOf is what follows the last @ of an address.
func domainOf(email string) string { return email[strings.LastIndexByte(email, '@')+1:] }
