package delivery

import (
	"testing"

	"gonets/internal/stats"
)

// A mailing that is paused and resumed between two looks of the engine is loaded anew while a worker
// still has one of its recipients in hand, whom a second worker then gets too.
func TestARecipientInTwoHandsIsMailedByOne(t *testing.T) {
	b := newBooks(t, 2)
	one, other := b.recipients(), b.recipients()
	batch := []*entry{{claim: one[0]}, {claim: other[0]}, {claim: one[1]}}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatalf("the books stand still: %v", err)
	}
	if !batch[0].claimed || batch[1].claimed || !batch[2].claimed {
		t.Errorf("claimed %t, %t and %t", batch[0].claimed, batch[1].claimed, batch[2].claimed)
	}
	sent := outcome{state: Sent, status: stats.Success, code: 250, tries: 1}
	late := []*entry{{settle: one[0], result: sent}, {claim: other[0]}, {claim: other[1]}}
	if err := b.ledger.turn(late); err != nil {
		t.Fatal(err)
	}
	if late[1].claimed || late[2].claimed {
		t.Error("a recipient was claimed that another worker has or had")
	}
	if got := b.states(b.id); got[Sent] != 1 || got[Sending] != 1 {
		t.Errorf("%v", got)
	}
	b.audit(b.id)
}
