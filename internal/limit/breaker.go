package limit

import (
	"time"

	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// Breaker is a circuit breaker: it keeps from trying again at once what has just failed. After each failure it waits
// twice as long as before, then a single try shows whether it goes on. A mail server has one, for connections that
// fail; a mailing has one, for mails that the server refuses because of our account.
type Breaker struct {
	pause   time.Duration // after the first failure; it doubles with each further one
	strikes int
	until   time.Time // no try before
	reason  *mailing.Reason

	probe any       // what is being tried while the breaker is open; nil while nothing is
	next  time.Time // no other try before, although the probe has shown nothing yet
}

const (
	// FirstPause is how long a breaker waits after the first failure.
	FirstPause = 2 * time.Second
	// longestPause keeps the way back short: a mail server that is repaired is noticed within minutes.
	longestPause = 2 * time.Minute
)

// NewBreaker makes a closed breaker that waits so long after the first failure.
func NewBreaker(pause time.Duration) Breaker { return Breaker{pause: pause} }

// Open is true from a failure until Reset.
func (b *Breaker) Open() bool { return b.strikes > 0 }

// Wait is how long nothing may be tried; 0 when something may.
func (b *Breaker) Wait(now time.Time) time.Duration {
	if !b.Open() {
		return 0
	}
	if b.probe != nil {
		return max(0, b.next.Sub(now))
	}
	return max(0, b.until.Sub(now))
}

// Try notes what is being tried, if the breaker is open. Nothing else is tried before next, unless the probe succeeds.
func (b *Breaker) Try(probe any, next time.Time) {
	if b.Open() {
		b.probe, b.next = probe, next
	}
}

// Pause is how long the last failure has it wait.
func (b *Breaker) Pause() time.Duration { return b.step(max(0, b.strikes-1)) }

// Abandon notes that what was being tried has shown nothing.
func (b *Breaker) Abandon() { b.probe = nil }

// Strike notes a failure, and how long nothing may be tried. tried is what has failed, nil when that cannot be told.
// What was begun together with something that has failed already is not counted; then it returns false.
func (b *Breaker) Strike(tried any, now time.Time, code, words string) bool {
	switch {
	case !b.Open():
	case tried == nil && b.probe == nil && now.Before(b.until), tried != nil && tried != b.probe:
		return false
	}
	b.until = now.Add(verdict.Jitter(b.step(b.strikes)))
	b.strikes++
	b.probe = nil
	b.reason = mailing.NewReason(code, words, b.until)
	return true
}

// step is how long to wait after a failure that so many came before.
func (b *Breaker) step(before int) time.Duration { return min(b.pause<<min(before, 10), longestPause) }

// Reason is why it is open, nil while it is not.
func (b *Breaker) Reason() *mailing.Reason { return b.reason }

// Reset notes that it works.
func (b *Breaker) Reset() { *b = Breaker{pause: b.pause} }
