package calendar

import (
	"testing"
	"time"
)

func TestOccurrencesKeepTheTimeOnTheWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		repeat      Repeat
		zone        string
		anchor, now string
		want        string
	}{
		{"the next day", Daily, "UTC", "2026-03-01 09:00", "2026-03-01 09:00", "2026-03-02 09:00"},
		{"not today's again when it has passed", Daily, "UTC", "2026-03-01 09:00", "2026-03-05 12:00", "2026-03-06 09:00"},
		{"later today", Daily, "UTC", "2026-03-01 09:00", "2026-03-05 08:00", "2026-03-05 09:00"},
		{"a year later", Daily, "UTC", "2026-03-01 09:00", "2027-03-01 08:59", "2027-03-01 09:00"},
		{"when clocks go forward", Daily, "Europe/Berlin", "2026-03-28 09:00", "2026-03-28 12:00", "2026-03-29 09:00"},
		{"when clocks go back", Weekly, "Europe/Berlin", "2026-10-19 09:00", "2026-10-20 12:00", "2026-10-26 09:00"},
		{"at a time that the day does not have", Daily, "Europe/Berlin", "2026-03-28 02:30", "2026-03-28 12:00", "2026-03-29 03:30"},
		{"at a time that the day has twice", Daily, "Europe/Berlin", "2026-10-24 02:30", "2026-10-24 12:00", "2026-10-25 02:30"},
		{"and not a second time on that day", Daily, "Europe/Berlin", "2026-10-24 02:30", "2026-10-25 03:00", "2026-10-26 02:30"},
		{"at midnight on a day that begins at one", Daily, "America/Santiago", "2026-09-05 00:30", "2026-09-05 12:00", "2026-09-06 01:30"},
		{"on a day that was left out", Daily, "Pacific/Apia", "2011-12-29 09:00", "2011-12-29 10:00", "2011-12-31 09:00"},
		{"once on the day after it", Daily, "Pacific/Apia", "2011-12-28 09:00", "2011-12-31 09:00", "2012-01-01 09:00"},
		{"the 29th of February in other years", Monthly, "UTC", "2024-02-29 09:00", "2025-02-01 00:00", "2025-02-28 09:00"},
		{"two thousand years later, by days", Daily, "Europe/Moscow", "0001-01-02 09:00", "2026-03-01 09:00", "2026-03-02 09:00"},
		{"two thousand years later, by weeks", Weekly, "UTC", "0001-01-02 09:00", "2026-03-01 09:00", "2026-03-03 09:00"},
		{"two thousand years later, by months", Monthly, "UTC", "0001-01-31 09:00", "2026-03-01 09:00", "2026-03-31 09:00"},
		{"eight thousand years before it", Daily, "UTC", "9999-12-30 09:00", "2026-03-01 09:00", "9999-12-30 09:00"},
		{"the same day of the week", Weekly, "Europe/Moscow", "2026-03-04 09:00", "2026-03-17 00:00", "2026-03-18 09:00"},
		{"the same day of the month", Monthly, "UTC", "2026-01-15 09:00", "2026-01-15 09:00", "2026-02-15 09:00"},
		{"the last day of a short month", Monthly, "UTC", "2026-01-31 09:00", "2026-02-01 00:00", "2026-02-28 09:00"},
		{"and the 31st again after it", Monthly, "UTC", "2026-01-31 09:00", "2026-02-28 10:00", "2026-03-31 09:00"},
		{"over the year's end", Monthly, "UTC", "2026-11-30 09:00", "2026-12-31 10:00", "2027-01-30 09:00"},
		{"the first one itself, before it", Monthly, "UTC", "2026-11-30 09:00", "2026-11-01 10:00", "2026-11-30 09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			at := func(s string) time.Time {
				v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			if got := c.repeat.After(at(c.anchor).UTC(), at(c.now).UTC(), zone).Format("2006-01-02 15:04"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
