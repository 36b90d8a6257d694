package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test17WhoIsToBeTriedLaterIsTriedAfterARestartToo waits for the minute after which the engine tries again. It stands in
// the last file because parallel tests begin with the last one: the others run meanwhile.
func Test17WhoIsToBeTriedLaterIsTriedAfterARestartToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{Rules: outbox.DemoRules})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 10, func(i int) string { return []string{"", "grey."}[i%2] + numbered(i) })
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	eventually(w.ctx, t, "half of them are sent and half deferred", func() bool {
		m := owner.read(id)
		return m.Sent == 5 && m.Deferred == 5
	})

	w.restart()
	b := w.balancedBooks(id)
	for email, r := range b.recipients {
		if r.State != "deferred" {
			continue
		}
		next, err := time.Parse("2006-01-02 15:04:05.999Z", r.NextTryAt)
		if wait := time.Until(next); err != nil || wait < 0 || wait > 90*time.Second {
			t.Errorf("%s is tried again at %q, want in about a minute", email, r.NextTryAt)
		}
		if r.Code != 451 || r.Enhanced != "4.7.1" || r.Tries != 1 {
			t.Errorf("recipient %+v", r)
		}
	}
	owner.reaches(id, "completed")
	b = w.balancedBooks(id)
	if b.states["sent"] != 10 || len(b.attempts) != 15 {
		t.Errorf("%d are sent after %d attempts, want 10 after 15", b.states["sent"], len(b.attempts))
	}
}
