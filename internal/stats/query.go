package stats

import (
	"fmt"
	"sort"
	"time"
)

const (
	// defaultDays is the length of the range when none is asked for, today included.
	defaultDays = 30
	// mostDays bounds a range, and so the size and cost of an answer.
	mostDays = 400
)

// Query has the parameters of a request for statistics.
type Query struct {
	From    string // a date, "2026-03-01", or a time of RFC 3339; "" = 30 days up to To
	To      string // the same; a date is included, a time is not; "" = today
	TZ      string // IANA name of the zone that days are counted in; "" = Zone
	Mailing string // id of a mailing; "" = all
	Owner   string // id of a user, for those who may see others' figures; "" = all that they may see

	Zone string // the zone of the viewer's profile, used when TZ is empty and it is known; else UTC
}

// QueryError says what is wrong with one field of a query.
type QueryError struct {
	Field   string // from, to, tz
	Code    string // invalid_date, invalid_range, range_too_long, invalid_zone
	Message string // for people, in English
}

// Error implements error.
func (e *QueryError) Error() string { return e.Field + ": " + e.Message }

// span is a range of time, and the days of a zone that it touches.
type span struct {
	zone     *time.Location
	from, to int64   // buckets: the first, and the one after the last
	days     []civil // times before from on the first day, and from to on on the last day, are not counted
	starts   []int64 // bucket of each day's start
}

// civil is a day of a calendar, whatever the zone.
type civil struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) civil {
	y, m, d := t.Date()
	return civil{y, m, d}
}

// String is the day as ISO 8601 writes it.
func (c civil) String() string { return fmt.Sprintf("%04d-%02d-%02d", c.year, c.month, c.day) }

// plus is the day n days later.
func (c civil) plus(n int) civil {
	return dayOf(time.Date(c.year, c.month, c.day+n, 0, 0, 0, 0, time.UTC))
}

// until is the number of days from c to o, negative when o is before c.
func (c civil) until(o civil) int {
	noon := func(c civil) time.Time { return time.Date(c.year, c.month, c.day, 12, 0, 0, 0, time.UTC) }
	return int(noon(o).Sub(noon(c)) / (24 * time.Hour))
}

// start is the first bucket of the day in the zone. Where clocks change at midnight, a day begins
// at one o'clock, or has the same quarter of an hour twice: so this uses the calendar, not the clock.
func (c civil) start(zone *time.Location) int64 {
	at := time.Date(c.year, c.month, c.day, 0, 0, 0, 0, zone)
	for c.until(dayOf(at)) < 0 {
		at = at.Add(quarter)
	}
	for c.until(dayOf(at.Add(-quarter))) >= 0 {
		at = at.Add(-quarter)
	}
	return bucket(at)
}

// span calculates the range at a moment. The error is a *QueryError.
func (q Query) span(now time.Time) (span, error) {
	zone, err := q.zone()
	if err != nil {
		return span{}, err
	}
	s := span{zone: zone}
	today := dayOf(now.In(zone))

	last := today
	switch day, at, err := parseMoment("to", q.To); {
	case err != nil:
		return span{}, err
	case q.To == "":
		s.to = today.plus(1).start(zone)
	case at.IsZero():
		last = day
		s.to = day.plus(1).start(zone)
	default:
		s.to = bucket(at.Add(quarter - 1))
		last = dayOf(time.Unix(s.to-1, 0).In(zone))
	}

	first := last.plus(1 - defaultDays)
	switch day, at, err := parseMoment("from", q.From); {
	case err != nil:
		return span{}, err
	case q.From == "":
		s.from = first.start(zone)
	case at.IsZero():
		first = day
		s.from = day.start(zone)
	default:
		s.from = bucket(at)
		first = dayOf(time.Unix(s.from, 0).In(zone))
	}

	if s.from >= s.to {
		return span{}, &QueryError{"from", "invalid_range", "The range ends before it begins."}
	}
	length := first.until(last) + 1
	if length > mostDays {
		return span{}, &QueryError{"from", "range_too_long", fmt.Sprintf("The range is longer than %d days.", mostDays)}
	}
	for i := range length {
		day := first.plus(i)
		s.days = append(s.days, day)
		s.starts = append(s.starts, day.start(zone))
	}
	return s, nil
}

// day is the index of the day that a bucket of the span falls in.
func (s *span) day(bucket int64) int {
	return sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > bucket }) - 1
}

func (q Query) zone() (*time.Location, error) {
	if q.TZ != "" {
		zone, ok := loadZone(q.TZ)
		if !ok {
			return nil, &QueryError{"tz", "invalid_zone", "This time zone is not known."}
		}
		return zone, nil
	}
	if zone, ok := loadZone(q.Zone); ok {
		return zone, nil
	}
	return time.UTC, nil
}

// loadZone finds a zone by its IANA name. "Local" is no such name: it would be the server's.
func loadZone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// parseMoment reads a date or a time; the time is zero for a date.
func parseMoment(field, value string) (civil, time.Time, error) {
	if value == "" {
		return civil{}, time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return dayOf(day), time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return civil{}, at, nil
	}
	return civil{}, time.Time{}, &QueryError{field, "invalid_date", "This is neither a date like 2026-03-01 nor a time like 2026-03-01T09:00:00Z."}
}
