package delivery

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/smtptest"
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
		{"the next day", RepeatDaily, "UTC", "2026-03-01 09:00", "2026-03-01 09:00", "2026-03-02 09:00"},
		{"not today's again when it has passed", RepeatDaily, "UTC", "2026-03-01 09:00", "2026-03-05 12:00", "2026-03-06 09:00"},
		{"later today", RepeatDaily, "UTC", "2026-03-01 09:00", "2026-03-05 08:00", "2026-03-05 09:00"},
		{"a year later", RepeatDaily, "UTC", "2026-03-01 09:00", "2027-03-01 08:59", "2027-03-01 09:00"},
		{"when clocks go forward", RepeatDaily, "Europe/Berlin", "2026-03-28 09:00", "2026-03-28 12:00", "2026-03-29 09:00"},
		{"when clocks go back", RepeatWeekly, "Europe/Berlin", "2026-10-19 09:00", "2026-10-20 12:00", "2026-10-26 09:00"},
		{"at a time that the day does not have", RepeatDaily, "Europe/Berlin", "2026-03-28 02:30", "2026-03-28 12:00", "2026-03-29 03:30"},
		{"at a time that the day has twice", RepeatDaily, "Europe/Berlin", "2026-10-24 02:30", "2026-10-24 12:00", "2026-10-25 02:30"},
		{"and not a second time on that day", RepeatDaily, "Europe/Berlin", "2026-10-24 02:30", "2026-10-25 03:00", "2026-10-26 02:30"},
		{"at midnight on a day that begins at one", RepeatDaily, "America/Santiago", "2026-09-05 00:30", "2026-09-05 12:00", "2026-09-06 01:30"},
		{"on a day that was left out", RepeatDaily, "Pacific/Apia", "2011-12-29 09:00", "2011-12-29 10:00", "2011-12-31 09:00"},
		{"once on the day after it", RepeatDaily, "Pacific/Apia", "2011-12-28 09:00", "2011-12-31 09:00", "2012-01-01 09:00"},
		{"the 29th of February in other years", RepeatMonthly, "UTC", "2024-02-29 09:00", "2025-02-01 00:00", "2025-02-28 09:00"},
		{"two thousand years later, by days", RepeatDaily, "Europe/Moscow", "0001-01-02 09:00", "2026-03-01 09:00", "2026-03-02 09:00"},
		{"two thousand years later, by weeks", RepeatWeekly, "UTC", "0001-01-02 09:00", "2026-03-01 09:00", "2026-03-03 09:00"},
		{"two thousand years later, by months", RepeatMonthly, "UTC", "0001-01-31 09:00", "2026-03-01 09:00", "2026-03-31 09:00"},
		{"eight thousand years before it", RepeatDaily, "UTC", "9999-12-30 09:00", "2026-03-01 09:00", "9999-12-30 09:00"},
		{"the same day of the week", RepeatWeekly, "Europe/Moscow", "2026-03-04 09:00", "2026-03-17 00:00", "2026-03-18 09:00"},
		{"the same day of the month", RepeatMonthly, "UTC", "2026-01-15 09:00", "2026-01-15 09:00", "2026-02-15 09:00"},
		{"the last day of a short month", RepeatMonthly, "UTC", "2026-01-31 09:00", "2026-02-01 00:00", "2026-02-28 09:00"},
		{"and the 31st again after it", RepeatMonthly, "UTC", "2026-01-31 09:00", "2026-02-28 10:00", "2026-03-31 09:00"},
		{"over the year's end", RepeatMonthly, "UTC", "2026-11-30 09:00", "2026-12-31 10:00", "2027-01-30 09:00"},
		{"the first one itself, before it", RepeatMonthly, "UTC", "2026-11-30 09:00", "2026-11-01 10:00", "2026-11-30 09:00"},
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
			if got := c.repeat.after(at(c.anchor).UTC(), at(c.now).UTC(), zone).Format("2006-01-02 15:04"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestASeriesHasOneOccurrenceADay follows daily series through a year, in zones that change their clocks by
// an hour, by half an hour, in the southern summer, at midnight, and not at all.
func TestASeriesHasOneOccurrenceADay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Europe/Moscow"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, hour := range []int{0, 1, 2, 9, 23} {
			anchor := time.Date(2026, 1, 1, hour, 30, 0, 0, zone)
			at := anchor
			for day := 1; day < 365; day++ {
				next := RepeatDaily.after(anchor, at, zone)
				if next.YearDay() != anchor.YearDay()+day {
					t.Fatalf("%s: after %s comes %s", name, at, next)
				}
				if wrong := next.Sub(at) - 24*time.Hour; wrong.Abs() > time.Hour {
					t.Errorf("%s: from %s to %s", name, at, next)
				}
				at = next
			}
		}
	}
}

func TestASeriesSendsEachOccurrenceAsAMailingOfItsOwn(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.newClients(3)
	series := w.newMailing(map[string]any{"sender": w.newSender(p, nil), "repeat": "daily", "timezone": "Europe/Moscow"})
	e := w.start()
	_, err := e.Launch(t.Context(), series, "")
	refusedWith(t, err, http.StatusBadRequest, "repeats")
	begin := time.Now().Add(100 * time.Millisecond)
	if _, err := e.Schedule(t.Context(), series, begin); err != nil {
		t.Fatal(err)
	}
	first := w.occurrence(series, 1)
	w.untilStatus(first, Completed)
	m := w.record(series)
	if next := m.GetDateTime("starts_at").Time(); m.GetString("status") != "scheduled" || next.Sub(begin) < 23*time.Hour || next.Sub(begin) > 25*time.Hour {
		t.Errorf("the series is %s, next at %s", m.GetString("status"), next)
	}

	// Three days pass in which nothing runs.
	_, err = w.app.NonconcurrentDB().NewQuery(`UPDATE mailings SET starts_at = {:then}, occurrence_at = {:then} WHERE id = {:id}`).
		Bind(dbx.Params{"then": database.Stamp(begin.Add(-75 * time.Hour)), "id": series}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 2), Completed)
	if next := w.record(series).GetDateTime("starts_at").Time(); !next.After(time.Now()) {
		t.Errorf("the next is at %s", next)
	}
	if n := len(p.Mails()); n != 6 {
		t.Errorf("%d mails for two occurrences to three people", n)
	}
}

func TestASeriesEnds(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.newClients(1)
	series := w.newMailing(map[string]any{
		"sender": w.newSender(p, nil), "repeat": "weekly", "ends_at": database.Stamp(time.Now().Add(48 * time.Hour)),
	})
	e := w.start()
	if _, err := e.Schedule(t.Context(), series, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 1), Completed)
	w.untilStatus(series, Completed)
}

func TestAnOccurrenceWithoutAudienceDoesNotHoldUpTheNext(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	series := w.newMailing(map[string]any{"sender": w.newSender(p, nil), "repeat": "daily"})
	e := w.start()
	if _, err := e.Schedule(t.Context(), series, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	got := w.untilStatus(w.occurrence(series, 1), Cancelled)
	if reasonCode(got) != WaitCannotStart {
		t.Errorf("%s", got.Reason)
	}
	if s := w.record(series).GetString("status"); s != "scheduled" {
		t.Errorf("the series is %s", s)
	}
}

// occurrence waits for the nth occurrence of a series.
func (w *world) occurrence(series string, n int) string {
	w.t.Helper()
	for nap := newNap(); ; {
		var ids []string
		err := w.app.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE parent = {:id} ORDER BY occurrence_at, created`).
			Bind(dbx.Params{"id": series}).Column(&ids)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(ids) == n {
			var newest string
			err := w.app.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE parent = {:id} ORDER BY created DESC, rowid DESC LIMIT 1`).
				Bind(dbx.Params{"id": series}).Row(&newest)
			if err != nil {
				w.t.Fatal(err)
			}
			return newest
		}
		if len(ids) > n || nap.over() {
			w.t.Fatalf("%d occurrences, want %d", len(ids), n)
		}
	}
}

func TestASeriesOfTheYearOneHasOneOccurrenceAndGoesOn(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.newClients(1)
	sender := w.newSender(p, nil)
	for _, start := range []string{"0001-01-02 00:00:00.000Z", "10000-01-01 04:00:00.000Z"} { // the second reads as none
		series := w.newMailing(map[string]any{"sender": sender, "repeat": "daily", "timezone": "Europe/Berlin"})
		_, err := w.app.NonconcurrentDB().
			NewQuery(`UPDATE mailings SET status = 'scheduled', starts_at = {:start}, occurrence_at = {:start} WHERE id = {:id}`).
			Bind(dbx.Params{"start": start, "id": series}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		e := w.start(Only(series))
		w.occurrence(series, 1)
		if next := w.record(series).GetDateTime("starts_at").Time(); !next.After(time.Now()) || next.After(time.Now().Add(25*time.Hour)) {
			t.Errorf("since %s: the next is at %s", start, next)
		}
		e.Stop(t.Context())
	}
}

func TestASeriesThatIsMovedBackDoesNotRepeatAnOccurrence(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.newClients(1)
	series := w.newMailing(map[string]any{"sender": w.newSender(p, nil), "repeat": "daily"})
	e := w.start()
	begin := time.Now().Add(50 * time.Millisecond)
	if _, err := e.Schedule(t.Context(), series, begin); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 1), Completed)
	_, err := w.app.NonconcurrentDB().NewQuery(`UPDATE mailings SET starts_at = {:then}, occurrence_at = {:then} WHERE id = {:id}`).
		Bind(dbx.Params{"then": database.Stamp(begin), "id": series}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	for nap := newNap(); !w.record(series).GetDateTime("starts_at").Time().After(time.Now()); {
		if nap.over() {
			t.Fatal("the series stands still")
		}
	}
	w.occurrence(series, 1)
}

func TestSchedulingTheNextOccurrenceAgainKeepsTheSeries(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	e := New(w.app)
	series := w.newMailing(map[string]any{"sender": w.newSender(p, nil), "repeat": "monthly"})
	next := time.Date(time.Now().Year()+1, 2, 28, 9, 0, 0, 0, time.UTC)
	if _, err := e.Schedule(t.Context(), series, next); err != nil {
		t.Fatal(err)
	}
	_, err := w.app.NonconcurrentDB().NewQuery(`UPDATE mailings SET occurrence_at = {:first} WHERE id = {:id}`).
		Bind(dbx.Params{"first": "2025-01-31 09:00:00.000Z", "id": series}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		start time.Time
		want  string
	}{{next, "2025-01-31 09:00:00.000Z"}, {next.Add(time.Hour), database.Stamp(next.Add(time.Hour))}} {
		if _, err := e.Schedule(t.Context(), series, c.start); err != nil {
			t.Fatal(err)
		}
		if got := w.record(series).GetString("occurrence_at"); got != c.want {
			t.Errorf("scheduled for %s it is counted from %s, want %s", c.start, got, c.want)
		}
	}
}
