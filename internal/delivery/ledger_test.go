package delivery

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/peer"
	"gonets/internal/stats"
)

// books is a launched mailing and a ledger without workers: tests play them.
type books struct {
	*world
	id     string
	ledger *ledger
	flow   *flow
}

func newBooks(t testing.TB, clients int) *books {
	t.Helper()
	w := newWorld(t)
	w.newClients(clients)
	id := w.newMailing(map[string]any{"sender": w.newSender(peer.Start(t, peer.Script{}), nil)})
	w.launch(New(w.app), id)
	l, err := newLedger(w.app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.statements.close)
	return &books{world: w, id: id, ledger: l, flow: &flow{id: id, owner: w.owner, no: 1}}
}

// recipients are all recipients of the mailing, as the engine would load them.
func (b *books) recipients() []*recipient {
	b.t.Helper()
	var rows []row
	err := b.app.ConcurrentDB().NewQuery(`SELECT id, client, email, tries, state FROM recipients WHERE mailing = {:id} ORDER BY id`).
		Bind(dbx.Params{"id": b.id}).All(&rows)
	if err != nil {
		b.t.Fatal(err)
	}
	all := make([]*recipient, len(rows))
	for i, r := range rows {
		all[i] = &recipient{id: r.ID, client: r.Client, email: r.Email, tries: r.Tries, state: r.State, flow: b.flow}
	}
	return all
}

// anyOutcome is one of the things that can become of a recipient that is being mailed.
func anyOutcome(rng *rand.Rand, r *recipient) outcome {
	o := outcome{status: stats.Failure, code: 550, enhanced: "5.0.0", response: `said "no" \ to ` + r.email, tries: r.tries + 1}
	switch rng.IntN(7) {
	case 0, 1, 2:
		o.state, o.status, o.code = Sent, stats.Success, 250
	case 3:
		o.state, o.reason = Failed, ReasonRefused
	case 4:
		o.state, o.next = Deferred, time.Now()
	case 5:
		o.state, o.status, o.code = Uncertain, stats.Uncertain, 0
	case 6:
		o = untouched(r)
	}
	return o
}

// TestTheBooksBalanceAfterEveryTurn plays workers at random, verbs in between and crashes, and looks
// at the books after each turn.
func TestTheBooksBalanceAfterEveryTurn(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, seed))
	b := newBooks(t, 120)
	e := New(b.app)
	all := b.recipients()
	for turn := range 150 {
		var batch []*entry
		for _, r := range all {
			entry := &entry{done: make(chan struct{}, 1)}
			switch {
			case r.state == Sending && rng.IntN(3) > 0:
				entry.settle, entry.result = r, anyOutcome(rng, r)
			case (r.state == Pending || r.state == Deferred) && rng.IntN(8) == 0:
				entry.claim = r
			case r.state == Pending && rng.IntN(60) == 0:
				entry.settle, entry.result = r, skipped(r, "manual")
			default:
				continue
			}
			batch = append(batch, entry)
		}
		if len(batch) > 0 {
			if err := b.ledger.turn(batch); err != nil {
				t.Fatalf("turn %d: %v", turn, err)
			}
		}
		for _, e := range batch {
			if e.claim != nil && e.claimed != (e.claim.state == Sending) {
				t.Fatalf("turn %d: claimed %t, but the recipient is %s", turn, e.claimed, e.claim.state)
			}
		}
		b.balanced(b.id)
		if stop := b.verb(e, rng); stop || rng.IntN(15) == 0 {
			all = b.recipients() // as after a crash: what was in memory is gone
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// verb does one of the things that owners do, now and then, and says whether it did.
func (b *books) verb(e *Engine, rng *rand.Rand) bool {
	var err error
	switch rng.IntN(40) {
	case 0:
		_, err = e.Pause(b.id)
	case 1, 2:
		_, err = e.Resume(b.id)
	case 3:
		_, err = e.Retry(b.t.Context(), b.id, []State{Failed, Uncertain})
	case 4:
		_, err = e.Accept(b.t.Context(), b.id)
	case 5:
		b.newClient(fmt.Sprintf("new%d@example.org", rng.Uint64()))
		_, err = e.Extend(b.t.Context(), b.id)
	case 6:
		err = settleInterrupted(b.t.Context(), b.app, b.ledger)
	default:
		return false
	}
	var refused *Refusal
	if err != nil && !errors.As(err, &refused) {
		b.t.Fatal(err)
	}
	b.balanced(b.id)
	return true
}

func TestATurnDoesNotOverwriteWhatSomebodyElseDecided(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 4)
	all := b.recipients()
	claim := func(r *recipient) *entry { return &entry{claim: r} }
	if err := b.ledger.turn([]*entry{claim(all[0]), claim(all[1])}); err != nil {
		t.Fatal(err)
	}
	// Behind the engine's back the third is skipped, and the first settled.
	for id, state := range map[int64]State{all[0].id: Failed, all[2].id: Skipped} {
		_, err := b.app.NonconcurrentDB().NewQuery(`UPDATE recipients SET state = {:state} WHERE id = {:id}`).
			Bind(dbx.Params{"state": string(state), "id": id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	sent := outcome{state: Sent, status: stats.Success, code: 250, tries: 1}
	batch := []*entry{{settle: all[0], result: sent}, {settle: all[1], result: sent}, claim(all[2]), claim(all[3])}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatal(err)
	}
	if batch[2].claimed || !batch[3].claimed {
		t.Errorf("claimed %t and %t", batch[2].claimed, batch[3].claimed)
	}
	if got := b.states(b.id); got[Failed] != 1 || got[Sent] != 1 || got[Skipped] != 1 || got[Sending] != 1 {
		t.Errorf("%v", got)
	}
}

func TestNothingIsClaimedForAMailingThatDoesNotRun(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 2)
	all := b.recipients()
	if _, err := New(b.app).Pause(b.id); err != nil {
		t.Fatal(err)
	}
	e := &entry{claim: all[0]}
	if err := b.ledger.turn([]*entry{e}); err != nil || e.claimed || b.states(b.id)[Pending] != 2 {
		t.Errorf("claimed %t, %v, %v", e.claimed, b.states(b.id), err)
	}
}

func TestWhoIsOnTheStopListAtTheLastMomentIsSkipped(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	all := b.recipients()
	b.save("suppressions", map[string]any{"owner": b.owner, "kind": "address", "value": all[1].email, "reason": "complained"})
	batch := []*entry{{claim: all[0]}, {claim: all[1]}, {claim: all[2]}}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatal(err)
	}
	if !batch[0].claimed || batch[1].claimed || !batch[2].claimed {
		t.Errorf("claimed %t, %t, %t", batch[0].claimed, batch[1].claimed, batch[2].claimed)
	}
	if r := b.recipient(b.id, all[1].email); r.State != Skipped || r.Reason != "complained" {
		t.Errorf("%+v", r)
	}
	b.balanced(b.id)
}

func TestAttemptIDsAreUniqueAndGrow(t *testing.T) {
	t.Parallel()
	var ids attemptIDs
	seen, last := map[string]bool{}, ""
	now := time.Now()
	for i := range 100_000 {
		id := ids.next(now.Add(time.Duration(i/10_000) * time.Millisecond))
		if len(id) != 15 || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
		if id[:8] < last {
			t.Fatalf("%q after %q", id, last)
		}
		last = id[:8]
	}
}
