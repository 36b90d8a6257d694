package calendar

import (
	"time"
)

// zoneReach is more than the offset of any zone from UTC: none of the IANA database, local mean times
// included, has reached 16 hours.
const zoneReach = 24 * time.Hour

// wallClock is a date and a time of day without a zone. It is kept as the time in UTC that reads the same.
type wallClock struct{ utc time.Time }

// clockOf is what a clock in the zone shows at t, to the second.
func clockOf(t time.Time, zone *time.Location) wallClock {
	local := t.In(zone)
	year, month, day := local.Date()
	return wallClock{time.Date(year, month, day, local.Hour(), local.Minute(), local.Second(), 0, time.UTC)}
}

// in returns when a clock in the zone shows c. A time that comes twice, because clocks went back, is the
// first of the two. One that clocks skipped moves forward by what they skipped: 02:30 is 03:30 on a day
// without the hour from 2 to 3. (time.Date promises neither.)
func (c wallClock) in(zone *time.Location) time.Time {
	offsets := c.offsets(zone)
	var first time.Time
	for _, offset := range offsets {
		if t := c.utc.Add(-offset).In(zone); offsetAt(t) == offset && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if !first.IsZero() {
		return first
	}
	// No offset makes a clock show c. The change that skipped it lies after c by the offset behind it, and
	// before c by the offset ahead of it.
	for i, before := range offsets[:len(offsets)-1] {
		after, t := offsets[i+1], c.utc.Add(-before).In(zone)
		if offsetAt(t) == after && offsetAt(c.utc.Add(-after).In(zone)) == before {
			return t
		}
	}
	return c.utc.Add(-offsets[0]).In(zone)
}

// offsets are the offsets of the zone around c, in their order. They are asked for hour by hour: on the 31st
// of December of a leap year time.Time.ZoneBounds returns an end that is not after the time it is asked about.
func (c wallClock) offsets(zone *time.Location) []time.Duration {
	var offsets []time.Duration
	for d := -zoneReach; d <= zoneReach; d += time.Hour {
		if offset := offsetAt(c.utc.Add(d).In(zone)); len(offsets) == 0 || offset != offsets[len(offsets)-1] {
			offsets = append(offsets, offset)
		}
	}
	return offsets
}

// offsetAt is how far ahead of UTC the zone of t is at t.
func offsetAt(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// day is the number of days from 1 January 1970 to the clock's date.
func (c wallClock) day() int {
	const seconds = 24 * 60 * 60
	at := c.utc.Unix()
	n := at / seconds
	if at%seconds < 0 {
		n--
	}
	return int(n)
}

// month is the number of months from year 0 to the clock's month.
func (c wallClock) month() int {
	year, month, _ := c.utc.Date()
	return 12*year + int(month) - 1
}

// plusDays is the same time of day so many days later.
func (c wallClock) plusDays(n int) wallClock { return wallClock{c.utc.AddDate(0, 0, n)} }

// plusMonths is the same time of day and day of the month so many months later; the last day of a month that
// has no such day.
func (c wallClock) plusMonths(n int) wallClock {
	year, month, day := c.utc.Date()
	last := time.Date(year, month+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	hour, minute, second := c.utc.Clock()
	return wallClock{time.Date(year, month+time.Month(n), min(day, last), hour, minute, second, 0, time.UTC)}
}
