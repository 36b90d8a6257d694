package e2e

import (
	"syscall"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// patience is how long gonets may take to stop: containers are killed after ten seconds.
const patience = 10 * time.Second

func Test05ARequestToStopLeavesNothingUncertain(t *testing.T) {
	t.Parallel()
	const total = 600
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)

	for i, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGTERM} {
		if err := w.outbox.Wait(w.ctx, (i+1)*total/4); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		w.server.signal(signal)
		if code := w.server.wait(); code != 0 {
			t.Fatalf("after %v the exit code is %d", signal, code)
		}
		if took := time.Since(begun); took > patience {
			t.Errorf("after %v it took %v to end", signal, took)
		}
		if w.outbox.Total() >= total {
			t.Fatal("the mailing was through: nothing was stopped")
		}
		w.serve()
		if m := owner.read(id); m.Status != "running" || m.Uncertain != 0 {
			t.Fatalf("after %v the mailing is %s with %d uncertain", signal, m.Status, m.Uncertain)
		}
	}

	owner.reaches(id, "completed")
	if b := w.balancedBooks(id); b.states["sent"] != total || len(b.attempts) != total {
		t.Errorf("of %d recipients the states are %v after %d attempts", total, b.states, len(b.attempts))
	}
}

func Test05AServerThatDoesNotAnswerIsNotWaitedForTooLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: time.Hour, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	const total = 100
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	var page recipientPage
	eventually(w.ctx, t, "every connection is in the middle of a mail", func() bool {
		owner.get("/api/gonets/mailings/" + id + "/recipients?perPage=1&state=sending").want(200).into(&page)
		return page.TotalItems == connections
	})

	begun := time.Now()
	if code := w.server.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begun); took > patience {
		t.Errorf("it took %v to end", took)
	}
	w.serve()
	owner.verb(id, "pause", nil).want(200)
	eventually(w.ctx, t, "those in flight are known as uncertain", func() bool { return owner.read(id).Uncertain >= connections })
}
