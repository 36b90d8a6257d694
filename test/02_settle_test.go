package e2e

import (
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test02AnOwnerSettlesWhatWentWrong(t *testing.T) {
	t.Parallel()
	// Mailboxes that are full at first, and a server that hangs up on some after it has taken the mail.
	rules := func(_, rcpt string, try int) *outbox.Reply {
		switch {
		case strings.HasPrefix(rcpt, "full.") && try == 1:
			return &outbox.Reply{Code: 552, Enhanced: "5.2.2", Text: "Mailbox full"}
		case strings.HasPrefix(rcpt, "uncertain."):
			return &outbox.Reply{Stage: outbox.AtEnd}
		}
		return nil
	}
	w := newWorld(t, 3*time.Minute, outbox.Options{Rules: rules})
	owner := w.user("owner@gonets.example", "owner")
	kinds := []string{"", "full.", "uncertain."}
	w.addClients(owner, 30, func(i int) string { return kinds[i%len(kinds)] + numbered(i) })
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	owner.reaches(id, "completed")
	b := w.balancedBooks(id)
	if b.states["sent"] != 10 || b.states["failed"] != 10 || b.states["uncertain"] != 10 {
		t.Fatalf("the states are %v", b.states)
	}

	t.Run("the uncertain are taken as sent without another attempt", func(t *testing.T) {
		owner := owner.in(t)
		owner.verb(id, "accept", nil).want(200)
		m := owner.reaches(id, "completed")
		if m.Sent != 20 || m.Uncertain != 0 || m.Failed != 10 {
			t.Errorf("after accepting the mailing is %+v", m)
		}
		if n := len(owner.attempts(id)); n != len(b.attempts) {
			t.Errorf("%d attempts became %d", len(b.attempts), n)
		}
	})

	t.Run("the failed are tried again", func(t *testing.T) {
		owner := owner.in(t)
		owner.verb(id, "retry", object{"states": []string{"sent"}}).want(400).problem()
		owner.verb(id, "retry", nil).want(400).problem()
		owner.verb(id, "retry", object{"states": []string{"failed"}}).want(200)
		eventually(w.ctx, t, "everyone is sent", func() bool { return owner.read(id).Sent == 30 })
		owner.reaches(id, "completed")
		if n := len(owner.attempts(id)); n != 40 {
			t.Errorf("there are %d attempts, want 40", n)
		}
	})

	t.Run("a completed mailing is sent to those who joined since, and to nobody else", func(t *testing.T) {
		owner := owner.in(t)
		w.in(t).addClients(owner, 5, func(i int) string { return "new." + numbered(i) })
		owner.verb(id, "extend", nil).want(200)
		eventually(w.ctx, t, "the new ones are sent", func() bool { return owner.read(id).Sent == 35 })
		if m := owner.reaches(id, "completed"); m.Total != 35 {
			t.Errorf("the total is %d, want 35", m.Total)
		}
		owner.verb(id, "extend", nil).want(200)
		if m := owner.reaches(id, "completed"); m.Total != 35 || m.Sent != 35 {
			t.Errorf("extended by nobody the mailing is %+v", m)
		}
	})

	for address, n := range w.outbox.Counts() {
		if n != 1 {
			t.Errorf("%s got %d mails", address, n)
		}
	}
	if len(w.outbox.Counts()) != 35 {
		t.Errorf("%d addresses got mail, want 35", len(w.outbox.Counts()))
	}
}
