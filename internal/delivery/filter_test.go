package delivery

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gonets/internal/deadline"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

const tooSlow = "filter_too_slow"

func TestALaunchWhoseFilterTakesTooLongLeavesNothing(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "filter": `email ~ "@"`})
	e := New(w.App)
	isRefused := func(err error) {
		t.Helper()
		var r *denial.Error
		if !errors.As(err, &r) || r.Status != 400 || r.Code != tooSlow || r.Field != "filter" {
			t.Errorf("%v", err)
		}
	}
	left := func() (n int) {
		t.Helper()
		err := w.App.ConcurrentDB().NewQuery(`
			SELECT (SELECT COUNT(*) FROM recipients) + (SELECT COUNT(*) FROM contents) + (SELECT COUNT(*) FROM mailings WHERE launching_at <> '')`).Row(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}

	deadline.Limit(w.App, time.Nanosecond)
	_, err := e.Launch(t.Context(), id, "key")
	isRefused(err)
	_, err = e.Plan(t.Context(), id)
	isRefused(err)
	if s := w.Record(id).GetString("status"); s != string(mailing.Created) || left() != 0 {
		t.Errorf("the mailing is %s, and %d rows are left", s, left())
	}

	deadline.Limit(w.App, time.Minute)
	if l, err := e.Launch(t.Context(), id, "key"); err != nil || l.Total != 3 {
		t.Fatal(l, err)
	}
	w.start()
	w.untilStatus(id, mailing.Completed)
	before := left()
	w.Save("clients", map[string]any{"owner": w.Owner, "email": "late@example.com"})
	deadline.Limit(w.App, time.Nanosecond)
	_, err = e.Extend(t.Context(), id)
	isRefused(err)
	_, err = e.Joined(t.Context(), w.Record(id))
	isRefused(err)
	if s := w.Record(id).GetString("status"); s != string(mailing.Completed) || left() != before {
		t.Errorf("the mailing is %s, and there are %d rows after %d", s, left(), before)
	}
}

func TestAScheduledMailingSaysThatItsFilterTakesTooLong(t *testing.T) {
	t.Parallel()
	for repeat, status := range map[string]mailing.Status{"none": mailing.Scheduled, "daily": mailing.Cancelled} {
		w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
		w.NewClients(1)
		id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "filter": `email ~ "@"`, "repeat": repeat})
		deadline.Limit(w.App, time.Nanosecond)
		e := w.start()
		if _, err := e.Schedule(t.Context(), id, time.Now().Add(50*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if repeat == "none" {
			w.waits(e, id, mailing.WaitCannotStart)
		} else {
			id = w.occurrence(id, 1)
		}
		if got := w.untilStatus(id, status); reasonCode(got) != mailing.WaitCannotStart || !strings.Contains(string(got.Reason), tooSlow) {
			t.Errorf("%s: %s", repeat, got.Reason)
		}
	}
}
