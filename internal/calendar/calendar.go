// Package calendar computes when something that repeats happens next, by the clock of a time zone.
package calendar

import (
	"time"
)

// Repeat is how often a mailing is sent again.
type Repeat string

// The values of mailings.repeat.
const (
	None    Repeat = "none"
	Daily   Repeat = "daily"
	Weekly  Repeat = "weekly"
	Monthly Repeat = "monthly"
)

// Repeats is true for a mailing that is sent more than once.
func (r Repeat) Repeats() bool { return r != None && r != "" }

// Occurrences are the times at which something that began at the anchor repeats, numbered from 0: a whole
// number of days, weeks or months later by the clock on the wall of the zone. 9:00 stays 9:00 when clocks
// change (wallClock.in tells of times that a day lacks or has twice), and the 31st is the last day of a month
// that has none.
type Occurrences struct {
	Repeat Repeat
	Anchor time.Time
	Zone   *time.Location
}

// At is when occurrence n takes place.
func (o Occurrences) At(n int) time.Time {
	if n == 0 {
		return o.Anchor // also when its clock shows the second of two equal times
	}
	first := clockOf(o.Anchor, o.Zone)
	switch o.Repeat {
	case Daily:
		return first.plusDays(n).in(o.Zone)
	case Weekly:
		return first.plusDays(7 * n).in(o.Zone)
	}
	return first.plusMonths(n).in(o.Zone)
}

// Next is the number of the first occurrence after t. It takes the same few steps whatever lies between the
// anchor and t.
func (o Occurrences) Next(t time.Time) int {
	first, now := clockOf(o.Anchor, o.Zone), clockOf(t, o.Zone)
	var n int
	switch o.Repeat {
	case Daily:
		n = now.day() - first.day()
	case Weekly:
		n = (now.day() - first.day()) / 7
	default:
		n = now.month() - first.month()
	}
	// A clock that is changed moves an occurrence by a day at most (a day skipped, or had twice, at the date
	// line), so the one before n is not after t, and one of the next few is.
	n = max(0, n-1)
	for !o.At(n).After(t) {
		n++
	}
	return n
}

// After returns the first occurrence after now.
func (r Repeat) After(anchor, now time.Time, zone *time.Location) time.Time {
	o := Occurrences{Repeat: r, Anchor: anchor, Zone: zone}
	return o.At(o.Next(now))
}
