package delivery

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
	"gonets/internal/verdict"
)

// TestAServerThatKnowsNobodyIsNotBelieved has a server call every address unknown.
func TestAServerThatKnowsNobodyIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"550 5.1.1 User unknown", "550 5.1.2 Host unknown", "501 5.1.3 Bad syntax", "556 5.1.10 Null MX"} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			const clients = 150
			var repaired atomic.Bool
			w := newWorld(t)
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
				if m.Command != smtptest.RCPT || repaired.Load() {
					return nil
				}
				act := smtptest.Say(says)
				return &act
			}}})
			w.NewClients(clients)
			old := "old@example.org" // on the list before
			w.Save("suppressions", map[string]any{"owner": w.Owner, "kind": "address", "value": old, "reason": "bounced", "mailing": "another"})
			w.NewClient(old)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 5})})
			e := w.start()
			w.launch(e, id)
			w.untilStatus(id, mailing.Paused)
			e.Stop(t.Context()) // with what is under way
			got, err := e.ProgressOf(id)
			if err != nil || reasonCode(got) != mailing.WaitNobody || !strings.Contains(string(got.Reason), says) {
				t.Errorf("it is paused because of %s, %v", got.Reason, err)
			}
			if got.Failed != verdict.MostUnknown {
				t.Errorf("paused when %d of %d had failed", got.Failed, clients)
			}
			if list := w.StopList(); !slices.Equal(list, []string{old + " bounced"}) {
				t.Errorf("on the stop list are %q", list)
			}
			if n := w.Bounced(); n != 0 {
				t.Errorf("%d clients are bounced", n)
			}
			w.Balanced(id)

			// The server is repaired, and nobody is lost.
			repaired.Store(true)
			e.Start(t.Context())
			if _, err := e.Resume(id); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed}); err != nil {
				t.Fatal(err)
			}
			if done := w.untilStatus(id, mailing.Completed); done.Sent != clients || done.Skipped != 1 {
				t.Errorf("%+v", done)
			}
			mailingtest.Once(t, p.Mails())
			w.Closes(id, p.Mails())
		})
	}
}

// TestAServerThatKnowsNobodyIsNotBelievedAfterARestart has the engine stop, or the sender change, when half of the
// first addresses were called unknown.
func TestAServerThatKnowsNobodyIsNotBelievedAfterARestart(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(w *world, e *Engine, sender string) *Engine{
		"a stop": func(w *world, e *Engine, _ string) *Engine {
			e.Stop(w.T.Context())
			return w.start()
		},
		"a changed sender": func(w *world, e *Engine, sender string) *Engine {
			w.Change("senders", sender, "reply_to", "other@example.org")
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var said atomic.Int32
			var goOn atomic.Bool
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
				if m.Command != smtptest.RCPT {
					return nil
				}
				if said.Add(1) > verdict.MostUnknown/2 && !goOn.Load() {
					act := smtptest.Say("421 4.3.2 Going down")
					return &act
				}
				act := smtptest.Say("550 5.1.1 User unknown")
				return &act
			}}})
			w.NewClients(verdict.MostUnknown + 5)
			sender := w.NewSender(p, map[string]any{"connections": 1})
			id := w.NewMailing(map[string]any{"sender": sender})
			e := w.start()
			w.launch(e, id)
			w.until(id, "half of the first are refused", func(p results.Progress) bool { return p.Failed == verdict.MostUnknown/2 })
			interrupt(w, e, sender)
			goOn.Store(true)
			is := w.until(id, "it stops", func(p results.Progress) bool { return p.Status == mailing.Paused || p.Status == mailing.Completed })
			// AnswerList to mails that were under way when the sender was changed come on top.
			if is.Status != mailing.Paused || is.Failed < verdict.MostUnknown || is.Failed > verdict.MostUnknown+2 {
				t.Errorf("%s when %d had failed", is.Status, is.Failed)
			}
			if list := w.StopList(); len(list) > 0 {
				t.Errorf("on the stop list are %q", list)
			}
			w.Balanced(id)
		})
	}
}

// TestAServerThatKnowsSomebodyIsBelieved puts unknown addresses on the stop list as ever when there are few of
// them, or when the server has shown that it knows others.
func TestAServerThatKnowsSomebodyIsBelieved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clients int
		first   string // what is said of the first recipient, "" when it is taken; the rest is unknown
		stopped int
	}{
		"few unknown":                        {verdict.MostUnknown - 1, "550 5.1.1 User unknown", verdict.MostUnknown - 1},
		"one was taken first":                {60, "", 59},
		"one was refused for another reason": {60, "552 5.2.2 Mailbox full", 59},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			first := "aaa@example.org"
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
				says := "550 5.1.1 User unknown"
				if m.To == first {
					says = c.first
				}
				if m.Command != smtptest.RCPT || says == "" {
					return nil
				}
				act := smtptest.Say(says)
				return &act
			}}})
			w.NewClient(first)
			w.NewClients(c.clients - 1)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
			w.launch(w.start(), id)
			w.untilStatus(id, mailing.Completed)
			if n := len(w.StopList()); n != c.stopped || w.Bounced() != c.stopped {
				t.Errorf("%d are on the stop list and %d bounced, want %d", n, w.Bounced(), c.stopped)
			}
			w.Balanced(id)
		})
	}
}
