package stats

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestSpanIsTheViewersDays(t *testing.T) {
	now := time.Date(2026, 3, 10, 22, 40, 0, 0, time.UTC)
	for _, tc := range []struct {
		name        string
		query       Query
		from, to    string // of UTC
		first, last string
		days        int
	}{
		{
			"thirty days with today by default",
			Query{},
			"2026-02-09T00:00", "2026-03-11T00:00", "2026-02-09", "2026-03-10", 30,
		},
		{
			"today is the zone's",
			Query{TZ: "Asia/Kathmandu"},
			"2026-02-09T18:15", "2026-03-11T18:15", "2026-02-10", "2026-03-11", 30,
		},
		{
			"the profile's zone serves when none is asked for",
			Query{Zone: "Europe/Moscow", From: "2026-03-01", To: "2026-03-01"},
			"2026-02-28T21:00", "2026-03-01T21:00", "2026-03-01", "2026-03-01", 1,
		},
		{
			"a profile's zone that is not known is UTC",
			Query{Zone: "Mars/Base", From: "2026-03-01", To: "2026-03-02"},
			"2026-03-01T00:00", "2026-03-03T00:00", "2026-03-01", "2026-03-02", 2,
		},
		{
			"clocks go forward",
			Query{TZ: "Europe/Berlin", From: "2026-03-29", To: "2026-03-29"},
			"2026-03-28T23:00", "2026-03-29T22:00", "2026-03-29", "2026-03-29", 1,
		},
		{
			"clocks go back",
			Query{TZ: "Europe/Berlin", From: "2026-10-25", To: "2026-10-25"},
			"2026-10-24T22:00", "2026-10-25T23:00", "2026-10-25", "2026-10-25", 1,
		},
		{
			"a day that begins at one o'clock",
			Query{TZ: "Africa/Cairo", From: "2026-04-24", To: "2026-04-24"},
			"2026-04-23T22:00", "2026-04-24T21:00", "2026-04-24", "2026-04-24", 1,
		},
		{
			"a day whose first hour comes twice",
			Query{TZ: "America/Havana", From: "2026-11-01", To: "2026-11-01"},
			"2026-11-01T04:00", "2026-11-02T05:00", "2026-11-01", "2026-11-01", 1,
		},
		{
			"times are widened to quarters of an hour",
			Query{From: "2026-03-01T10:07:00+03:00", To: "2026-03-01T10:16:00+03:00"},
			"2026-03-01T07:00", "2026-03-01T07:30", "2026-03-01", "2026-03-01", 1,
		},
		{
			"a time that ends a range is not in it",
			Query{From: "2026-03-01T00:00:00Z", To: "2026-03-02T00:00:00Z"},
			"2026-03-01T00:00", "2026-03-02T00:00", "2026-03-01", "2026-03-01", 1,
		},
		{
			"thirty days up to a last one",
			Query{To: "2026-01-30"},
			"2026-01-01T00:00", "2026-01-31T00:00", "2026-01-01", "2026-01-30", 30,
		},
		{
			"from a day to today",
			Query{From: "2026-03-09"},
			"2026-03-09T00:00", "2026-03-11T00:00", "2026-03-09", "2026-03-10", 2,
		},
		{
			"the longest",
			Query{From: "2025-01-01", To: "2026-02-04"},
			"2025-01-01T00:00", "2026-02-05T00:00", "2025-01-01", "2026-02-04", 400,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := tc.query.span(now)
			if err != nil {
				t.Fatal(err)
			}
			const layout = "2006-01-02T15:04"
			from, to := time.Unix(s.from, 0).UTC().Format(layout), time.Unix(s.to, 0).UTC().Format(layout)
			if from != tc.from || to != tc.to {
				t.Errorf("from %s to %s, want %s to %s", from, to, tc.from, tc.to)
			}
			if len(s.days) != tc.days {
				t.Fatalf("%d days, want %d", len(s.days), tc.days)
			}
			if first, last := s.days[0].String(), s.days[len(s.days)-1].String(); first != tc.first || last != tc.last {
				t.Errorf("days from %s to %s, want %s to %s", first, last, tc.first, tc.last)
			}
			// Every quarter belongs to the day that the calendar says.
			for bucket := s.from; bucket < s.to; bucket += 900 {
				if got, want := s.days[s.day(bucket)], dayOf(time.Unix(bucket, 0).In(s.zone)); got != want {
					t.Fatalf("%s is counted on %s, want %s", time.Unix(bucket, 0).In(s.zone), got, want)
				}
			}
		})
	}
}

func TestAQueryThatMakesNoSenseIsRefusedByField(t *testing.T) {
	for _, tc := range []struct {
		name        string
		query       Query
		field, code string
	}{
		{"a from that is no date", Query{From: "yesterday"}, "from", "invalid_date"},
		{"a to that is no date", Query{To: "2026-02-30"}, "to", "invalid_date"},
		{"a time without a zone", Query{From: "2026-03-01T10:00:00"}, "from", "invalid_date"},
		{"the end before the beginning", Query{From: "2026-03-02", To: "2026-03-01"}, "from", "invalid_range"},
		{"nothing between", Query{From: "2026-03-01T00:00:00Z", To: "2026-03-01T00:00:00Z"}, "from", "invalid_range"},
		{"a beginning in the future", Query{From: "2036-01-01"}, "from", "invalid_range"},
		{"more than 400 days", Query{From: "2025-01-01", To: "2026-02-05"}, "from", "range_too_long"},
		{"all of history", Query{From: "0001-01-01", To: "9999-12-31"}, "from", "range_too_long"},
		{"a zone that is none", Query{TZ: "Mars/Base"}, "tz", "invalid_zone"},
		{"the server's own zone", Query{TZ: "Local"}, "tz", "invalid_zone"},
		{"a path for a zone", Query{TZ: "../../etc/passwd"}, "tz", "invalid_zone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := tc.query.span(noon)
			var refused *QueryError
			if !errors.As(err, &refused) || refused.Field != tc.field || refused.Code != tc.code || refused.Message == "" {
				t.Errorf("got %#v, want %s of %s", err, tc.code, tc.field)
			}
		})
	}
}
