package delivery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
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
			w.Balanced(id)
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
	other.until(id, "in the hands of the second engine", func(results.Progress) bool { return second.Sending() })
	if n := mailingtest.Once(t, p.Mails()); n != 800 {
		t.Errorf("%d were mailed", n)
	}
	other.Balanced(id)
}
