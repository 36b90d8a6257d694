package ledger

import (
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// A mailing that is paused and resumed between two looks of the engine is loaded anew while a worker
// still has one of its recipients in hand, whom a second worker then gets too.
func TestARecipientInTwoHandsIsMailedByOne(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 2)
	one, other := b.recipients(), b.recipients()
	entries := []*Entry{{Claim: one[0]}, {Claim: other[0]}, {Claim: one[1]}}
	if err := b.ledger.writeBatch(entries); err != nil {
		t.Fatalf("the ledger stands still: %v", err)
	}
	if !entries[0].Claimed || entries[1].Claimed || !entries[2].Claimed {
		t.Errorf("claimed %t, %t and %t", entries[0].Claimed, entries[1].Claimed, entries[2].Claimed)
	}
	sent := verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	late := []*Entry{{Settle: one[0], Result: sent}, {Claim: other[0]}, {Claim: other[1]}}
	if err := b.ledger.writeBatch(late); err != nil {
		t.Fatal(err)
	}
	if late[1].Claimed || late[2].Claimed {
		t.Error("a recipient was claimed that another worker has or had")
	}
	if got := b.States(b.id); got[mailing.Sent] != 1 || got[mailing.Sending] != 1 {
		t.Errorf("%v", got)
	}
	b.Audit(b.id)
}

// The second of the two workers has what the database said before the first one tried. It must not go by that:
// the recipient may be waiting for its next try, and the number of the next attempt is taken.
func TestARecipientInTwoHandsIsTriedByWhoKnowsTheLastTry(t *testing.T) {
	t.Parallel()
	failure := verdict.Outcome{Status: stats.Failure, Code: 451}
	broken, deferred := failure, failure
	broken.State = mailing.Pending
	deferred.State, deferred.Next = mailing.Deferred, time.Now().Add(time.Hour)
	for name, first := range map[string]verdict.Outcome{"at once again": broken, "later": deferred} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, 1)
			one, other := b.recipients()[0], b.recipients()[0]
			for _, e := range []*Entry{{Claim: one}, {Settle: one, Result: first}, {Claim: other}} {
				if err := b.ledger.writeBatch([]*Entry{e}); err != nil {
					t.Fatalf("the ledger stands still: %v", err)
				}
				if e.Claim == other && e.Claimed {
					t.Error("it was claimed by who does not know what became of it")
				}
			}
			b.Audit(b.id)
			// Who does know goes on.
			last := []*Entry{{Claim: one}}
			if err := b.ledger.writeBatch(last); err != nil || !last[0].Claimed {
				t.Fatalf("claimed %t, %v", last[0].Claimed, err)
			}
			if err := b.ledger.writeBatch([]*Entry{{Settle: one, Result: verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}}}); err != nil {
				t.Fatalf("the ledger stands still: %v", err)
			}
			b.Audit(b.id)
		})
	}
}
