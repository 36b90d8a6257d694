package launch

import (
	"context"
	"errors"
	"testing"
	"time"

	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestAnInterruptedLaunchLeavesNothing(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(chunkSize + 10)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App, func() {})
	l := &pending{v: &e, id: id}
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	if err := l.keepMessage(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_ = l.snapshot.write(ctx)
	// The process ends here; the next one starts.
	if err := e.ClearInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.States(id)) > 0 || w.Record(id).GetString("launching_at") != "" {
		t.Fatalf("left over: %v, %q", w.States(id), w.Record(id).GetString("launching_at"))
	}
	if l, err := e.Launch(t.Context(), id, ""); err != nil || l.Total != chunkSize+10 {
		t.Errorf("launched %+v, %v", l, err)
	}
}

func TestALaunchUnderWayIsNotTakenForAnInterruptedOne(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App, func() {})
	done, err := launching(t.Context(), w.Dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &pending{v: &e, id: id}
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	if err := e.ClearInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Record(id).GetString("launching_at") == "" {
		t.Error("the claim of a live launch was taken away")
	}
	done()
	if err := e.ClearInterrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Record(id).GetString("launching_at") != "" {
		t.Error("the claim of a dead launch stayed")
	}
}

func TestAMailingThatIsStoppedDuringItsLaunchSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stop   func(e *Verbs, id string) (mailing.Done, error)
		status int
		code   string
		is     mailing.Status
	}{
		"cancelled": {(*Verbs).Cancel, 409, "wrong_state", mailing.Cancelled},
		"blocked":   {func(e *Verbs, id string) (mailing.Done, error) { return e.Block(id, "spam") }, 403, "blocked", mailing.Scheduled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(3)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			e := New(w.App, func() {})
			if _, err := e.Schedule(t.Context(), id, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			l := &pending{v: &e, id: id}
			if err := l.claim(); err != nil {
				t.Fatal(err)
			}
			if err := l.keepMessage(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.stop(&e, id); err != nil {
				t.Fatal(err)
			}
			var refused *denial.Error
			if err := l.commit(); !errors.As(err, &refused) || refused.Status != c.status || refused.Code != c.code {
				t.Errorf("%v", err)
			}
			if is := w.Record(id).GetString("status"); is != string(c.is) {
				t.Errorf("it is %s", is)
			}
		})
	}
}
