package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test11AVerbTakesEffectWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	const total = 800
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)

	w.mustStartSoon(func() { owner.verb(id, "send", nil).want(202) })
	w.mustCome(20)
	w.mustStopSoon(func() { owner.verb(id, "pause", nil).want(200) })
	w.restingBooks(id)
	w.mustStartSoon(func() { owner.verb(id, "resume", nil).want(200) })
	w.mustCome(20)
	w.mustStopSoon(func() { owner.verb(id, "cancel", nil).want(200) })

	b := w.restingBooks(id)
	if m := b.mailing; m.Status != "cancelled" || m.Skipped == 0 || m.Sent+m.Skipped != total {
		t.Errorf("the cancelled mailing is %+v", m)
	}
	for _, r := range b.recipients {
		if r.State != "sent" && r.State != "skipped" {
			t.Fatalf("in a cancelled mailing there is %+v", r)
		}
	}
	owner.verb(id, "resume", nil).want(409).problem()
}

func Test11AMailingStartsAndEndsWhenItShould(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 600, numbered)
	message := owner.message(nil)
	in := func(d time.Duration) (time.Time, string) {
		// Times are kept to the millisecond.
		at := time.Now().Add(d).Truncate(time.Millisecond)
		return at, at.UTC().Format("2006-01-02T15:04:05.000Z")
	}

	// Nothing goes out before the start, even when nobody is there to see it come.
	id := owner.mailing(message, nil)
	_, later := in(time.Hour)
	owner.verb(id, "schedule", object{"starts_at": later}).want(200)
	starts, written := in(5 * time.Second)
	owner.verb(id, "schedule", object{"starts_at": written}).want(200)
	if m := owner.read(id); m.Status != "scheduled" {
		t.Fatalf("the mailing is %s", m.Status)
	}
	w.restart()
	w.mustCome(1)
	if now := time.Now(); now.Before(starts) || now.After(starts.Add(soon+time.Second)) {
		t.Errorf("it began at %v, not at %v", now, starts)
	}
	owner.after(id, "cancelled", "cancel", nil)
	w.restingBooks(id)

	// What is left at the end is not sent any more.
	w.outbox.Clear()
	ends, written := in(3 * time.Second)
	id = owner.mailing(message, object{"ends_at": written})
	owner.verb(id, "send", nil).want(202)
	m := owner.reaches(id, "completed")
	if now := time.Now(); now.Before(ends) || now.After(ends.Add(soon+time.Second)) {
		t.Errorf("it ended at %v, not at %v", now, ends)
	}
	if m.Sent == 0 || m.Skipped == 0 || m.Sent+m.Skipped != m.Total {
		t.Errorf("ended by its time the mailing is %+v", m)
	}
	w.restingBooks(id)
}

func Test11ASmallMailingDoesNotWaitBehindALargeOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly, Keep: -1})
	big, small := w.user("big@gonets.example", "owner"), w.user("small@gonets.example", "owner")
	w.addClients(big, 600, numbered)
	w.addClients(small, 10, func(i int) string { return "few." + numbered(i) })
	large, little := big.mailing(big.message(nil), nil), small.mailing(small.message(nil), nil)

	big.verb(large, "send", nil).want(202)
	w.mustCome(20)
	small.after(little, "completed", "send", nil)
	if m := big.read(large); m.Status != "running" || m.Sent > m.Total/2 {
		t.Errorf("when the small mailing was through, the large one was %s with %d of %d sent", m.Status, m.Sent, m.Total)
	}
	big.after(large, "cancelled", "cancel", nil)
}

func Test11AMailServerThatIsAwayFailsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 20, numbered)
	id := owner.mailing(owner.message(nil), nil)
	address := w.outbox.Addr()
	if err := w.outbox.Close(); err != nil {
		t.Fatal(err)
	}

	owner.verb(id, "send", nil).want(202)
	var why struct{ Code, Until, Detail string }
	eventually(w.ctx, t, "the mailing says what it waits for", func() bool {
		raw := owner.read(id).WaitingReason
		if string(raw) == "null" || len(raw) == 0 {
			return false
		}
		reply{t: t, request: "waiting_reason", body: raw}.into(&why)
		return true
	})
	if why.Code != "server_unreachable" || why.Until == "" || why.Detail == "" {
		t.Errorf("the mailing waits for %+v", why)
	}
	if m := owner.read(id); m.Status != "running" || m.Failed+m.Uncertain+m.Deferred != 0 {
		t.Errorf("the mailing is %+v", m)
	}

	w.catchMail(outbox.Options{Addr: address})
	m := owner.reaches(id, "completed")
	if b := w.balancedBooks(id); b.states["sent"] != 20 || string(m.WaitingReason) != "null" {
		t.Errorf("in the end the states are %v, and it waits for %s", b.states, m.WaitingReason)
	}
}
