package delivery

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// oneFlow is a budget that is enough for the content of one short mailing and not for two.
const oneFlow = 3 << 19

// restless has a mailing leave the memory soon when others wait.
func restless(e *Engine) { e.stay = 200 * time.Millisecond }

// TestAMailingThatWaitsHoldsNothing, neither when it has sent nor after a restart.
func TestAMailingThatWaitsHoldsNothing(t *testing.T) {
	t.Parallel()
	const mailings = 12
	for name, c := range map[string]struct {
		sender map[string]any
		quota  int
		code   string
	}{
		"for the owner's quota":         {quota: 3, code: mailing.WaitOwnerQuota},
		"for the sender's daily limit":  {sender: map[string]any{"daily_limit": 3}, code: mailing.WaitSenderLimit},
		"for its turn at a slow sender": {sender: map[string]any{"rate_per_second": 0.01}, code: mailing.WaitRate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(20)
			w.SetUser("daily_quota", c.quota)
			sender := w.NewSender(p, c.sender)
			e, held := w.start(), memory.Of(w.App)
			var ids []string
			for range mailings {
				id := w.NewMailing(map[string]any{"sender": sender})
				w.launch(e, id)
				ids = append(ids, id)
			}
			for _, id := range ids {
				w.waits(e, id, c.code)
			}
			w.Eventually("nothing is held", func() bool { return held.Contents.Taken() == 0 && held.Contents.Waiting() == 0 })

			e.Stop(t.Context())
			held = memory.Limit(w.App, contentsOfTests, contentsOfTests)
			if _, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET waiting_reason = NULL`).Execute(); err != nil {
				t.Fatal(err)
			}
			e = w.start()
			if c.code == mailing.WaitRate { // the first mail after a start goes out at once
				w.Eventually("nothing is held after a restart", func() bool { return len(p.Mails()) == 2 && held.Contents.Taken() == 0 })
				return
			}
			for _, id := range ids {
				w.waits(e, id, c.code)
			}
			if n := held.Contents.Most(); n != 0 {
				t.Errorf("after a restart %d bytes were taken for mailings that cannot send", n)
			}
		})
	}
}

const contentsOfTests = 64 << 20

// TestBehindAServerThatIsDownOneMailingIsInMemory: the one that is tried.
func TestBehindAServerThatIsDownOneMailingIsInMemory(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(20)
	p.Down()
	sender := w.NewSender(p, nil)
	e := w.start(hurried)
	var ids []string
	for range 12 {
		id := w.NewMailing(map[string]any{"sender": sender})
		w.launch(e, id)
		w.waits(e, id, mailing.WaitServer)
		ids = append(ids, id)
	}
	if n := memory.Of(w.App).Contents.Most(); n == 0 || n > oneFlow {
		t.Errorf("%d bytes were taken", n)
	}
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		w.untilStatus(id, mailing.Completed)
	}
}

// TestMailingsShareTheMemoryThereIs: with room for one at a time all of them are sent, whole and once.
func TestMailingsShareTheMemoryThereIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ mailings, clients, senders int }{
		"many small ones":            {30, 10, 1},
		"large ones, by turns":       {3, 600, 1},
		"those of different senders": {6, 50, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{DropBodies: true})
			held := memory.Limit(w.App, oneFlow, oneFlow)
			w.NewClients(c.clients)
			var senders, ids []string
			for i := range c.senders {
				senders = append(senders, w.NewSender(p, map[string]any{"name": fmt.Sprint(i), "connections": 3}))
			}
			for i := range c.mailings {
				id := w.NewMailing(map[string]any{"sender": senders[i%c.senders]})
				w.launch(New(w.App), id)
				ids = append(ids, id)
			}
			w.start(restless)
			for _, id := range ids {
				if done := w.untilStatus(id, mailing.Completed); done.Sent != c.clients {
					t.Errorf("%+v", done)
				}
				w.Balanced(id)
			}
			if n := len(p.Mails()); n != c.mailings*c.clients {
				t.Errorf("%d mails", n)
			}
			if held.Contents.Most() > oneFlow {
				t.Errorf("%d bytes of %d were taken", held.Contents.Most(), oneFlow)
			}
			w.Eventually("nothing is held", func() bool { return held.Contents.Taken() == 0 && held.Mails.Taken() == 0 })
		})
	}
}

// TestASlowMailingMakesRoomForOthers: what is in memory and cannot be sent quickly does not keep others out.
func TestASlowMailingMakesRoomForOthers(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	memory.Limit(w.App, oneFlow, oneFlow)
	w.NewClients(100)
	slowly := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"name": "slow", "rate_per_second": 1})})
	quickly := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start(restless)
	w.launch(e, slowly)
	w.until(slowly, "begun", func(p results.Progress) bool { return p.Sent > 0 })
	w.launch(e, quickly)
	w.untilStatus(quickly, mailing.Completed)
	before := w.until(slowly, "still running", func(p results.Progress) bool { return p.Status == mailing.Running })
	w.until(slowly, "going on", func(p results.Progress) bool { return p.Sent > before.Sent })
}

// TestLargeMailsWaitForMemory, and are sent all the same.
func TestLargeMailsWaitForMemory(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	const budget = 1 << 20
	held := memory.Limit(w.App, contentsOfTests, budget)
	w.NewClients(40)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 8})})
	w.Change("messages", w.Record(id).GetString("message"), "body", "<p>{{ client.full_name }}</p>"+strings.Repeat("<p>A paragraph.</p>\n", 12_000))
	w.launch(w.start(), id)
	if done := w.untilStatus(id, mailing.Completed); done.Sent != 40 {
		t.Errorf("%+v", done)
	}
	mailingtest.Once(t, p.Mails())
	if n := len(p.Mails()[0].Body); n < 4*message.SmallMail || held.Mails.Most() < int64(n) || held.Mails.Most() > budget {
		t.Errorf("mails of %d bytes took %d", n, held.Mails.Most())
	}
	w.Eventually("nothing is held", func() bool { return held.Mails.Taken() == 0 })
}

// attached are the contents of the attachments of a mail, in order.
func attached(t *testing.T, source []byte) (all [][]byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, content)
		}
	}
}

// TestEverybodyGetsTheAttachmentsAsTheyAre, small ones that are kept and large ones that are read for each.
func TestEverybodyGetsTheAttachmentsAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][][]byte{
		"small": {[]byte("hello"), bytes.Repeat([]byte{1, 2, 3}, 1000)},
		"large": {bytes.Repeat([]byte("0123456789"), 50_001), []byte("hello"), bytes.Repeat([]byte{0xff, 0}, 200_000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(20)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			w.AttachFiles(id, files...)
			w.launch(w.start(), id)
			w.untilStatus(id, mailing.Completed)
			if n := mailingtest.Once(t, p.Mails()); n != 20 {
				t.Errorf("%d were mailed", n)
			}
			for _, m := range p.Mails() {
				got := attached(t, m.Body)
				if len(got) != len(files) {
					t.Fatalf("%d attachments", len(got))
				}
				for i := range files {
					if !bytes.Equal(got[i], files[i]) {
						t.Errorf("attachment %d has %d bytes and is not what was attached", i, len(got[i]))
					}
				}
			}
		})
	}
}

// TestAnAttachmentThatCannotBeReadFailsNobody: the mailing waits, says why, and goes on when it can be read.
func TestAnAttachmentThatCannotBeReadFailsNobody(t *testing.T) {
	t.Parallel()
	for name, running := range map[string]bool{"from the start": false, "in the middle": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: time.Millisecond})
			w.NewClients(60)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 2})})
			w.AttachFiles(id, bytes.Repeat([]byte("0123456789"), 40_000))
			e := w.start()
			if !running {
				e.Stop(t.Context())
			}
			w.launch(e, id)
			if running {
				if _, err := p.WaitMails(t.Context(), 3); err != nil {
					t.Fatal(err)
				}
			}
			found, err := filepath.Glob(filepath.Join(w.Dir, "storage", "*", id, "frozen", "*.bin"))
			if err != nil || len(found) != 1 {
				t.Fatalf("%v, %v", found, err)
			}
			if err := os.Rename(found[0], found[0]+".away"); err != nil {
				t.Fatal(err)
			}
			if !running {
				e = w.start()
			}
			w.waits(e, id, mailing.WaitSetup)
			if states := w.States(id); states[mailing.Failed]+states[mailing.Uncertain]+states[mailing.Deferred]+states[mailing.Skipped] != 0 {
				t.Errorf("the recipients are %v", states)
			}
			if err := os.Rename(found[0]+".away", found[0]); err != nil {
				t.Fatal(err)
			}
			w.untilStatus(id, mailing.Completed)
			if states := w.States(id); !maps.Equal(states, map[mailing.State]int{mailing.Sent: 60}) {
				t.Errorf("the recipients are %v", states)
			}
			mailingtest.Once(t, p.Mails())
			w.Balanced(id)
		})
	}
}
