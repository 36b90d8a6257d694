package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/denial"
	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
	"gonets/internal/stats"
)

// books is a launched mailing and a ledger without workers: tests play them.
type books struct {
	*mailingtest.World
	id     string
	ledger *ledger
	flow   *LedgerMailing
}

func newBooks(t testing.TB, clients int) *books {
	t.Helper()
	w := mailingtest.New(t)
	w.NewClients(clients)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
	v := launch.New(w.App, func() {})
	if _, err := v.Launch(context.Background(), id, ""); err != nil {
		t.Fatal(err)
	}
	l, err := newLedger(w.App)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.statements.close)
	return &books{World: w, id: id, ledger: l, flow: &LedgerMailing{id: id, owner: w.Owner, no: 1}}
}

// recipients are all recipients of the mailing, as the engine would load them.
func (b *books) recipients() []*LedgerRecipient {
	b.T.Helper()
	var rows []struct {
		ID       int64         `db:"id"`
		Client   string        `db:"client"`
		Email    string        `db:"email"`
		Tries    int           `db:"tries"`
		Forgiven int           `db:"forgiven"`
		State    mailing.State `db:"state"`
	}
	err := b.App.ConcurrentDB().NewQuery(`SELECT id, client, email, tries, forgiven, state FROM recipients WHERE mailing = {:id} ORDER BY id`).
		Bind(dbx.Params{"id": b.id}).All(&rows)
	if err != nil {
		b.T.Fatal(err)
	}
	all := make([]*LedgerRecipient, len(rows))
	for i, r := range rows {
		all[i] = &LedgerRecipient{id: r.ID, client: r.Client, email: r.Email, tries: r.Tries, forgiven: r.Forgiven, state: r.State, mailing: b.flow}
	}
	return all
}

// anyOutcome is one of the things that can become of a recipient that is being mailed.
func anyOutcome(rng *rand.Rand, r *LedgerRecipient) Outcome {
	o := Outcome{Status: stats.Failure, Code: 550, Enhanced: "5.0.0", Response: `said "no" \ to ` + r.email}
	switch rng.IntN(7) {
	case 0, 1, 2:
		o.State, o.Status, o.Code = mailing.Sent, stats.Success, 250
	case 3:
		o.State, o.Reason = mailing.Failed, mailing.ReasonRefused
	case 4:
		o.State, o.Next = mailing.Deferred, time.Now()
	case 5:
		o.State, o.Status, o.Code = mailing.Uncertain, stats.Uncertain, 0
	case 6:
		o = Untouched()
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
	v := launch.New(b.App, func() {})
	e := &v
	all := b.recipients()
	for turn := range 150 {
		var batch []*entry
		for _, r := range all {
			entry := &entry{done: make(chan struct{}, 1)}
			switch {
			case r.state == mailing.Sending && rng.IntN(3) > 0:
				entry.settle, entry.result = r, anyOutcome(rng, r)
			case (r.state == mailing.Pending || r.state == mailing.Deferred) && rng.IntN(8) == 0:
				entry.claim = r
			case r.state == mailing.Pending && rng.IntN(60) == 0:
				entry.settle, entry.result = r, Skipped("manual")
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
			if e.claim != nil && e.claimed != (e.claim.state == mailing.Sending) {
				t.Fatalf("turn %d: claimed %t, but the recipient is %s", turn, e.claimed, e.claim.state)
			}
		}
		b.Balanced(b.id)
		if stop := b.verb(e, rng); stop || rng.IntN(15) == 0 {
			all = b.recipients() // as after a crash: what was in memory is gone
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// verb does one of the things that owners do, now and then, and says whether it did.
func (b *books) verb(e *launch.Verbs, rng *rand.Rand) bool {
	var err error
	switch rng.IntN(40) {
	case 0:
		_, err = e.Pause(b.id)
	case 1, 2:
		_, err = e.Resume(b.id)
	case 3:
		_, err = e.Retry(b.T.Context(), b.id, []mailing.State{mailing.Failed, mailing.Uncertain})
	case 4:
		_, err = e.Accept(b.T.Context(), b.id)
	case 5:
		b.NewClient(fmt.Sprintf("new%d@example.org", rng.Uint64()))
		_, err = e.Extend(b.T.Context(), b.id)
	case 6:
		err = settleInterrupted(b.T.Context(), b.App, b.ledger)
	default:
		return false
	}
	var refused *denial.Error
	if err != nil && !errors.As(err, &refused) {
		b.T.Fatal(err)
	}
	b.Balanced(b.id)
	return true
}

func TestATurnDoesNotOverwriteWhatSomebodyElseDecided(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 4)
	all := b.recipients()
	claim := func(r *LedgerRecipient) *entry { return &entry{claim: r} }
	if err := b.ledger.turn([]*entry{claim(all[0]), claim(all[1])}); err != nil {
		t.Fatal(err)
	}
	// Behind the engine's back the third is skipped, and the first settled.
	for id, state := range map[int64]mailing.State{all[0].id: mailing.Failed, all[2].id: mailing.Skipped} {
		_, err := b.App.NonconcurrentDB().NewQuery(`UPDATE recipients SET state = {:state} WHERE id = {:id}`).
			Bind(dbx.Params{"state": string(state), "id": id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	sent := Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	batch := []*entry{{settle: all[0], result: sent}, {settle: all[1], result: sent}, claim(all[2]), claim(all[3])}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatal(err)
	}
	if batch[2].claimed || !batch[3].claimed {
		t.Errorf("claimed %t and %t", batch[2].claimed, batch[3].claimed)
	}
	if got := b.States(b.id); got[mailing.Failed] != 1 || got[mailing.Sent] != 1 || got[mailing.Skipped] != 1 || got[mailing.Sending] != 1 {
		t.Errorf("%v", got)
	}
}

func TestNothingIsClaimedForAMailingThatDoesNotRun(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 2)
	all := b.recipients()
	v := launch.New(b.App, func() {})
	if _, err := v.Pause(b.id); err != nil {
		t.Fatal(err)
	}
	e := &entry{claim: all[0]}
	if err := b.ledger.turn([]*entry{e}); err != nil || e.claimed || b.States(b.id)[mailing.Pending] != 2 {
		t.Errorf("claimed %t, %v, %v", e.claimed, b.States(b.id), err)
	}
}

func TestWhoIsOnTheStopListAtTheLastMomentIsSkipped(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	all := b.recipients()
	b.Save("suppressions", map[string]any{"owner": b.Owner, "kind": "address", "value": all[1].email, "reason": "complained"})
	batch := []*entry{{claim: all[0]}, {claim: all[1]}, {claim: all[2]}}
	if err := b.ledger.turn(batch); err != nil {
		t.Fatal(err)
	}
	if !batch[0].claimed || batch[1].claimed || !batch[2].claimed {
		t.Errorf("claimed %t, %t, %t", batch[0].claimed, batch[1].claimed, batch[2].claimed)
	}
	var state, reason string
	err := b.App.DB().NewQuery(`SELECT state, reason FROM recipients WHERE id = {:id}`).Bind(dbx.Params{"id": all[1].id}).Row(&state, &reason)
	if err != nil || state != string(mailing.Skipped) || reason != "complained" {
		t.Errorf("%s because of %q, %v", state, reason, err)
	}
	b.Balanced(b.id)
}

func TestAttemptsHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, no := range []int64{1, 2, 35, 36, 1 << 20, 1<<30 - 1} {
		for _, n := range []int64{1, 2, 35, 36, 37, 1 << 20, 1<<32 - 1} {
			for _, try := range []int{1, 2, 36, 37, mailing.MostTries} {
				id := mailing.AttemptID(no<<mailing.IDBits|n, try)
				if len(id) != 15 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || seen[id] {
					t.Fatalf("recipient %d of mailing %d, try %d: %q", n, no, try, id)
				}
				seen[id] = true
			}
		}
	}
}

// BenchmarkTurn settles and claims as many recipients a turn as its name says.
func BenchmarkTurn(b *testing.B) {
	for _, size := range []int{1, 10, 50, 200} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			books := newBooks(b, max(b.N, 1)+2*size)
			all := books.recipients()
			claims := make([]*entry, size)
			for i := range claims {
				claims[i] = &entry{claim: all[i]}
			}
			if err := books.ledger.turn(claims); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			done := 0
			for ; done < b.N; done += size {
				batch := make([]*entry, 0, size)
				for i := done; i < done+size && i+size < len(all); i++ {
					all[i].state = mailing.Sending
					batch = append(batch, &entry{
						settle: all[i], claim: all[i+size],
						result: Outcome{State: mailing.Sent, Status: stats.Success, Code: 250, Enhanced: "2.0.0", Response: "250 2.0.0 Ok: queued as 4Xk2Zz1"},
					})
				}
				if err := books.ledger.turn(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "recipients/s")
		})
	}
}
