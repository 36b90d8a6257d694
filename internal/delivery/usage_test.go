package delivery

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
	"gonets/internal/stats"
)

// claimAll hands in a claim of every recipient that is pending, in one turn, and returns how many were claimed.
func (b *books) claimAll(all []*LedgerRecipient) (claimed int, limited UsageKind) {
	b.T.Helper()
	var batch []*entry
	for _, r := range all {
		if r.state == mailing.Pending {
			batch = append(batch, &entry{claim: r})
		}
	}
	if err := b.ledger.turn(batch); err != nil {
		b.T.Fatal(err)
	}
	for _, e := range batch {
		claimed += one(e.claimed)
		if e.limited != "" {
			limited = e.limited
		}
	}
	return claimed, limited
}

// settleSome settles n recipients that are being mailed.
func (b *books) settleSome(all []*LedgerRecipient, n int, o Outcome) {
	b.T.Helper()
	var batch []*entry
	for _, r := range all {
		if r.state == mailing.Sending && len(batch) < n {
			batch = append(batch, &entry{settle: r, result: o})
		}
	}
	if err := b.ledger.turn(batch); err != nil {
		b.T.Fatal(err)
	}
}

// TestADailyLimitIsTakenWithTheClaim claims more than the limit allows at once, and has tests take of it.
func TestADailyLimitIsTakenWithTheClaim(t *testing.T) {
	t.Parallel()
	const limit = 6
	sent := Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	failed := Outcome{State: mailing.Failed, Reason: mailing.ReasonRefused, Status: stats.Failure, Code: 550}
	for kind, set := range map[UsageKind]string{
		UsageOfOwner:  fmt.Sprintf(`UPDATE users SET daily_quota = %d`, limit),
		UsageOfSender: fmt.Sprintf(`UPDATE senders SET daily_limit = %d`, limit),
		"warming up":  fmt.Sprintf(`UPDATE senders SET warm_up_start = %d`, limit),
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := newBooks(t, 20)
			b.flow.sender = b.Record(b.id).GetString("sender")
			if _, err := b.App.NonconcurrentDB().NewQuery(set).Execute(); err != nil {
				t.Fatal(err)
			}
			all := b.recipients()
			if n, limited := b.claimAll(all); n != limit || limited == "" {
				t.Errorf("%d were claimed at once, limited by %q", n, limited)
			}
			var refused *denial.Error
			if err := TakeMails(b.App, b.Owner, b.flow.sender, 1, time.Now()); !errors.As(err, &refused) || refused.Status != 429 {
				t.Errorf("a test while the whole limit is in flight: %v", err)
			}
			b.settleSome(all, 2, failed)
			if err := TakeMails(b.App, b.Owner, b.flow.sender, 1, time.Now()); err != nil {
				t.Error(err)
			}
			if n, _ := b.claimAll(all); n != 1 {
				t.Errorf("%d were claimed when two had failed and a test had gone out", n)
			}
			b.settleSome(all, limit, sent)
			if n, _ := b.claimAll(all); n != 0 {
				t.Errorf("%d were claimed beyond the limit", n)
			}
			if err := GiveBackMails(b.App, b.Owner, b.flow.sender, 1, time.Now()); err != nil {
				t.Error(err)
			}
			if n, _ := b.claimAll(all); n != 1 {
				t.Errorf("%d were claimed when a test was given back", n)
			}
			b.settleSome(all, 1, sent)
			b.AuditUsage()
			// A process that ends leaves nothing in flight.
			b.claimAll(all)
			if err := settleInterrupted(t.Context(), b.App, b.ledger); err != nil {
				t.Fatal(err)
			}
			var flying int
			if err := b.App.ConcurrentDB().NewQuery(`SELECT SUM(in_flight) FROM usage`).Row(&flying); err != nil || flying != 0 {
				t.Errorf("%d are in flight, %v", flying, err)
			}
		})
	}
}

// TestAMailInFlightAtMidnightCountsOnTheNextDay has mails claimed on one day that are handed over on the next.
func TestAMailInFlightAtMidnightCountsOnTheNextDay(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 10)
	if _, err := b.App.NonconcurrentDB().NewQuery(`UPDATE users SET daily_quota = 4`).Execute(); err != nil {
		t.Fatal(err)
	}
	all := b.recipients()
	if n, _ := b.claimAll(all); n != 4 {
		t.Fatalf("%d were claimed", n)
	}
	yesterday := utcDay(time.Now().Add(-24 * time.Hour))
	if _, err := b.App.NonconcurrentDB().NewQuery(`UPDATE usage SET day = '` + yesterday + `'`).Execute(); err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.claimedOn != "" {
			r.claimedOn = yesterday
		}
	}
	if n, _ := b.claimAll(all); n != 0 {
		t.Errorf("%d more were claimed while four were in flight", n)
	}
	b.settleSome(all, 3, Outcome{State: mailing.Sent, Status: stats.Success, Code: 250})
	b.settleSome(all, 1, Outcome{State: mailing.Failed, Reason: mailing.ReasonRefused, Status: stats.Failure, Code: 550})
	if n, _ := b.claimAll(all); n != 1 {
		t.Errorf("%d were claimed on a day on which three were handed over", n)
	}
}

// TestAQuotaHoldsOverManySenders has one owner's mailings go out through several senders at once, with
// tests beside them.
func TestAQuotaHoldsOverManySenders(t *testing.T) {
	t.Parallel()
	const quota, senders = 40, 4
	w := newWorld(t)
	w.NewClients(60)
	w.SetUser("daily_quota", quota)
	var servers []*smtptest.Server
	var ids []string
	e := w.start()
	for range senders {
		p := smtptest.Start(t, smtptest.Script{})
		servers = append(servers, p)
		ids = append(ids, w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 20})}))
	}
	taken := 0
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { w.launch(e, id) })
	}
	for range 10 {
		if err := TakeMails(w.App, w.Owner, "", 1, time.Now()); err == nil {
			taken++
		}
	}
	all.Wait()
	for _, id := range ids {
		w.waits(e, id, mailing.WaitOwnerQuota)
	}
	e.Stop(t.Context())
	mails := 0
	for _, p := range servers {
		mails += len(p.Mails())
	}
	if mails+taken != quota {
		t.Errorf("%d mails and %d tests of a quota of %d", mails, taken, quota)
	}
}
