package delivery

import (
	"maps"
	"strings"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// TestEveryAnswerEndsInTheRightState sends to ten people, one of whom the server treats in a special
// way, and asks what became of that one. All others are sent to.
func TestEveryAnswerEndsInTheRightState(t *testing.T) {
	t.Parallel()
	const odd, others = "odd@example.org", 9
	const some = -1 // tries: how many depends on what else the server answered meanwhile
	type end struct {
		state  mailing.State
		reason string
		tries  int
		code   int
		stop   bool // on the stop list afterwards
	}
	for _, c := range []struct {
		name   string
		script smtptest.Script
		want   end
	}{
		{"RCPT is refused for good", at(smtptest.RCPT, smtptest.Say("550 5.7.0 go away")), end{state: mailing.Failed, reason: mailing.ReasonPolicy, tries: 1, code: 550}},
		{"there is no such address", at(smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")), end{state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: 1, code: 550, stop: true}},
		{"the domain takes no mail", at(smtptest.RCPT, smtptest.Say("556 5.1.10 null MX")), end{state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: 1, code: 556, stop: true}},
		{"the mailbox is full, for good", at(smtptest.RCPT, smtptest.Say("552 5.2.2 over quota")), end{state: mailing.Failed, reason: mailing.ReasonRefused, tries: 1, code: 552}},
		{"a reply without an enhanced code", at(smtptest.RCPT, smtptest.Say("550 no")), end{state: mailing.Failed, reason: mailing.ReasonRefused, tries: 1, code: 550}},
		{"the enhanced code says later", at(smtptest.RCPT, smtptest.Say("550 4.2.1 come back")), end{state: mailing.Deferred, tries: 1, code: 550}},
		{"greylisting", at(smtptest.RCPT, smtptest.Say("450 4.7.1 greylisted")), end{state: mailing.Deferred, tries: 1, code: 450}},
		{"the body is refused for good", at(smtptest.Body, smtptest.Say("554 5.6.0 spam")), end{state: mailing.Failed, reason: mailing.ReasonRefused, tries: 1, code: 554}},
		{"the body is refused for now", at(smtptest.Body, smtptest.Say("451 4.3.0 try later")), end{state: mailing.Deferred, tries: 1, code: 451}},
		{"DATA is refused", at(smtptest.DATA, smtptest.Say("554 5.5.1 no valid recipients")), end{state: mailing.Failed, reason: mailing.ReasonRefused, tries: 1, code: 554}},
		{"the connection is cut after the dot", at(smtptest.Body, smtptest.Hangup()), end{state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: 1}},
		{"the connection is cut at RCPT, each time", at(smtptest.RCPT, smtptest.Hangup()), end{state: mailing.Deferred, tries: some}},
		// The dot was written with the body, so it may have been read.
		{"the connection is cut while the body is read", at(smtptest.DATA, smtptest.Act{CutAfter: 10}), end{state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: 1}},
		{"the reply is garbage after the dot", at(smtptest.Body, smtptest.Act{Raw: "\x00\x01\r\n"}), end{state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, lockstep := range []bool{false, true} {
				script := c.script
				script.Lockstep = lockstep
				w, p := newWorld(t), smtptest.Start(t, script)
				w.NewClients(others)
				w.NewClient(odd)
				id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
				e := w.start(impatient)
				w.launch(e, id)
				var got results.Recipient // as it was when it was settled: a deferred one is soon tried again
				w.until(id, "through", func(p results.Progress) bool {
					if p.Sent < others {
						return false
					}
					got = w.recipient(id, odd)
					return got.State != mailing.Pending && got.State != mailing.Sending
				})
				if n := mailingtest.Once(t, p.Mails()); n != others && c.want.state != mailing.Uncertain {
					t.Errorf("%d were mailed", n)
				}
				is := end{state: got.State, reason: got.Reason, tries: got.Tries, code: got.Code, stop: w.Suppressed(odd)}
				if c.want.tries == some && is.tries > 1 {
					is.tries = some
				}
				if is != c.want {
					t.Errorf("lockstep %t: %+v, want %+v; said %q", lockstep, is, c.want, got.Response)
				}
				w.Balanced(id)
				e.Stop(t.Context())
			}
		})
	}
}

// at has the server act on the mails to the odd one.
func at(c smtptest.Command, a smtptest.Act) smtptest.Script {
	return smtptest.Script{Rules: []smtptest.Rule{smtptest.To("odd@example.org", c, a)}}
}

func TestAServerInTroubleIsNotTheRecipientsFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule smtptest.Rule
		code string
	}{
		"the greeting is 421":          {smtptest.At(smtptest.Connect, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"the greeting is 554":          {smtptest.At(smtptest.Connect, smtptest.SayAndCut("554 5.3.2 no")), mailing.WaitRefusing},
		"it hangs up at once":          {smtptest.At(smtptest.Connect, smtptest.Hangup()), mailing.WaitServer},
		"EHLO is answered with 421":    {smtptest.At(smtptest.Ehlo, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"each MAIL is answered by 421": {smtptest.At(smtptest.MAIL, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{c.rule}})
			w.NewClients(20)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			w.launch(w.start(), id)
			got := w.until(id, "waiting for the server", func(p results.Progress) bool { return reasonCode(p) != "" })
			if reasonCode(got) != c.code {
				t.Errorf("waits because of %s", got.Reason)
			}
			if states := w.States(id); !maps.Equal(states, map[mailing.State]int{mailing.Pending: 20}) {
				t.Errorf("the recipients are %v", states)
			}
			w.Balanced(id)
		})
	}
}

func TestTheMailingGoesOnWhenTheServerIsBack(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	p.Down()
	w.launch(e, id)
	w.until(id, "waiting for the server", func(p results.Progress) bool { return reasonCode(p) == mailing.WaitServer })
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 500 || string(done.Reason) != "null" {
		t.Errorf("%+v, reason %s", done, done.Reason)
	}
	if n := mailingtest.Once(t, p.Mails()); n != 500 {
		t.Errorf("%d were mailed", n)
	}
}

func TestAServerThatClosesAfterSomeMailsLosesNobody(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]smtptest.Rule{
		"421 at MAIL":          smtptest.OnMail(4, smtptest.MAIL, smtptest.SayAndCut("421 4.7.0 too many mails on this connection")),
		"421 at RCPT":          smtptest.OnMail(4, smtptest.RCPT, smtptest.SayAndCut("421 4.7.0 too many mails on this connection")),
		"421 to the body":      smtptest.OnMail(4, smtptest.Body, smtptest.SayAndCut("421 4.7.0 too many mails on this connection")),
		"without a word":       smtptest.OnMail(4, smtptest.MAIL, smtptest.Hangup()),
		"without a word, DATA": smtptest.OnMail(4, smtptest.DATA, smtptest.Hangup()),
	} {
		t.Run(name, func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{rule}})
			w.NewClients(100)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 3})})
			w.launch(w.start(), id)
			if done := w.untilStatus(id, mailing.Completed); done.Sent != 100 {
				t.Errorf("%+v", done)
			}
			if n := mailingtest.Once(t, p.Mails()); n != 100 {
				t.Errorf("%d were mailed", n)
			}
			w.Balanced(id)
		})
	}
}

func TestTheDeferredAreTriedAgainAndInTheEndFail(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, at(smtptest.RCPT, smtptest.Say("450 4.2.0 not now")))
	w.NewClients(2)
	w.NewClient("odd@example.org")
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	w.launch(w.start(Deferral([]time.Duration{time.Millisecond}, 3)), id)
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 2 || done.Failed != 1 || done.Deferred != 0 {
		t.Errorf("%+v", done)
	}
	if r := w.recipient(id, "odd@example.org"); r.Reason != mailing.ReasonTriesUsedUp || r.Tries != 3 {
		t.Errorf("%+v", r)
	}
	w.Balanced(id)
}

// impatient is an engine that tries a server in trouble again at once.
func impatient(e *Engine) { e.pause = time.Millisecond }

func TestAMailingThatOnlyFailsPausesItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule   smtptest.Rule
		most   int // recipients that may be lost before
		status mailing.Status
		reason string
	}{
		"a server that takes nothing from us":        {smtptest.At(smtptest.RCPT, smtptest.Say("550 5.7.1 blocked")), 80, mailing.Paused, mailing.WaitFailures},
		"addresses that do not exist":                {smtptest.At(smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")), 50, mailing.Paused, mailing.WaitNobody},
		"a server that never tells":                  {smtptest.At(smtptest.Body, smtptest.Hangup()), 50, mailing.Paused, mailing.WaitFailures},
		"but not because a third of the list is old": {third(smtptest.Say("550 5.1.1 no such user")), 400, mailing.Completed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{c.rule}})
			w.NewClients(600)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			w.launch(w.start(impatient), id)
			got := w.until(id, "at an end", func(p results.Progress) bool { return p.Status != mailing.Running })
			if got.Status != c.status || reasonCode(got) != c.reason {
				t.Errorf("%+v %s", got, got.Reason)
			}
			w.until(id, "at rest", func(results.Progress) bool { return w.States(id)[mailing.Sending] == 0 })
			if states := w.States(id); states[mailing.Failed]+states[mailing.Uncertain] > c.most {
				t.Errorf("%v", states)
			}
			w.Balanced(id)
		})
	}
}

// third acts at RCPT on every third address.
func third(a smtptest.Act) smtptest.Rule {
	return func(m smtptest.Moment) *smtptest.Act {
		before, _, _ := strings.Cut(m.To, "@")
		if m.Command != smtptest.RCPT || !strings.ContainsAny(before[len(before)-1:], "147") {
			return nil
		}
		return &a
	}
}
