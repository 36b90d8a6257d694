package sender

import (
	"math"
)

// WarmUp is how the daily limit of a new sender grows.
type WarmUp struct {
	Start  int // mails on the first day, 0 = no warming up
	Growth int // per cent a day
}

// defaultGrowth doubles a limit in less than two days.
const defaultGrowth = 50

// Limit is the daily limit on a day of the sender's life, 0 for the first: the smaller of the grown one
// and of what the operator set, 0 for none.
func (w WarmUp) Limit(day, daily int) int {
	if w.Start <= 0 {
		return daily
	}
	growth := w.Growth
	if growth <= 0 {
		growth = defaultGrowth
	}
	grown := float64(w.Start) * math.Pow(1+float64(growth)/100, float64(day))
	if daily > 0 && grown >= float64(daily) {
		return daily
	}
	if grown >= math.MaxInt32 {
		return 0 // a sender that may send so much is warm
	}
	return int(grown)
}
