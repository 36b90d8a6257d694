package limit

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// DayOf is how many UTC days ago the sender sent its first mail; 0 when it has not yet.
func DayOf(app core.App, sender string, now time.Time) (int, error) {
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
