package limit

import (
	"time"
)

// Bucket gives out so many tokens a second. It starts with one, so that a restart does not begin with a burst, and
// saves up those of a tenth of a second.
type Bucket struct {
	rate   float64 // tokens a second; 0 is no limit
	tokens float64
	at     time.Time // when tokens was right
}

// NewBucket makes a bucket of so many tokens a second, 0 for no limit.
func NewBucket(rate float64, now time.Time) *Bucket { return &Bucket{rate: rate, tokens: 1, at: now} }

// Wait is how long it takes until there is a token; 0 when there is one.
func (b *Bucket) Wait(now time.Time) time.Duration {
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

// Take takes the token that Wait found.
func (b *Bucket) Take() { b.tokens-- }
