package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gonets/internal/intake"
	"gonets/internal/mtatest"
	"gonets/internal/smtptest"
)

// run reads the mailboxes until the test ends.
func (w *world) run(m *intake.Mailboxes) (stop func()) {
	ctx, cancel := context.WithCancel(w.T.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	w.T.Cleanup(stop)
	return stop
}

func dovecot(t *testing.T) *mtatest.Mailboxes {
	t.Helper()
	certificate, _, err := smtptest.Certificate([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return mtatest.Dovecot(t, certificate)
}

func (w *world) newMailbox(kind string, port int, more map[string]any) string {
	fields := map[string]any{
		"name": kind, "kind": kind, "host": "127.0.0.1", "port": port, "tls": "none", "username": kind, "password": mtatest.DovecotPassword,
	}
	for name, value := range more {
		fields[name] = value
	}
	return w.Save("mailboxes", fields).Id
}

// TestMailboxes reads bounces of a real mailing from a real Dovecot, by both protocols, as the records say: they are followed
// while it runs, the state is written into them, and no word of the password.
func TestMailboxes(t *testing.T) {
	w := newWorld(t, 6)
	boxes := dovecot(t)
	m := intake.NewMailboxes(w.App, w.booker)
	imap := w.newMailbox("imap", boxes.IMAP, map[string]any{"active": true, "delete_after_days": "0"})
	boxes.Deliver(t, "imap", dsn(w.mails[0]), dsn(w.mails[1]), "Subject: hello\n\nNo bounce.\n")
	stop := w.run(m)
	w.bounced(2)
	w.Eventually("the state is written", func() bool { return w.column("mailboxes", imap, "last_read_at") != "" })
	w.Eventually("bounces are deleted, and others stay", func() bool { return boxes.Left(t, "imap") == 1 })
	boxes.Deliver(t, "imap", dsn(w.mails[2]), dsn(w.mails[1])) // announced by IDLE; one was booked before
	w.bounced(3)

	pop3 := w.newMailbox("pop3", boxes.POP3, nil)
	boxes.Deliver(t, "pop3", dsn(w.mails[3]))
	if _, err := m.Read(t.Context(), pop3); !errors.Is(err, intake.ErrInactive) {
		t.Errorf("reading an inactive mailbox: %v", err)
	}
	if _, err := m.Read(t.Context(), "no-such-mailbox"); !errors.Is(err, intake.ErrNoMailbox) {
		t.Errorf("reading one that does not exist: %v", err)
	}
	w.set("mailboxes", pop3, map[string]any{"active": true})
	w.bounced(4)
	boxes.Deliver(t, "pop3", dsn(w.mails[4]))
	if r, err := m.Read(t.Context(), pop3); err != nil || !r.OK || r.Booked > 1 {
		t.Errorf("read now: %+v, %v", r, err)
	}
	w.bounced(5)

	const wrong = "not-the-password"
	w.set("mailboxes", pop3, map[string]any{"password": wrong})
	w.Eventually("the failure is written", func() bool { return w.column("mailboxes", pop3, "last_error") != "" })
	said := w.column("mailboxes", pop3, "last_error")
	if !strings.Contains(said, "does not let us in") || strings.Contains(said, wrong) || w.column("mailboxes", pop3, "last_read_at") == "" {
		t.Errorf("the failure reads %q", said)
	}
	for name, do := range map[string]func(context.Context, string) (intake.Result, error){"read": m.Read, "test": m.Test} {
		r, err := do(t.Context(), pop3)
		if err != nil || r.OK || r.Stage != "login" || r.Error != said {
			t.Errorf("%s: %+v, %v, want the words %q", name, r, err, said)
		}
	}
	w.set("mailboxes", pop3, map[string]any{"password": mtatest.DovecotPassword})
	w.Eventually("it is mended", func() bool { return w.column("mailboxes", pop3, "last_error") == "" })

	w.set("mailboxes", imap, map[string]any{"active": false})
	if r, err := m.Test(t.Context(), imap); err != nil || !r.OK {
		t.Errorf("testing an inactive mailbox: %+v, %v", r, err)
	}
	stop()
	boxes.Deliver(t, "pop3", dsn(w.mails[5]))
	if _, err := m.Read(t.Context(), pop3); !errors.Is(err, intake.ErrNotReading) {
		t.Errorf("reading without being the process that reads: %v", err)
	}
	if n := w.progress().Bounced; n != 5 {
		t.Errorf("%d have bounced", n)
	}
	w.run(m) // what was read is not booked again by the next process
	w.bounced(6)
}

// TestTheStateIsWrittenNowAndThen reads a mailbox again and again: its record is written once in five seconds at most.
func TestTheStateIsWrittenNowAndThen(t *testing.T) {
	w := newWorld(t, 1)
	boxes := dovecot(t)
	m := intake.NewMailboxes(w.App, w.booker)
	id := w.newMailbox("imap", boxes.IMAP, map[string]any{"active": true})
	w.run(m)
	w.Eventually("it is read", func() bool {
		_, err := m.Read(t.Context(), id)
		return err == nil
	})
	written := map[string]bool{}
	for begun := time.Now(); time.Since(begun) < 2*time.Second; {
		if _, err := m.Read(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		written[w.column("mailboxes", id, "last_read_at")] = true
	}
	if delete(written, ""); len(written) > 1 {
		t.Errorf("it was written %d times in two seconds", len(written))
	}
}
