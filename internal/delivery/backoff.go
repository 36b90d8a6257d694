package delivery

import (
	"math/rand/v2"
	"time"
)

// jitter spreads a wait by a tenth either way, so that what was refused together does not come back
// together.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}
