package delivery

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/address"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

func TestDailyLimitsHoldOverARestart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sender map[string]any
		quota  int
		code   string
	}{
		"of the sender":        {sender: map[string]any{"daily_limit": 20}, code: mailing.WaitSenderLimit},
		"of a sender warming":  {sender: map[string]any{"warm_up_start": 20}, code: mailing.WaitSenderLimit},
		"of the owner's quota": {quota: 20, code: mailing.WaitOwnerQuota},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(50)
			w.SetUser("daily_quota", c.quota)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, c.sender)})
			e := w.start()
			w.launch(e, id)
			for range 2 {
				got := w.until(id, "at the limit", func(p results.Progress) bool { return reasonCode(p) == c.code && p.Sent == 20 })
				if states := w.States(id); !maps.Equal(states, map[mailing.State]int{mailing.Sent: 20, mailing.Pending: 30}) {
					t.Errorf("%v %s", states, got.Reason)
				}
				e.Stop(t.Context())
				_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET waiting_reason = NULL`).Execute()
				if err != nil {
					t.Fatal(err)
				}
				e = w.start()
			}
			if n := len(p.Mails()); n != 20 {
				t.Errorf("%d mails", n)
			}
			// The next day comes.
			e.Stop(t.Context())
			_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE usage SET day = {:day}`).
				Bind(dbx.Params{"day": limit.UTCDay(time.Now().Add(-24 * time.Hour))}).Execute()
			if err != nil {
				t.Fatal(err)
			}
			w.start()
			w.until(id, "going on", func(p results.Progress) bool { return p.Sent > 20 })
		})
	}
}

func TestASlowDomainDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		w.NewClient(name + "@slow.example.org")
		w.NewClient(name + "@x" + name + ".example.com")
	}
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"domain_rate_per_second": 0.5})})
	w.launch(w.start(), id)
	mails, err := p.WaitMails(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	bySlow := 0
	for _, m := range mails {
		if address.Domain(m.To[0]) == "slow.example.org" {
			bySlow++
		}
	}
	if bySlow > 2 {
		t.Errorf("%d mails to the slow domain before all others were through", bySlow)
	}
}

func TestASenderKeepsToItsRate(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(40)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"rate_per_second": 40})})
	begin := time.Now()
	w.launch(w.start(), id)
	w.untilStatus(id, mailing.Completed)
	if took := time.Since(begin); took < 850*time.Millisecond {
		t.Errorf("40 mails at 40 a second took %s", took)
	}
}

func TestAChangeOfTheSenderTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	w, p, other := newWorld(t), smtptest.Start(t, slow), smtptest.Start(t, slow)
	w.NewClients(1000)
	sender := w.NewSender(p, map[string]any{"connections": 2})
	id := w.NewMailing(map[string]any{"sender": sender})
	w.launch(w.start(), id)
	if _, err := p.WaitMails(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	s, err := w.App.FindRecordById("senders", sender)
	if err != nil {
		t.Fatal(err)
	}
	s.Set("port", other.Port())
	s.Set("connections", 20)
	if err := w.App.Save(s); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	if len(other.Mails()) == 0 || other.Conns() < 3 {
		t.Errorf("%d mails over %d connections to the new server", len(other.Mails()), other.Conns())
	}
	if n := mailingtest.Once(t, append(p.Mails(), other.Mails()...)); n != 1000 {
		t.Errorf("%d were mailed", n)
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
		if err := limit.Take(w.App, w.Owner, "", 1, time.Now()); err == nil {
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
