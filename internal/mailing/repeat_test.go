package mailing

import (
	"testing"

	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/calendar"
)

func TestTheOccurrenceThatIsDueIsComputed(t *testing.T) {
	t.Parallel()
	at := func(s string) types.DateTime {
		d, err := types.ParseDateTime(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name           string
		m              series
		now, due, next string
		missed         int
	}{
		{"on time", series{StartsAt: at("2026-03-01 09:00:00Z"), Repeat: calendar.Daily}, "2026-03-01 09:00:00Z", "2026-03-01 09:00:00Z", "2026-03-02 09:00:00Z", 0},
		{"three days late", series{StartsAt: at("2026-03-01 09:00:00Z"), Repeat: calendar.Daily}, "2026-03-04 10:00:00Z", "2026-03-04 09:00:00Z", "2026-03-05 09:00:00Z", 3},
		{"since the year 1", series{StartsAt: at("0001-01-02 09:00:00Z"), Repeat: calendar.Daily}, "2026-03-04 10:00:00Z", "2026-03-04 09:00:00Z", "2026-03-05 09:00:00Z", 739_677},
		{"since the year 1, weekly", series{StartsAt: at("0001-01-02 09:00:00Z"), Repeat: calendar.Weekly}, "2026-03-04 10:00:00Z", "2026-03-03 09:00:00Z", "2026-03-10 09:00:00Z", 105_668},
		{"since the year 1, monthly", series{StartsAt: at("0001-01-31 09:00:00Z"), Repeat: calendar.Monthly}, "2026-03-04 10:00:00Z", "2026-02-28 09:00:00Z", "2026-03-31 09:00:00Z", 24_301},
		{
			"moved away from its anchor, as series of old may be",
			series{StartsAt: at("2026-03-04 09:30:00Z"), Anchor: at("0001-01-02 09:00:00Z"), Repeat: calendar.Daily},
			"2026-03-04 10:00:00Z", "2026-03-04 09:30:00Z", "2026-03-05 09:00:00Z", 0,
		},
		{
			"before its anchor",
			series{StartsAt: at("2026-03-04 09:30:00Z"), Anchor: at("2026-05-01 09:00:00Z"), Repeat: calendar.Daily},
			"2026-03-04 10:00:00Z", "2026-03-04 09:30:00Z", "2026-05-01 09:00:00Z", 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			due, next, missed, err := c.m.plan(at(c.now).Time())
			if err != nil {
				t.Fatal(err)
			}
			if !due.Equal(at(c.due).Time()) || !next.Equal(at(c.next).Time()) || missed != c.missed {
				t.Errorf("due %s, next %s, %d missed; want %s, %s, %d", due, next, missed, c.due, c.next, c.missed)
			}
		})
	}
}
