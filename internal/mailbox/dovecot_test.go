package mailbox_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/mailbox"
	"gonets/internal/mtatest"
	"gonets/internal/porttest"
	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// ledger remembers in memory. Emails with "bounce" in them are bounces.
type ledger struct {
	mu     sync.Mutex
	notes  map[string]mailbox.Note
	hashes map[string]bool
	booked []string // what was booked
	taken  int      // how many emails were handed on
	later  bool     // nothing can be booked now
	fail   error
}

func newLedger() *ledger {
	return &ledger{notes: map[string]mailbox.Note{}, hashes: map[string]bool{}}
}

func (l *ledger) Noted(_ context.Context, keys []string) (map[string]mailbox.Note, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	notes := map[string]mailbox.Note{}
	for _, key := range keys {
		if note, ok := l.notes[key]; ok {
			notes[key] = note
		}
	}
	return notes, nil
}

func (l *ledger) Take(_ context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken++
	if l.fail != nil {
		return "", l.fail
	}
	if l.later {
		return arrival.Later, nil
	}
	outcome := arrival.Booked
	switch hash := mail.Hash(); {
	case !strings.Contains(string(mail.Source), "bounce"):
		outcome = arrival.NotOurs
	case l.hashes[hash]:
		outcome = arrival.Known
	default:
		l.hashes[hash] = true
		l.booked = append(l.booked, string(mail.Source))
	}
	l.notes[mail.Key] = mailbox.Note{Outcome: outcome, At: time.Now()}
	return outcome, nil
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.booked)
}

// dovecot is a Dovecot, and its account of ann by IMAP with TLS.
func dovecot(t testing.TB, settings ...string) (*mtatest.Mailboxes, mailbox.Account) {
	t.Helper()
	certificate, roots := certificate(t, "127.0.0.1")
	boxes := mtatest.Dovecot(t, certificate, settings...)
	return boxes, mailbox.Account{
		Kind: mailbox.IMAP, Host: "127.0.0.1", Port: boxes.IMAPS, TLS: relay.TLSImplicit,
		Username: "ann", Password: mtatest.DovecotPassword, RootCAs: roots, Timeout: 20 * time.Second,
	}
}

func certificate(t testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	certificate, roots, err := smtptest.Certificate(names)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, roots
}

func email(n int, words string) string {
	return fmt.Sprintf("From: mx%d@example.org\nSubject: %s\n\n%d\n", n, words, n)
}

// variant is the same mailbox read in another way.
func variant(a mailbox.Account, boxes *mtatest.Mailboxes, kind mailbox.Kind, mode relay.TLSMode) mailbox.Account {
	a.Kind, a.TLS = kind, mode
	switch {
	case kind == mailbox.IMAP && mode == relay.TLSImplicit:
		a.Port = boxes.IMAPS
	case kind == mailbox.IMAP:
		a.Port = boxes.IMAP
	case mode == relay.TLSImplicit:
		a.Port = boxes.POP3S
	default:
		a.Port = boxes.POP3
	}
	return a
}

func mustRead(t *testing.T, a mailbox.Account, l mailbox.Ledger, want mailbox.Pass) {
	t.Helper()
	done, err := mailbox.Read(t.Context(), a, l)
	if err != nil {
		t.Fatal(err)
	}
	if done != want {
		t.Errorf("the pass was %+v, want %+v", done, want)
	}
}

// TestDovecot reads the same mails by both protocols with each kind of encryption: bounces are booked once, and deleted
// when it is time; what is no bounce stays.
func TestDovecot(t *testing.T) {
	boxes, account := dovecot(t)
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		for _, mode := range []relay.TLSMode{relay.TLSNone, relay.TLSStartTLS, relay.TLSImplicit} {
			t.Run(fmt.Sprint(kind, " ", mode), func(t *testing.T) {
				a := variant(account, boxes, kind, mode)
				a.Username = fmt.Sprint(kind, mode)
				big := email(0, "bounce") + strings.Repeat(strings.Repeat("x", 70)+"\n", 200_000)
				boxes.Deliver(t, a.Username, email(1, "bounce"), email(2, "hello"), email(3, "bounce"), email(1, "bounce"), "", big)
				if err := mailbox.Test(t.Context(), a); err != nil {
					t.Fatal(err)
				}
				l := newLedger()
				mustRead(t, a, l, mailbox.Pass{Booked: 3, Known: 1, NotOurs: 2})
				for _, source := range l.booked {
					if len(source) > arrival.MaxSize {
						t.Errorf("an email of %d bytes was handed on", len(source))
					}
				}
				mustRead(t, a, l, mailbox.Pass{})
				day := 24 * time.Hour
				a.DeleteAfter = &day
				mustRead(t, a, l, mailbox.Pass{})
				for key, note := range l.notes {
					note.At = note.At.Add(-day)
					l.notes[key] = note
				}
				mustRead(t, a, l, mailbox.Pass{Deleted: 4})
				if left := boxes.Left(t, a.Username); left != 2 {
					t.Errorf("%d emails are left, want the two that are no bounces", left)
				}
				at := time.Duration(0)
				a.DeleteAfter = &at
				boxes.Deliver(t, a.Username, email(7, "bounce"), email(8, "hello"))
				mustRead(t, a, l, mailbox.Pass{Booked: 1, NotOurs: 1, Deleted: 1})
				if left := boxes.Left(t, a.Username); left != 3 {
					t.Errorf("%d emails are left, want the three that are no bounces", left)
				}
			})
		}
	}
}

// After the server has numbered its emails anew, all keys are new. What was booked must not be booked again.
func TestNewNumbersBookNothingTwice(t *testing.T) {
	boxes, account := dovecot(t)
	boxes.Deliver(t, "ann", email(1, "bounce"), email(2, "bounce"))
	l := newLedger()
	mustRead(t, account, l, mailbox.Pass{Booked: 2})
	boxes.Renumber(t, "ann")
	time.Sleep(1100 * time.Millisecond) // the UIDVALIDITY of Dovecot is a time in seconds
	mustRead(t, account, l, mailbox.Pass{Known: 2})
	if len(l.notes) != 4 {
		t.Errorf("%d keys are noted, want 2 old and 2 new ones", len(l.notes))
	}
}

func TestWhatCannotBeBookedNowComesAgain(t *testing.T) {
	boxes, account := dovecot(t)
	at := time.Duration(0)
	account.DeleteAfter = &at
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		a := variant(account, boxes, kind, relay.TLSImplicit)
		a.Username = string(kind)
		boxes.Deliver(t, a.Username, email(1, "bounce"), email(2, "bounce"))
		l := newLedger()
		l.later = true
		mustRead(t, a, l, mailbox.Pass{Later: 2})
		l.later, l.fail = false, errors.New("the database is locked")
		var trouble *mailbox.Trouble
		if _, err := mailbox.Read(t.Context(), a, l); !errors.As(err, &trouble) || trouble.Stage != mailbox.StageBook {
			t.Errorf("%s: got %v", kind, err)
		}
		if l.taken != 3 {
			t.Errorf("%s: %d emails were handed on, want no more after the first error", kind, l.taken)
		}
		l.fail = nil
		mustRead(t, a, l, mailbox.Pass{Booked: 2, Deleted: 2})
	}
}

func TestTroubles(t *testing.T) {
	boxes, account := dovecot(t)
	boxes.Deliver(t, "ann", email(1, "bounce"))
	other, otherRoots := certificate(t, "mail.example.net")
	elsewhere := mtatest.Dovecot(t, other)
	port := porttest.Free(t)
	for name, c := range map[string]struct {
		change func(a *mailbox.Account)
		stage  mailbox.Stage
		both   bool // by IMAP and by POP3
	}{
		"wrong password":  {func(a *mailbox.Account) { a.Password = "a wrong secret" }, mailbox.StageLogin, true},
		"no such folder":  {func(a *mailbox.Account) { a.Folder = "Nowhere" }, mailbox.StageFolder, false},
		"closed port":     {func(a *mailbox.Account) { a.Port = port }, mailbox.StageConnect, true},
		"another machine": {func(a *mailbox.Account) { a.Host = "nowhere.invalid" }, mailbox.StageConnect, true},
		"a certificate that nobody trusts": {
			func(a *mailbox.Account) { a.RootCAs = x509.NewCertPool() }, mailbox.StageTLS, true,
		},
		"a certificate for another name": {func(a *mailbox.Account) {
			*a = variant(*a, elsewhere, a.Kind, a.TLS)
			a.RootCAs = otherRoots
		}, mailbox.StageTLS, true},
		"an unknown kind": {func(a *mailbox.Account) { a.Kind = "mapi" }, mailbox.StageConnect, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
				for _, mode := range []relay.TLSMode{relay.TLSStartTLS, relay.TLSImplicit} {
					a := variant(account, boxes, kind, mode)
					if c.change(&a); kind == mailbox.POP3 && !c.both {
						continue
					}
					err := mailbox.Test(t.Context(), a)
					var trouble *mailbox.Trouble
					if !errors.As(err, &trouble) || trouble.Stage != c.stage {
						t.Fatalf("%s %s: got %v, want one at %s", kind, mode, err, c.stage)
					}
					if strings.Contains(err.Error(), a.Password) || strings.Contains(err.Error(), "\n") {
						t.Errorf("%s %s: the error is %q", kind, mode, err)
					}
				}
			}
		})
	}
}

// By IDLE, the server tells at once what arrives.
func TestIdleAnnouncesEmails(t *testing.T) {
	boxes, account := dovecot(t)
	boxes.Deliver(t, "ann", email(1, "bounce"))
	l := newLedger()
	w := mailbox.NewWatcher(account, l)
	w.Poll = time.Hour // nothing but IDLE can tell
	passes := watched(t, w)
	(<-passes).is(t, mailbox.Pass{Booked: 1})
	for n := 2; n < 5; n++ {
		boxes.Deliver(t, "ann", email(n, "bounce"))
		until(t, passes, func() bool { return l.count() == n })
	}
	w.ReadNow()
	<-passes
	if l.taken != 4 {
		t.Errorf("%d emails were handed on, want each once", l.taken)
	}
}

// Without IDLE, and by POP3, the mailbox is polled.
func TestPolling(t *testing.T) {
	boxes, account := dovecot(t, "imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS")
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		a := variant(account, boxes, kind, relay.TLSImplicit)
		a.Username = string(kind)
		boxes.Deliver(t, a.Username, email(1, "bounce"))
		l := newLedger()
		w := mailbox.NewWatcher(a, l)
		w.Poll = 50 * time.Millisecond
		passes := watched(t, w)
		(<-passes).is(t, mailbox.Pass{Booked: 1})
		boxes.Deliver(t, a.Username, email(2, "bounce"))
		until(t, passes, func() bool { return l.count() == 2 })
	}
}

type report struct {
	done  mailbox.Pass
	err   error
	retry time.Duration
}

func (r report) is(t *testing.T, want mailbox.Pass) {
	t.Helper()
	if r.err != nil || r.done != want {
		t.Fatalf("the pass was %+v, %v, want %+v", r.done, r.err, want)
	}
}

// watched runs a watcher until the test ends.
func watched(t *testing.T, w *mailbox.Watcher) <-chan report {
	t.Helper()
	reports := make(chan report, 1000) // more than a test has
	w.Report = func(done mailbox.Pass, err error, retry time.Duration) { reports <- report{done, err, retry} }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return reports
}

func until(t *testing.T, reports <-chan report, is func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !is() {
		select {
		case r := <-reports:
			if r.err != nil {
				t.Fatal(r.err)
			}
		case <-deadline:
			t.Fatal("nothing was read")
		}
	}
}
