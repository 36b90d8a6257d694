package delivery

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/refusal"
	"gonets/internal/smtptest"
)

func TestACrashMakesOnlyThoseUncertainWhoWereBeingMailed(t *testing.T) {
	t.Parallel()
	const connections, clients = 8, 1500
	for _, lockstep := range []bool{false, true} {
		t.Run(fmt.Sprintf("lockstep %t", lockstep), func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: time.Millisecond, Lockstep: lockstep})
			w.NewClients(clients)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": connections})})
			w.launch(New(w.App), id)
			e := w.process()
			if _, err := p.WaitMails(t.Context(), 500); err != nil {
				t.Fatal(err)
			}
			e.kill()

			w.start()
			done := w.untilStatus(id, mailing.Completed)
			if done.Uncertain > connections {
				t.Errorf("%d are uncertain with %d connections", done.Uncertain, connections)
			}
			if done.Sent+done.Uncertain != clients || done.Failed+done.Skipped != 0 {
				t.Errorf("%+v", done)
			}
			mailed := mailingtest.Once(t, p.Mails())
			if mailed < done.Sent || mailed > done.Sent+done.Uncertain {
				t.Errorf("%d were mailed; %d are sent and %d uncertain", mailed, done.Sent, done.Uncertain)
			}
			w.balanced(id)
		})
	}
}

func TestAnInterruptedLaunchLeavesNothing(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(chunkSize + 10)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := NewLaunchVerbs(w.App, func() {})
	l := &launch{v: &e, id: id}
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	if err := l.freeze(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_ = l.snapshot.take(ctx)
	// The process ends here; the next one starts.
	if err := e.clearLaunches(t.Context()); err != nil {
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
	e := NewLaunchVerbs(w.App, func() {})
	done, err := launching(t.Context(), w.Dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &launch{v: &e, id: id}
	if err := l.claim(); err != nil {
		t.Fatal(err)
	}
	if err := e.clearLaunches(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Record(id).GetString("launching_at") == "" {
		t.Error("the claim of a live launch was taken away")
	}
	done()
	if err := e.clearLaunches(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Record(id).GetString("launching_at") != "" {
		t.Error("the claim of a dead launch stayed")
	}
}

func TestAMailingThatIsStoppedDuringItsLaunchSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stop   func(e *LaunchVerbs, id string) (mailing.Done, error)
		status int
		code   string
		is     mailing.Status
	}{
		"cancelled": {(*LaunchVerbs).Cancel, 409, "wrong_state", mailing.Cancelled},
		"blocked":   {func(e *LaunchVerbs, id string) (mailing.Done, error) { return e.Block(id, "spam") }, 403, "blocked", mailing.Scheduled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(3)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			e := NewLaunchVerbs(w.App, func() {})
			if _, err := e.Schedule(t.Context(), id, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			l := &launch{v: &e, id: id}
			if err := l.claim(); err != nil {
				t.Fatal(err)
			}
			if err := l.freeze(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.stop(&e, id); err != nil {
				t.Fatal(err)
			}
			var refused *refusal.Error
			if err := l.commit(); !errors.As(err, &refused) || refused.Status != c.status || refused.Code != c.code {
				t.Errorf("%v", err)
			}
			if is := w.Record(id).GetString("status"); is != string(c.is) {
				t.Errorf("it is %s", is)
			}
		})
	}
}

func TestASecondEngineTakesOverWhenTheFirstEnds(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: time.Millisecond})
	w.NewClients(800)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	first := New(w.App)
	first.Start(context.Background())
	w.launch(first, id)
	if _, err := p.WaitMails(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	other := &world{&mailingtest.World{T: t, App: apptest.Open(t, w.Dir), Dir: w.Dir, Owner: w.Owner}}
	second := other.start()
	other.hindered(second, "has the engine of this data folder")
	if second.Sending() {
		t.Error("two engines send")
	}
	first.Stop(context.Background())
	other.untilStatus(id, mailing.Completed)
	// On a busy machine the first may have come to the end of the mailing before it was stopped.
	other.until(id, "in the hands of the second engine", func(Progress) bool { return second.Sending() })
	if n := mailingtest.Once(t, p.Mails()); n != 800 {
		t.Errorf("%d were mailed", n)
	}
	other.balanced(id)
}
