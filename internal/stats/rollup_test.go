package stats

import (
	"testing"
	"time"
)

// noon is a quarter-hour's start.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestBucketIsTheStartOfTheQuarter(t *testing.T) {
	for _, tc := range []struct {
		name string
		at   time.Time
		want time.Time
	}{
		{"on the start", noon, noon},
		{"just before the next", noon.Add(quarter - 1), noon},
		{"whatever the zone", noon.Add(20 * time.Minute).In(time.FixedZone("+05:45", 5*3600+45*60)), noon.Add(quarter)},
		{"before 1970", time.Unix(-1, 0), time.Unix(-900, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := bucket(tc.at); got != tc.want.Unix() {
				t.Errorf("got %s, want %s", time.Unix(got, 0).UTC(), tc.want.UTC())
			}
		})
	}
}
