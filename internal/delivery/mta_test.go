package delivery

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/mtatest"
	"gonets/internal/smtptest"
)

// town is a mailing to people of all kinds, as their mail server will treat them: by the name they
// begin with.
var town = map[string]int{"reader": 60, "unknown": 15, "policy": 10, "grey": 10, "big": 3}

// mtaLimit is the longest mail that the servers of these tests take, in bytes; to those who are big the
// mail is longer.
const mtaLimit = 10_000

// fates is what the database must say of each kind in the end.
type fates map[string]struct {
	state    mailing.State
	reason   string
	code     int
	enhanced string
	tries    int // at least
	stop     bool
}

// newTown is a world whose clients are the town, and a mailing to them through a mail server.
func newTown(t *testing.T, port int) (w *world, id string) {
	t.Helper()
	w = newWorld(t)
	for kind, n := range town {
		attributes := map[string]string{"story": "short"}
		if kind == "big" {
			attributes["story"] = strings.Repeat("a long story ", mtaLimit/12)
		}
		raw, err := json.Marshal(attributes)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			w.Save("clients", map[string]any{
				"owner": w.Owner, "email": fmt.Sprintf("%s%d@example.com", kind, i), "status": "active", "attributes": string(raw),
			})
		}
	}
	sender := w.Save("senders", map[string]any{
		"name": "real", "from_email": "news@example.org", "host": "127.0.0.1", "port": port, "tls": "none", "connections": 3,
		"access": "everyone",
	}).Id
	message := w.Save("messages", map[string]any{
		"owner": w.Owner, "name": "message", "subject": "Hello", "format": "text", "body": "{{ client.attributes.story }}",
	})
	return w, w.NewMailing(map[string]any{"sender": sender, "message": message.Id})
}

// throughTown sends the mailing, and checks what became of everybody and that exactly those got mail
// who are sent.
func throughTown(t *testing.T, port int, behind *smtptest.Server, want fates) {
	t.Helper()
	w, id := newTown(t, port)
	w.launch(w.start(hurried, Deferral([]time.Duration{50 * time.Millisecond}, 20)), id)
	done := w.untilStatus(id, mailing.Completed)
	for kind, n := range town {
		for i := range n {
			email := fmt.Sprintf("%s%d@example.com", kind, i)
			r, fate := w.recipient(id, email), want[kind]
			if r.State != fate.state || r.Reason != fate.reason || r.Code != fate.code || r.EnhancedCode != fate.enhanced || r.Tries < fate.tries {
				t.Errorf("%s: %+v, want %+v", email, r, fate)
			}
			if w.Suppressed(email) != fate.stop {
				t.Errorf("%s is on the stop list: %t", email, !fate.stop)
			}
		}
	}
	mails, err := behind.WaitMails(t.Context(), done.Sent)
	if err != nil {
		t.Fatal(err)
	}
	mailingtest.Once(t, mails)
	w.Closes(id, mails)
}

func TestPostfix(t *testing.T) {
	t.Parallel()
	behind := smtptest.Start(t, smtptest.Script{})
	port := mtatest.Postfix(t, mtatest.Config{
		Behind: behind.Port(),
		Settings: []string{
			fmt.Sprintf("message_size_limit = %d", mtaLimit),
			"smtpd_recipient_restrictions = check_recipient_access regexp:{dir}/recipients, check_policy_service inet:" +
				greylist(t) + ", reject_unauth_destination",
			// It hangs up on who has been refused so often.
			"smtpd_hard_error_limit = 7",
		},
		Files: map[string]string{"recipients": "/^unknown/ 550 5.1.1 no such user\n/^policy/ 554 5.7.1 not from you\n"},
	})
	throughTown(t, port, behind, fates{
		"reader":  {state: mailing.Sent, code: 250, enhanced: "2.0.0", tries: 1},
		"unknown": {state: mailing.Failed, reason: mailing.ReasonBadAddress, code: 550, enhanced: "5.1.1", tries: 1, stop: true},
		"policy":  {state: mailing.Failed, reason: mailing.ReasonPolicy, code: 554, enhanced: "5.7.1", tries: 1},
		"grey":    {state: mailing.Sent, code: 250, enhanced: "2.0.0", tries: 3},
		"big":     {state: mailing.Failed, reason: mailing.ReasonTooLong, code: 552, enhanced: "5.3.4", tries: 1},
	})
}

func TestExim(t *testing.T) {
	t.Parallel()
	behind := smtptest.Start(t, smtptest.Script{})
	dir := t.TempDir() // what is in it has been greylisted long enough
	port := mtatest.Exim(t, mtatest.Config{
		Behind: behind.Port(),
		Settings: []string{
			fmt.Sprintf("message_size_limit = %d", mtaLimit),
			// It hangs up after so many mails, and on who resets too often.
			"smtp_accept_max_per_connection = 8",
			"smtp_accept_max_nonmail = 5",
		},
	}, strings.Join([]string{
		`deny local_parts = ^unknown`, `message = 550 5.1.1 no such user`,
		`deny local_parts = ^policy`, `message = 550 5.7.1 not from you`,
		`defer local_parts = ^grey`, `condition = ${if !exists{` + filepath.Join(dir, "open") + `}}`, `message = 450 4.7.1 greylisted`,
	}, "\n"))
	for _, path := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	opened := time.AfterFunc(300*time.Millisecond, func() { _ = os.WriteFile(filepath.Join(dir, "open"), nil, 0o644) })
	defer opened.Stop()
	throughTown(t, port, behind, fates{
		"reader":  {state: mailing.Sent, code: 250, tries: 1},
		"unknown": {state: mailing.Failed, reason: mailing.ReasonBadAddress, code: 550, enhanced: "5.1.1", tries: 1, stop: true},
		"policy":  {state: mailing.Failed, reason: mailing.ReasonPolicy, code: 550, enhanced: "5.7.1", tries: 1},
		"grey":    {state: mailing.Sent, code: 250, tries: 1},
		"big":     {state: mailing.Failed, reason: mailing.ReasonTooLong, code: 552, enhanced: "5.3.4", tries: 1},
	})
}

// greylist answers Postfix's questions about recipients (SMTPD_POLICY_README): who is grey is let in
// when it knocks for the third time. It returns the address it listens on.
func greylist(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	g := &greylisting{knocks: map[string]int{}}
	go func() {
		for {
			nc, err := listener.Accept()
			if err != nil {
				return // closed with the test
			}
			go g.serve(nc)
		}
	}()
	return listener.Addr().String()
}

type greylisting struct {
	mu     sync.Mutex
	knocks map[string]int
}

func (g *greylisting) serve(nc net.Conn) {
	defer nc.Close()
	recipient := ""
	for in := bufio.NewScanner(nc); in.Scan(); {
		name, value, _ := strings.Cut(in.Text(), "=")
		switch name {
		case "recipient":
			recipient = value
		case "":
			if _, err := fmt.Fprintf(nc, "action=%s\n\n", g.answer(recipient)); err != nil {
				return
			}
		}
	}
}

func (g *greylisting) answer(recipient string) string {
	if !strings.HasPrefix(recipient, "grey") {
		return "dunno"
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.knocks[recipient]++
	if g.knocks[recipient] < 3 {
		return "450 4.7.1 greylisted"
	}
	return "dunno"
}
