package e2e

import (
	"fmt"
	"testing"

	"gonets/internal/outbox"
)

// A time that somebody types is read by the rule that the engine has for the occurrences of a series.
func Test12ATypedTimeThatClocksSkipMovesForwardAndOneThatComesTwiceIsTheFirst(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	for _, c := range []struct{ typed, zone, want string }{
		{"2026-11-23T09:14", "Europe/Moscow", "2026-11-23T06:14"},
		{"2026-05-01T12:00", "Asia/Kathmandu", "2026-05-01T06:15"},
		{"2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30"},       // 03:30
		{"2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"},       // twice
		{"2027-03-14T02:30", "America/New_York", "2027-03-14T07:30"},    // 03:30
		{"2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"},    // twice
		{"2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45"}, // half an hour is skipped
		{"2026-09-06T00:00", "America/Santiago", "2026-09-06T04:00"},    // the day begins at one
		{"2026-04-24T00:30", "Africa/Cairo", "2026-04-23T22:30"},        // so does this one
		{"2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00"},        // there is no such day
	} {
		got := ask[string](b, fmt.Sprintf(`import(new URL('data/zone.js', document.baseURI)).then(({fromClock}) => fromClock(%q, %q).toISOString())`, c.typed, c.zone))
		if got != c.want+":00.000Z" {
			t.Errorf("%s in %s is %s, want %s", c.typed, c.zone, got, c.want)
		}
	}
}
