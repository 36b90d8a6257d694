package delivery

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/calendar"
	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

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
				next := calendar.Daily.After(anchor, at, zone)
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
	w.NewClients(3)
	series := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "repeat": "daily", "timezone": "Europe/Moscow"})
	e := w.start()
	_, err := e.Launch(t.Context(), series, "")
	refusedWith(t, err, http.StatusBadRequest, "repeats")
	begin := time.Now().Add(100 * time.Millisecond)
	if _, err := e.Schedule(t.Context(), series, begin); err != nil {
		t.Fatal(err)
	}
	first := w.occurrence(series, 1)
	w.untilStatus(first, mailing.Completed)
	m := w.Record(series)
	if next := m.GetDateTime("starts_at").Time(); m.GetString("status") != "scheduled" || next.Sub(begin) < 23*time.Hour || next.Sub(begin) > 25*time.Hour {
		t.Errorf("the series is %s, next at %s", m.GetString("status"), next)
	}

	// Three days pass in which nothing runs.
	_, err = w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET starts_at = {:then}, occurrence_at = {:then} WHERE id = {:id}`).
		Bind(dbx.Params{"then": database.Stamp(begin.Add(-75 * time.Hour)), "id": series}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 2), mailing.Completed)
	if next := w.Record(series).GetDateTime("starts_at").Time(); !next.After(time.Now()) {
		t.Errorf("the next is at %s", next)
	}
	if n := len(p.Mails()); n != 6 {
		t.Errorf("%d mails for two occurrences to three people", n)
	}
}

func TestASeriesEnds(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	series := w.NewMailing(map[string]any{
		"sender": w.NewSender(p, nil), "repeat": "weekly", "ends_at": database.Stamp(time.Now().Add(48 * time.Hour)),
	})
	e := w.start()
	if _, err := e.Schedule(t.Context(), series, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 1), mailing.Completed)
	w.untilStatus(series, mailing.Completed)
}

func TestAnOccurrenceWithoutAudienceDoesNotHoldUpTheNext(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	series := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "repeat": "daily"})
	e := w.start()
	if _, err := e.Schedule(t.Context(), series, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	got := w.untilStatus(w.occurrence(series, 1), mailing.Cancelled)
	if reasonCode(got) != mailing.WaitCannotStart {
		t.Errorf("%s", got.Reason)
	}
	if s := w.Record(series).GetString("status"); s != "scheduled" {
		t.Errorf("the series is %s", s)
	}
}

// occurrence waits for the nth occurrence of a series.
func (w *world) occurrence(series string, n int) string {
	w.T.Helper()
	for wait := mailingtest.NewWait(); ; {
		var ids []string
		err := w.App.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE parent = {:id} ORDER BY occurrence_at, created`).
			Bind(dbx.Params{"id": series}).Column(&ids)
		if err != nil {
			w.T.Fatal(err)
		}
		if len(ids) == n {
			var newest string
			err := w.App.ConcurrentDB().NewQuery(`SELECT id FROM mailings WHERE parent = {:id} ORDER BY created DESC, rowid DESC LIMIT 1`).
				Bind(dbx.Params{"id": series}).Row(&newest)
			if err != nil {
				w.T.Fatal(err)
			}
			return newest
		}
		if len(ids) > n || wait.Over() {
			w.T.Fatalf("%d occurrences, want %d", len(ids), n)
		}
	}
}

func TestASeriesOfTheYearOneHasOneOccurrenceAndGoesOn(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	sender := w.NewSender(p, nil)
	for _, start := range []string{"0001-01-02 00:00:00.000Z", "10000-01-01 04:00:00.000Z"} { // the second reads as none
		series := w.NewMailing(map[string]any{"sender": sender, "repeat": "daily", "timezone": "Europe/Berlin"})
		_, err := w.App.NonconcurrentDB().
			NewQuery(`UPDATE mailings SET status = 'scheduled', starts_at = {:start}, occurrence_at = {:start} WHERE id = {:id}`).
			Bind(dbx.Params{"start": start, "id": series}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		e := w.start(Only(series))
		w.occurrence(series, 1)
		if next := w.Record(series).GetDateTime("starts_at").Time(); !next.After(time.Now()) || next.After(time.Now().Add(25*time.Hour)) {
			t.Errorf("since %s: the next is at %s", start, next)
		}
		e.Stop(t.Context())
	}
}

func TestASeriesThatIsMovedBackDoesNotRepeatAnOccurrence(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	series := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "repeat": "daily"})
	e := w.start()
	begin := time.Now().Add(50 * time.Millisecond)
	if _, err := e.Schedule(t.Context(), series, begin); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(w.occurrence(series, 1), mailing.Completed)
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET starts_at = {:then}, occurrence_at = {:then} WHERE id = {:id}`).
		Bind(dbx.Params{"then": database.Stamp(begin), "id": series}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	for wait := mailingtest.NewWait(); !w.Record(series).GetDateTime("starts_at").Time().After(time.Now()); {
		if wait.Over() {
			t.Fatal("the series stands still")
		}
	}
	w.occurrence(series, 1)
}

func TestSchedulingTheNextOccurrenceAgainKeepsTheSeries(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	e := New(w.App)
	series := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "repeat": "monthly"})
	next := time.Date(time.Now().Year()+1, 2, 28, 9, 0, 0, 0, time.UTC)
	if _, err := e.Schedule(t.Context(), series, next); err != nil {
		t.Fatal(err)
	}
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET occurrence_at = {:first} WHERE id = {:id}`).
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
		if got := w.Record(series).GetString("occurrence_at"); got != c.want {
			t.Errorf("scheduled for %s it is counted from %s, want %s", c.start, got, c.want)
		}
	}
}
