package delivery

import (
	"maps"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/address"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

func TestABucketGivesOutItsRateAndNoBurst(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	b := NewBucket(20, now)
	given := 0
	for range 3000 { // three seconds, by milliseconds
		if b.Wait(now) == 0 {
			b.Take()
			given++
		}
		now = now.Add(time.Millisecond)
	}
	if given < 60 || given > 62 {
		t.Errorf("%d tokens in three seconds at 20 a second", given)
	}
	now = now.Add(time.Hour)
	burst := 0
	for b.Wait(now) == 0 {
		b.Take()
		burst++
	}
	if burst > 2 {
		t.Errorf("%d at once after a rest", burst)
	}
	if NewBucket(0, now).Wait(now) != 0 {
		t.Error("no rate is no limit")
	}
}

func TestAMeterCountsWhatIsUnderWayAndBeginsAnewEachDay(t *testing.T) {
	t.Parallel()
	stored := map[string]int{"2026-03-01": 7}
	m := &Meter{limit: 10, reload: func(day string) (int, error) { return stored[day], nil }}
	evening := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	for range 3 {
		if _, ok := m.take(evening); !ok {
			t.Fatal("closed too early")
		}
	}
	next, ok := m.open(evening)
	if ok || !next.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("open %t, next %s", ok, next)
	}
	m.settle(true)
	if _, ok := m.open(evening); ok {
		t.Error("open although the mail was handed over")
	}
	m.settle(false)
	if _, ok := m.open(evening); !ok {
		t.Error("closed although one was not handed over")
	}
	if _, ok := m.open(evening.Add(2 * time.Hour)); !ok {
		t.Error("closed on the next day")
	}
}

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
				Bind(dbx.Params{"day": utcDay(time.Now().Add(-24 * time.Hour))}).Execute()
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
