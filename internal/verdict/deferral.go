package verdict

import (
	"math/rand/v2"
	"time"
)

// Deferral says when what was refused for now is tried again.
type Deferral struct {
	// Steps are the waits after the first, second… try; the last is used for all further ones.
	Steps []time.Duration
	// MaxTries is how often one recipient is tried at most.
	MaxTries int
}

// DefaultDeferral tries for about a day. Greylisting ends after minutes, a full mailbox is cleared the next day or
// never.
var DefaultDeferral = Deferral{
	Steps:    []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 16 * time.Hour},
	MaxTries: 7,
}

// Jitter spreads a wait by a tenth either way, so that what was refused together does not come back together.
func Jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}
