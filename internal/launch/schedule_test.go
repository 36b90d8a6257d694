package launch

import (
	"errors"
	"testing"
	"time"

	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestWhatIsUnscheduledIsAPreparedMailingAgain(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "repeat": "weekly", "timezone": "UTC"})
	e := New(w.App, func() {})
	start := time.Now().Add(time.Hour)
	if _, err := e.Schedule(t.Context(), id, start); err != nil {
		t.Fatal(err)
	}
	if w.Record(id).GetString("occurrence_at") == "" {
		t.Fatal("a series has no first occurrence")
	}
	for range 2 {
		if done, err := e.Unschedule(id); err != nil || done.Status != mailing.Created {
			t.Fatalf("%+v, %v", done, err)
		}
		m := w.Record(id)
		if m.GetString("status") != "created" || m.GetString("occurrence_at") != "" || !m.GetDateTime("starts_at").Time().Equal(start.UTC().Truncate(time.Millisecond)) {
			t.Errorf("the mailing is %v", m)
		}
	}
	if _, err := e.Schedule(t.Context(), id, start); err != nil {
		t.Errorf("scheduled again: %v", err)
	}
	events, err := mailing.Timeline(t.Context(), w.App, w.Record(id))
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, e := range events {
		kinds += string(e.Kind) + " "
	}
	if kinds != "created scheduled unscheduled scheduled " {
		t.Errorf("the timeline has %s", kinds)
	}
}

func TestUnscheduleIsRefusedWhereItWouldBeTooLate(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App, func() {})
	code := func() string {
		var refused *denial.Error
		_, err := e.Unschedule(id)
		if errors.As(err, &refused) {
			return refused.Code
		}
		return ""
	}
	if _, err := e.Schedule(t.Context(), id, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	l := &pending{v: &e, id: id}
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != "launching" || w.Record(id).GetString("status") != "scheduled" {
		t.Errorf("during a launch: %q", got)
	}
	if err := e.ClearInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Paused before it had begun, as after a restored backup.
	if err := mailing.PauseFor(w.App.NonconcurrentDB(), id, mailing.NewReason(mailing.WaitBackup, "", time.Time{}), nil); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != "" || w.Record(id).GetString("status") != "created" || w.Record(id).GetString("waiting_reason") != "null" {
		t.Errorf("paused before it had begun: %q, %v", got, w.Record(id))
	}
	if _, err := e.Launch(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != "wrong_state" {
		t.Errorf("when it runs: %q", got)
	}
}
