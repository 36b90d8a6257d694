package delivery

import (
	"fmt"
	"math"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// warmUp is how the daily limit of a new sender grows.
type warmUp struct {
	start  int // mails on the first day, 0 = no warming up
	growth int // per cent a day
}

// defaultGrowth doubles a limit in less than two days.
const defaultGrowth = 50

// limit is the daily limit on a day of the sender's life, 0 for the first: the smaller of the grown one
// and of what the operator set, 0 for none.
func (w warmUp) limit(day, daily int) int {
	if w.start <= 0 {
		return daily
	}
	growth := w.growth
	if growth <= 0 {
		growth = defaultGrowth
	}
	grown := float64(w.start) * math.Pow(1+float64(growth)/100, float64(day))
	if daily > 0 && grown >= float64(daily) {
		return daily
	}
	if grown >= math.MaxInt32 {
		return 0 // a sender that may send so much is warm
	}
	return int(grown)
}

// dayOf is how many UTC days ago the sender sent its first mail; 0 when it has not yet.
func dayOf(app core.App, sender string, now time.Time) (int, error) {
	var first string
	err := app.ConcurrentDB().NewQuery(`SELECT COALESCE(MIN(day), '') FROM usage WHERE kind = 'sender' AND id = {:id} AND mails > 0`).
		Bind(dbx.Params{"id": sender}).Row(&first)
	if err != nil {
		return 0, fmt.Errorf("find the first day of sender %s: %w", sender, err)
	}
	return daysSince(first, now), nil
}

// daysSince is how many UTC days ago that day was; 0 for "".
func daysSince(day string, now time.Time) int {
	begin, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return max(0, int(now.UTC().Sub(begin).Hours()/24))
}
