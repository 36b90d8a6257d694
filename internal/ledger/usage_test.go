package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gonets/internal/denial"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// claimAll submits a claim of every recipient that is pending, in one transaction, and returns how many were claimed.
func (b *books) claimAll(all []*Recipient) (claimed int, limited limit.UsageKind) {
	b.T.Helper()
	var entries []*Entry
	for _, r := range all {
		if r.State == mailing.Pending {
			entries = append(entries, &Entry{Claim: r})
		}
	}
	if err := b.ledger.writeBatch(entries); err != nil {
		b.T.Fatal(err)
	}
	for _, e := range entries {
		claimed += one(e.Claimed)
		if e.Limited != "" {
			limited = e.Limited
		}
	}
	return claimed, limited
}

// settleSome settles n recipients that are being mailed.
func (b *books) settleSome(all []*Recipient, n int, o verdict.Outcome) {
	b.T.Helper()
	var entries []*Entry
	for _, r := range all {
		if r.State == mailing.Sending && len(entries) < n {
			entries = append(entries, &Entry{Settle: r, Result: o})
		}
	}
	if err := b.ledger.writeBatch(entries); err != nil {
		b.T.Fatal(err)
	}
}

// TestADailyLimitIsTakenWithTheClaim claims more than the limit allows at once, and has tests take of it.
func TestADailyLimitIsTakenWithTheClaim(t *testing.T) {
	t.Parallel()
	const most = 6
	sent := verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250}
	failed := verdict.Outcome{State: mailing.Failed, Reason: mailing.ReasonRefused, Status: stats.Failure, Code: 550}
	for kind, set := range map[limit.UsageKind]string{
		limit.UsageOfOwner:  fmt.Sprintf(`UPDATE users SET daily_quota = %d`, most),
		limit.UsageOfSender: fmt.Sprintf(`UPDATE senders SET daily_limit = %d`, most),
		"warming up":        fmt.Sprintf(`UPDATE senders SET warm_up_start = %d`, most),
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := newBooks(t, 20)
			b.flow.Sender = b.Record(b.id).GetString("sender")
			if _, err := b.App.NonconcurrentDB().NewQuery(set).Execute(); err != nil {
				t.Fatal(err)
			}
			all := b.recipients()
			if n, limited := b.claimAll(all); n != most || limited == "" {
				t.Errorf("%d were claimed at once, limited by %q", n, limited)
			}
			var refused *denial.Error
			if err := limit.Take(b.App, b.Owner, b.flow.Sender, 1, time.Now()); !errors.As(err, &refused) || refused.Status != 429 {
				t.Errorf("a test while the whole limit is in flight: %v", err)
			}
			b.settleSome(all, 2, failed)
			if err := limit.Take(b.App, b.Owner, b.flow.Sender, 1, time.Now()); err != nil {
				t.Error(err)
			}
			if n, _ := b.claimAll(all); n != 1 {
				t.Errorf("%d were claimed when two had failed and a test had gone out", n)
			}
			b.settleSome(all, most, sent)
			if n, _ := b.claimAll(all); n != 0 {
				t.Errorf("%d were claimed beyond the limit", n)
			}
			if err := limit.GiveBack(b.App, b.Owner, b.flow.Sender, 1, time.Now()); err != nil {
				t.Error(err)
			}
			if n, _ := b.claimAll(all); n != 1 {
				t.Errorf("%d were claimed when a test was given back", n)
			}
			b.settleSome(all, 1, sent)
			b.AuditUsage()
			// A process that ends leaves nothing in flight.
			b.claimAll(all)
			if err := Recover(t.Context(), b.App, b.ledger); err != nil {
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
	yesterday := limit.UTCDay(time.Now().Add(-24 * time.Hour))
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
	b.settleSome(all, 3, verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250})
	b.settleSome(all, 1, verdict.Outcome{State: mailing.Failed, Reason: mailing.ReasonRefused, Status: stats.Failure, Code: 550})
	if n, _ := b.claimAll(all); n != 1 {
		t.Errorf("%d were claimed on a day on which three were handed over", n)
	}
}
