package e2e

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// connections is what the instance's own mail server is used with: what a sender has that names no number.
const connections = 10

func Test04AKillInTheMiddleLosesNobodyAndMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	const (
		total = 3_000
		kills = 6
	)
	w := newWorld(t, 4*time.Minute, outbox.Options{Latency: 2 * time.Millisecond, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)

	uncertain := 0
	for range kills {
		// Some time in what would be left for this kill if they came evenly.
		left := total - w.outbox.Total()
		if err := w.outbox.Wait(w.ctx, w.outbox.Total()+1+rand.IntN(left/kills)); err != nil {
			t.Fatal(err)
		}
		w.restart()

		// The books are compared at rest. Whoever was in flight must be known as uncertain by then.
		owner.verb(id, "pause", nil).want(200)
		b := w.restingBooks(id)
		if more := b.states["uncertain"] - uncertain; more > connections {
			t.Errorf("a kill made %d recipients uncertain, more than there are connections", more)
		}
		uncertain = b.states["uncertain"]
		if t.Failed() {
			t.FailNow()
		}
		owner.verb(id, "resume", nil).want(200)
	}

	owner.reaches(id, "completed")
	b := w.balancedBooks(id)
	t.Logf("%d kills: %d sent, %d uncertain", kills, b.states["sent"], b.states["uncertain"])
	if b.states["sent"]+b.states["uncertain"] != total || len(b.recipients) != total {
		t.Errorf("of %d recipients the states are %v", total, b.states)
	}

	t.Run("an uncertain recipient that is sent again gets the same Message-ID", func(t *testing.T) {
		owner := owner.in(t)
		owner.verb(id, "retry", object{"states": []string{"uncertain"}}).want(200)
		eventually(w.ctx, t, "everyone is sent", func() bool { return owner.read(id).Sent == total })
		owner.reaches(id, "completed")
		for email, n := range w.outbox.Counts() {
			if n > 1 && (n > 2 || b.recipients[email].State != "uncertain") {
				t.Errorf("%s was %s and got %d mails", email, b.recipients[email].State, n)
			}
		}
		if ids := len(w.outbox.MessageIDs()); ids != total {
			t.Errorf("%d recipients got mails with %d Message-IDs", total, ids)
		}
	})
}

// restingBooks waits until nobody of a paused mailing is in flight, and compares its books.
func (w *world) restingBooks(id string) books {
	w.t.Helper()
	var page recipientPage
	eventually(w.ctx, w.t, "nobody is in flight", func() bool {
		w.root.get("/api/gonets/mailings/" + id + "/recipients?perPage=1&state=sending").want(200).into(&page)
		return page.TotalItems == 0
	})
	return w.balancedBooks(id)
}

func Test04AKillDuringTheLaunchLeavesAMailingOrNone(t *testing.T) {
	t.Parallel()
	const total = 1_500
	w := newWorld(t, 3*time.Minute, outbox.Options{Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	message := owner.message(nil)

	for range 5 {
		w.outbox.Clear()
		id := owner.mailing(message, nil)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.nobody.base+"/api/gonets/mailings/"+id+"/send", nil)
			if err != nil {
				return
			}
			request.Header.Set("Authorization", owner.token)
			if answer, err := http.DefaultClient.Do(request); err == nil {
				answer.Body.Close()
			}
		}()
		time.Sleep(rand.N(40 * time.Millisecond)) // a launch takes about as long: before, within, after
		w.server.kill()
		<-ended
		w.serve()

		if m := owner.read(id); m.Status == "created" {
			t.Log("killed before the launch was through")
			eventually(w.ctx, t, "the mailing can be sent", func() bool { return owner.verb(id, "send", nil).want(202, 409).status == 202 })
		}
		owner.reaches(id, "completed")
		if b := w.balancedBooks(id); len(b.recipients) != total || t.Failed() {
			t.Fatalf("%d recipients in the books, want %d", len(b.recipients), total)
		}
	}
}
