package trial

import (
	"slices"
	"sync"
	"time"
)

// MaxHourly is how many addresses a user may send trials to in an hour, so that nobody sends mailings
// by way of trials.
const MaxHourly = 20

// Allowance counts the addresses that users have sent trials to within the last hour. It is kept in
// memory: a restart forgets it. Safe for concurrent use.
type Allowance struct {
	now func() time.Time

	mu    sync.Mutex
	spent map[string][]time.Time // by user: when each address was taken, oldest first
}

// NewAllowance returns an allowance that nobody has used. now is the clock, time.Now outside of tests.
func NewAllowance(now func() time.Time) *Allowance {
	return &Allowance{now: now, spent: map[string][]time.Time{}}
}

// Take takes n addresses of the user's hour. When so many are not left it takes none, and tells how many
// are and when there will be n; n must not exceed MaxHourly.
func (a *Allowance) Take(user string, n int) (ok bool, left int, again time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	a.forget(now.Add(-time.Hour))
	spent := a.spent[user]
	if left = MaxHourly - len(spent); n > left {
		return false, left, spent[n-left-1].Add(time.Hour)
	}
	for range n {
		spent = append(spent, now)
	}
	a.spent[user] = spent
	return true, left - n, now
}

// GiveBack returns the n addresses taken last, which no mail was sent to.
func (a *Allowance) GiveBack(user string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	spent := a.spent[user]
	a.spent[user] = spent[:max(0, len(spent)-n)]
}

// forget drops what was taken before that time.
func (a *Allowance) forget(before time.Time) {
	for user, spent := range a.spent {
		first := slices.IndexFunc(spent, func(at time.Time) bool { return at.After(before) })
		switch first {
		case -1:
			delete(a.spent, user)
		case 0:
		default:
			a.spent[user] = slices.Clone(spent[first:])
		}
	}
}
