package calendar

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// everyZone are the zones of the IANA database that Go comes with.
func everyZone(t *testing.T) []*time.Location {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no Go command to ask for the time zones:", err)
	}
	files, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skip("no list of time zones:", err)
	}
	defer files.Close()
	var zones []*time.Location
	for _, f := range files.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		zone, err := time.LoadLocation(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	if len(zones) < 400 {
		t.Fatalf("only %d zones", len(zones))
	}
	return zones
}

// change is a moment at which a zone changes its offset.
type change struct {
	at            time.Time
	before, after time.Duration // east of UTC
}

// changesOf are the changes of a zone from its first one to 2040. A zone that changes twice within two days
// leaves out the second, for what a clock skipped is told by one change.
func changesOf(zone *time.Location) []change {
	var all []change
	for at := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC).In(zone); at.Year() <= 2040; {
		_, end := at.ZoneBounds()
		if end.IsZero() {
			break
		}
		if !end.After(at) { // the last day of a leap year: see wallClock.offsets
			at = at.Add(24 * time.Hour)
			continue
		}
		before, after := offsetAt(end.Add(-time.Second)), offsetAt(end)
		lone := len(all) == 0 || end.Sub(all[len(all)-1].at) > 48*time.Hour
		if before != after && lone {
			all = append(all, change{end, before, after})
		}
		at = end
	}
	return all
}

// reads is what a clock shows that is so far ahead of UTC.
func reads(t time.Time, ahead time.Duration) wallClock { return wallClock{t.UTC().Add(ahead)} }

func TestATimeThatClocksSkipMovesForwardByTheGapAndOneThatComesTwiceIsTheFirst(t *testing.T) {
	t.Parallel()
	skipped, twice := 0, 0
	for _, zone := range everyZone(t) {
		for _, c := range changesOf(zone) {
			gap := c.after - c.before
			for _, into := range []time.Duration{0, gap.Abs() / 2, gap.Abs() - time.Second} {
				into = into.Truncate(time.Second)
				if gap > 0 {
					skipped++
					got := reads(c.at, c.before+into).in(zone)
					if want := reads(c.at, c.after+into); clockOf(got, zone) != want {
						t.Errorf("%s skips %s to %s: %s became %s", zone, c.at, gap, want.utc.Add(-gap).Format(time.DateTime), got)
					}
					continue
				}
				twice++
				got := reads(c.at, c.after+into).in(zone)
				if want := c.at.Add(gap + into); !got.Equal(want) {
					t.Errorf("%s goes back by %s at %s: it took %s for the first of two, want %s", zone, -gap, c.at, got, want)
				}
			}
			// What lies beside a change is what it says.
			for _, clock := range []wallClock{reads(c.at, min(c.before, c.after)-time.Second), reads(c.at, max(c.before, c.after))} {
				if got := clockOf(clock.in(zone), zone); got != clock {
					t.Errorf("%s: %s became %s", zone, clock.utc.Format(time.DateTime), got.utc.Format(time.DateTime))
				}
			}
		}
	}
	if skipped < 10_000 || twice < 10_000 {
		t.Errorf("%d times skipped, %d had twice: too few to show anything", skipped, twice)
	}
}

// TestTheNextOccurrenceIsTheFirstAfterNow asks at every change of every zone, of series as old as the calendar
// and new ones, at the time of day that the change skips or has twice.
func TestTheNextOccurrenceIsTheFirstAfterNow(t *testing.T) {
	t.Parallel()
	for _, zone := range everyZone(t) {
		for _, c := range changesOf(zone) {
			if c.at.Year()%7 != 0 { // to save time
				continue
			}
			clock := reads(c.at, c.before+(c.after-c.before)/2)
			for _, repeat := range []Repeat{Daily, Weekly, Monthly} {
				for _, back := range []int{1, 40 * 31, 1700 * 366} {
					o := Occurrences{Repeat: repeat, Anchor: clock.plusDays(-back).in(zone), Zone: zone}
					for _, now := range []time.Time{c.at.Add(-30 * time.Hour), c.at.Add(-time.Second), c.at, c.at.Add(25 * time.Hour)} {
						n := o.Next(now)
						if at := o.At(n); !at.After(now) {
							t.Fatalf("%s %s since %s: %s is not after %s", zone, repeat, o.Anchor, at, now)
						}
						if n > 0 && o.At(n-1).After(now) {
							t.Fatalf("%s %s since %s: %s was left out after %s", zone, repeat, o.Anchor, o.At(n-1), now)
						}
						if before, after := o.At(n), o.At(n+1); after.Before(before) {
							t.Fatalf("%s %s since %s: %s comes before %s", zone, repeat, o.Anchor, after, before)
						}
					}
				}
			}
		}
	}
}
