package mailbox_test

import (
	"testing"
	"time"

	"gonets/internal/mailbox"
	"gonets/internal/relay"
)

// What can only be booked later is looked at again soon, although nothing arrives and the next look is far away.
func TestLaterIsSoon(t *testing.T) {
	boxes, account := dovecot(t)
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		a := variant(account, boxes, kind, relay.TLSImplicit)
		a.Username = string(kind)
		boxes.Deliver(t, a.Username, email(1, "bounce"))
		l := newLedger()
		l.later = true
		w := mailbox.NewWatcher(a, l)
		w.Poll, w.Later = time.Hour, 50*time.Millisecond
		passes := watched(t, w)
		(<-passes).is(t, mailbox.Pass{Later: 1})
		l.mu.Lock()
		l.later = false
		l.mu.Unlock()
		until(t, passes, func() bool { return l.count() == 1 })
	}
}
