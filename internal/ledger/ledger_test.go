package ledger

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
	"gonets/internal/verdict"
)

// books is a launched mailing and a ledger without workers: tests play them.
type books struct {
	*mailingtest.World
	id     string
	ledger *Ledger
	flow   *Mailing
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
	l, err := New(w.App)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.statements.close)
	return &books{World: w, id: id, ledger: l, flow: &Mailing{ID: id, Owner: w.Owner, No: 1}}
}

// recipients are all recipients of the mailing, as the engine would load them.
func (b *books) recipients() []*Recipient {
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
	all := make([]*Recipient, len(rows))
	for i, r := range rows {
		all[i] = &Recipient{ID: r.ID, Client: r.Client, Email: r.Email, Tries: r.Tries, Forgiven: r.Forgiven, State: r.State, Mailing: b.flow}
	}
	return all
}

// anyOutcome is one of the things that can become of a recipient that is being mailed.
func anyOutcome(rng *rand.Rand, r *Recipient) verdict.Outcome {
	o := verdict.Outcome{Status: stats.Failure, Code: 550, Enhanced: "5.0.0", Response: `said "no" \ to ` + r.Email}
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
		o = verdict.Untouched()
	}
	return o
}

// TestTheBooksBalanceAfterEveryTurn plays workers at random, verbs in between and crashes, and looks
// at the database after each turn.
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
		var entries []*Entry
		for _, r := range all {
			entry := &Entry{Done: make(chan struct{}, 1)}
			switch {
			case r.State == mailing.Sending && rng.IntN(3) > 0:
				entry.Settle, entry.Result = r, anyOutcome(rng, r)
			case (r.State == mailing.Pending || r.State == mailing.Deferred) && rng.IntN(8) == 0:
				entry.Claim = r
			case r.State == mailing.Pending && rng.IntN(60) == 0:
				entry.Settle, entry.Result = r, verdict.Skipped("manual")
			default:
				continue
			}
			entries = append(entries, entry)
		}
		if len(entries) > 0 {
			if err := b.ledger.writeBatch(entries); err != nil {
				t.Fatalf("turn %d: %v", turn, err)
			}
		}
		for _, e := range entries {
			if e.Claim != nil && e.Claimed != (e.Claim.State == mailing.Sending) {
				t.Fatalf("turn %d: claimed %t, but the recipient is %s", turn, e.Claimed, e.Claim.State)
			}
		}
		b.Balanced(b.id)
		if stop := b.verb(e, rng); stop || rng.IntN(15) == 0 {
			all = b.recipients() // as after a crash: what was in memory is gone
			var err error
			if b.ledger.journalled, _, err = stats.ReadJournal(b.App.NonconcurrentDB()); err != nil {
				t.Fatal(err)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if err := b.ledger.sumUp(); err != nil {
		t.Fatal(err)
	}
	if _, journal := b.counted(); journal != 0 {
		t.Errorf("%d rows are left in the journal", journal)
	}
	b.Balanced(b.id)
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
		err = Recover(b.T.Context(), b.App, b.ledger)
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
	claim := func(r *Recipient) *Entry { return &Entry{Claim: r} }
	if err := b.ledger.writeBatch([]*Entry{claim(all[0]), claim(all[1])}); err != nil {
		t.Fatal(err)
	}
	// Behind the engine's back the third is skipped, and the first settled.
	for id, state := range map[int64]mailing.State{all[0].ID: mailing.Failed, all[2].ID: mailing.Skipped} {
		_, err := b.App.NonconcurrentDB().NewQuery(`UPDATE recipients SET state = {:state} WHERE id = {:id}`).
			Bind(dbx.Params{"state": string(state), "id": id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	sent := verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	entries := []*Entry{{Settle: all[0], Result: sent}, {Settle: all[1], Result: sent}, claim(all[2]), claim(all[3])}
	if err := b.ledger.writeBatch(entries); err != nil {
		t.Fatal(err)
	}
	if entries[2].Claimed || !entries[3].Claimed {
		t.Errorf("claimed %t and %t", entries[2].Claimed, entries[3].Claimed)
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
	e := &Entry{Claim: all[0]}
	if err := b.ledger.writeBatch([]*Entry{e}); err != nil || e.Claimed || b.States(b.id)[mailing.Pending] != 2 {
		t.Errorf("claimed %t, %v, %v", e.Claimed, b.States(b.id), err)
	}
}

func TestWhoIsOnTheStopListAtTheLastMomentIsSkipped(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	all := b.recipients()
	b.Save("suppressions", map[string]any{"owner": b.Owner, "kind": "address", "value": all[1].Email, "reason": "complained"})
	entries := []*Entry{{Claim: all[0]}, {Claim: all[1]}, {Claim: all[2]}}
	if err := b.ledger.writeBatch(entries); err != nil {
		t.Fatal(err)
	}
	if !entries[0].Claimed || entries[1].Claimed || !entries[2].Claimed {
		t.Errorf("claimed %t, %t, %t", entries[0].Claimed, entries[1].Claimed, entries[2].Claimed)
	}
	var state, reason string
	err := b.App.DB().NewQuery(`SELECT state, reason FROM recipients WHERE id = {:id}`).Bind(dbx.Params{"id": all[1].ID}).Row(&state, &reason)
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

// BenchmarkTurn settles and claims as many recipients a batch as its name says.
func BenchmarkTurn(b *testing.B) {
	for _, size := range []int{1, 10, 50, 200} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			books := newBooks(b, max(b.N, 1)+2*size)
			all := books.recipients()
			claims := make([]*Entry, size)
			for i := range claims {
				claims[i] = &Entry{Claim: all[i]}
			}
			if err := books.ledger.writeBatch(claims); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			done := 0
			for ; done < b.N; done += size {
				entries := make([]*Entry, 0, size)
				for i := done; i < done+size && i+size < len(all); i++ {
					all[i].State = mailing.Sending
					entries = append(entries, &Entry{
						Settle: all[i], Claim: all[i+size],
						Result: verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250, Enhanced: "2.0.0", Response: "250 2.0.0 Ok: queued as 4Xk2Zz1"},
					})
				}
				if err := books.ledger.writeBatch(entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "recipients/s")
		})
	}
}
