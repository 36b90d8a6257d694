package delivery

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
	"gonets/internal/stats"
)

// A mailing that is paused and resumed between two looks of the engine is loaded anew while a worker
// still has one of its recipients in hand, whom a second worker then gets too.
func TestARecipientInTwoHandsIsMailedByOne(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 2)
	one, other := b.recipients(), b.recipients()
	batch := []*entry{{claim: one[0]}, {claim: other[0]}, {claim: one[1]}}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatalf("the books stand still: %v", err)
	}
	if !batch[0].claimed || batch[1].claimed || !batch[2].claimed {
		t.Errorf("claimed %t, %t and %t", batch[0].claimed, batch[1].claimed, batch[2].claimed)
	}
	sent := Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	late := []*entry{{settle: one[0], result: sent}, {claim: other[0]}, {claim: other[1]}}
	if err := b.ledger.turn(late); err != nil {
		t.Fatal(err)
	}
	if late[1].claimed || late[2].claimed {
		t.Error("a recipient was claimed that another worker has or had")
	}
	if got := b.States(b.id); got[mailing.Sent] != 1 || got[mailing.Sending] != 1 {
		t.Errorf("%v", got)
	}
	b.Audit(b.id)
}

// The second of the two workers has what the books said before the first one tried. It must not go by that:
// the recipient may be waiting for its next try, and the number of the next attempt is taken.
func TestARecipientInTwoHandsIsTriedByWhoKnowsTheLastTry(t *testing.T) {
	t.Parallel()
	failure := Outcome{Status: stats.Failure, Code: 451}
	broken, deferred := failure, failure
	broken.State = mailing.Pending
	deferred.State, deferred.Next = mailing.Deferred, time.Now().Add(time.Hour)
	for name, first := range map[string]Outcome{"at once again": broken, "later": deferred} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, 1)
			one, other := b.recipients()[0], b.recipients()[0]
			for _, e := range []*entry{{claim: one}, {settle: one, result: first}, {claim: other}} {
				if err := b.ledger.turn([]*entry{e}); err != nil {
					t.Fatalf("the books stand still: %v", err)
				}
				if e.claim == other && e.claimed {
					t.Error("it was claimed by who does not know what became of it")
				}
			}
			b.Audit(b.id)
			// Who does know goes on.
			last := []*entry{{claim: one}}
			if err := b.ledger.turn(last); err != nil || !last[0].claimed {
				t.Fatalf("claimed %t, %v", last[0].claimed, err)
			}
			if err := b.ledger.turn([]*entry{{settle: one, result: Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}}}); err != nil {
				t.Fatalf("the books stand still: %v", err)
			}
			b.Audit(b.id)
		})
	}
}

// A mailing that is being extended may be taken up by a retry meanwhile. Those who are being added are
// not part of it until the extension has been committed: it may still be taken back, and what it had
// sent by then would be forgotten.
func TestWhoIsBeingAddedIsNotMailedYet(t *testing.T) {
	t.Parallel()
	refuse := smtptest.To("person0@example0.com", smtptest.RCPT, smtptest.Say("550 5.2.1 disabled"))
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refuse}})
	w.NewClients(5)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)

	w.NewClient("new@example.org")
	// An extension has written her row and not committed yet.
	_, err := w.App.NonconcurrentDB().NewQuery(`
		INSERT INTO recipients (id, mailing, client, email, state)
		SELECT (k.no << {:bits}) + k.last + 1, k.mailing, c.id, c.email, 'pending'
		FROM contents k JOIN clients c ON c.email = 'new@example.org' WHERE k.mailing = {:id}`).
		Bind(dbx.Params{"bits": mailing.IDBits, "id": id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed}); err != nil {
		t.Fatal(err)
	}
	w.until(id, "through", func(results.Progress) bool { return len(w.Attempts(id)["person0@example0.com"]) == 2 })
	w.untilStatus(id, mailing.Completed)
	if made := w.Attempts(id)["new@example.org"]; made != nil {
		t.Errorf("mailed before its time: %+v", made)
	}
	w.Set(id, `launching_at = '2026-01-01 00:00:00.000Z'`) // as when the process had ended here
	w.Eventually("the extension is taken back", func() bool { return w.Record(id).GetString("launching_at") == "" })
	if _, err := e.Extend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.until(id, "extended", func(p results.Progress) bool { return p.Status == mailing.Completed && p.Sent == 5 })
	mailingtest.Once(t, p.Mails())
	w.Closes(id, p.Mails())
}
