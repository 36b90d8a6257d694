package limit

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Meter counts the mails of one UTC day against a daily limit. Those that are under way count too. It keeps workers
// from asking for claims that the ledger would refuse; what holds is the ledger's own check of the counts, in the
// transaction of the claim.
type Meter struct {
	mu     sync.Mutex
	limit  int // 0 is none
	day    string
	used   int       // handed over
	taken  int       // under way
	read   time.Time // when used was last read
	shut   time.Time // nothing is given out before: the ledger knows of more mails than we do
	reload func(day string) (int, error)
}

// reloadEvery is how often a meter that is used up looks whether it still is.
const reloadEvery = 500 * time.Millisecond

// NewMeter makes the meter of an owner or a sender, without a limit.
func NewMeter(app core.App, kind UsageKind, id string) *Meter {
	return &Meter{reload: func(day string) (int, error) { return mailsOn(app, kind, id, day) }}
}

// SetLimit takes effect with the next mail; 0 is no limit.
func (m *Meter) SetLimit(limit int) {
	m.mu.Lock()
	m.limit = limit
	m.mu.Unlock()
}

// open says whether one more mail may go out today, and if not, when the next day begins.
func (m *Meter) open(now time.Time) (next time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.check(now)
}

// take takes one mail of the day, if one may go out; else it says when the next may.
func (m *Meter) take(now time.Time) (next time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.shut) {
		return m.shut, false
	}
	next, ok = m.check(now)
	if ok {
		m.taken++
	}
	return next, ok
}

// check is open with the mutex held.
func (m *Meter) check(now time.Time) (next time.Time, ok bool) {
	if m.limit <= 0 {
		return time.Time{}, true
	}
	day := UTCDay(now)
	// What was counted beside us, and what the last count had of mails that were just coming back, is seen
	// when none is under way.
	if day != m.day || m.used+m.taken >= m.limit && m.taken == 0 && now.Sub(m.read) >= reloadEvery {
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
func (m *Meter) refused(now time.Time) {
	m.mu.Lock()
	m.day, m.shut = "", now.Add(reloadEvery)
	m.mu.Unlock()
}

// settle ends what take began: the mail was handed over, or it was not.
func (m *Meter) settle(handedOver bool) {
	m.mu.Lock()
	m.taken--
	if handedOver {
		m.used++
	}
	m.mu.Unlock()
}
