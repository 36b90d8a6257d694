package delivery

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/sender"
	"gonets/internal/smtptest"
)

// TestWhoMayNotUseASenderSendsNothingWithIt asks for every verb that sends, with a sender and without.
func TestWhoMayNotUseASenderSendsNothingWithIt(t *testing.T) {
	t.Parallel()
	verbs := map[string]struct {
		mailing map[string]any // as it is when the verb is used
		use     func(e *Engine, id string) error
	}{
		"send": {nil, func(e *Engine, id string) error { _, err := e.Launch(t.Context(), id, ""); return err }},
		"plan": {nil, func(e *Engine, id string) error { _, err := e.Plan(t.Context(), id); return err }},
		"schedule": {nil, func(e *Engine, id string) error {
			_, err := e.Schedule(t.Context(), id, time.Now().Add(time.Hour))
			return err
		}},
		"resume": {map[string]any{"status": "paused", "started_at": "2026-01-01 00:00:00.000Z"}, func(e *Engine, id string) error {
			_, err := e.Resume(id)
			return err
		}},
		"resume before the start": {map[string]any{"status": "paused"}, func(e *Engine, id string) error { _, err := e.Resume(id); return err }},
		"retry": {map[string]any{"status": "completed", "started_at": "2026-01-01 00:00:00.000Z"}, func(e *Engine, id string) error {
			_, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed})
			return err
		}},
		"extend": {map[string]any{"status": "completed", "started_at": "2026-01-01 00:00:00.000Z"}, func(e *Engine, id string) error {
			_, err := e.Extend(t.Context(), id)
			return err
		}},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(2)
			w.UseServer(p)
			senderID, other := w.NewSender(p, nil), w.NewUser("other@example.org")
			e := New(w.App)
			for _, s := range []string{senderID, ""} {
				fields := map[string]any{"sender": s}
				for k, v := range verb.mailing {
					fields[k] = v
				}
				id := w.NewMailing(fields)
				if verb.mailing["started_at"] != nil {
					// The sender that was kept counts, whatever the mailing names.
					_, err := w.App.NonconcurrentDB().NewQuery(`
						INSERT INTO contents (mailing, owner, sender, letter) VALUES ({:id}, {:owner}, {:sender}, '{}')`).
						Bind(dbx.Params{"id": id, "owner": w.Owner, "sender": s}).Execute()
					if err != nil {
						t.Fatal(err)
					}
				}
				if s != "" {
					w.Allow(senderID, "chosen")
					refusedWith(t, verb.use(e, id), http.StatusForbidden, sender.CodeNotAllowed)
					w.Allow(senderID, "chosen", other)
					refusedWith(t, verb.use(e, id), http.StatusForbidden, sender.CodeNotAllowed)
					w.Allow(senderID, "chosen", other, w.Owner)
				} else {
					w.OpenDefault(false)
					refusedWith(t, verb.use(e, id), http.StatusForbidden, sender.CodeDefaultClosed)
					w.OpenDefault(true)
				}
				if got := w.Record(id).GetString("launching_at"); got != "" {
					t.Errorf("the mailing is left claimed: %s", got)
				}
				if err := verb.use(e, id); err != nil {
					t.Errorf("with access: %v", err)
				}
			}
		})
	}
}

func TestAMailingIsNotCopiedWithASenderThatMayNotBeUsed(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	senderID := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": senderID})
	e := New(w.App)
	w.Allow(senderID, "chosen")
	_, err := e.Duplicate(id)
	refusedWith(t, err, http.StatusForbidden, sender.CodeNotAllowed)
	w.Allow(senderID, "chosen", w.Owner)
	if _, err := e.Duplicate(id); err != nil {
		t.Error(err)
	}
}

// TestASenderIsTakenAwayInTheMiddle waits until some mails are out, and takes the sender away.
func TestASenderIsTakenAwayInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		own  bool // with a sender of its own
		take func(w *world, sender string)
		give func(w *world, sender string)
		code string
	}{
		"from everyone": {true, func(w *world, s string) { w.Allow(s, "chosen") }, func(w *world, s string) { w.Allow(s, "everyone") }, sender.CodeNotAllowed},
		"from one user": {
			true, func(w *world, s string) { w.Allow(s, "chosen", w.NewUser("other@example.org")) },
			func(w *world, s string) { w.Allow(s, "chosen", w.Owner) }, sender.CodeNotAllowed,
		},
		"the default": {false, func(w *world, _ string) { w.OpenDefault(false) }, func(w *world, _ string) { w.OpenDefault(true) }, sender.CodeDefaultClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The server answers few mails before the sender is taken away.
			var mails atomic.Int64
			gone := make(chan struct{})
			goOn := sync.OnceFunc(func() { close(gone) })
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
				if m.Command == smtptest.Body && mails.Add(1) > 20 {
					<-gone
				}
				return nil
			}}})
			t.Cleanup(goOn)
			w := newWorld(t)
			w.NewClients(500)
			w.UseServer(p)
			sender := ""
			if c.own {
				sender = w.NewSender(p, nil)
			}
			id := w.NewMailing(map[string]any{"sender": sender})
			e := w.start()
			w.launch(e, id)
			w.until(id, "under way", func(p results.Progress) bool { return p.Sent > 5 })
			c.take(w, sender)
			got := w.untilStatus(id, mailing.Paused)
			goOn()
			if reasonCode(got) != c.code {
				t.Errorf("the reason is %s", got.Reason)
			}
			if _, d := w.Last(id, mailing.EventPaused); d["code"] != c.code {
				t.Errorf("the timeline says %v", d)
			}
			_, err := e.Resume(id)
			refusedWith(t, err, http.StatusForbidden, c.code)

			c.give(w, sender)
			if _, err := e.Resume(id); err != nil {
				t.Fatal(err)
			}
			w.untilStatus(id, mailing.Completed)
			if n := mailingtest.Once(t, p.Mails()); n != 500 {
				t.Errorf("%d were mailed", n)
			}
			w.Balanced(id)
		})
	}
}

func TestAnOccurrenceWithoutItsSenderIsCancelledAndSaysWhy(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	senderID := w.NewSender(p, nil)
	series := w.NewMailing(map[string]any{"sender": senderID, "repeat": "daily"})
	e := New(w.App)
	if _, err := e.Schedule(t.Context(), series, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	w.Allow(senderID, "chosen")
	w.start()
	got := w.untilStatus(w.occurrence(series, 1), mailing.Cancelled)
	if reasonCode(got) != mailing.WaitCannotStart || !strings.Contains(string(got.Reason), sender.CodeNotAllowed) {
		t.Errorf("%s", got.Reason)
	}
	if n := len(p.Mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

func TestAScheduledMailingWaitsForItsSender(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	senderID := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": senderID})
	e := New(w.App)
	if _, err := e.Schedule(t.Context(), id, time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	w.Allow(senderID, "chosen")
	w.start()
	w.waits(e, id, mailing.WaitCannotStart)
	if reason := string(w.untilStatus(id, mailing.Scheduled).Reason); !strings.Contains(reason, sender.CodeNotAllowed) {
		t.Errorf("%s", reason)
	}
}

// A sender that was deleted is another matter: it may come back, and the mailing goes on.
func TestADeletedSenderIsNoQuestionOfAccess(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1)
	sender := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": sender})
	e := New(w.App)
	w.launch(e, id)
	record, err := w.App.FindRecordById("senders", sender)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.App.Delete(record); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.waits(e, id, mailing.WaitNoServer)
}
