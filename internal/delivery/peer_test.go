package delivery

import (
	"bytes"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// The odd one is the last recipient of all, when its connection has delivered; the first is the first,
// when it has not.
const (
	odd   = "zoe@example.org"
	early = "adam@example.org"
)

// oddCase is a server that treats one recipient of ten in a special way, and what the database says of
// that one when all others are sent.
type oddCase struct {
	name   string
	script func() smtptest.Script
	state  mailing.State
	reason string
	tries  []try
	stop   bool // on the stop list afterwards
	// mails is how many the server has taken for the odd one.
	mails   int
	options []Option
}

func (c oddCase) run(t *testing.T, lockstep bool) {
	t.Helper()
	const others = 9
	script := c.script()
	script.Lockstep = lockstep
	w, p := newWorld(t), smtptest.Start(t, script)
	w.NewClients(others)
	w.NewClient(odd)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
	w.launch(w.start(append(c.options, hurried)...), id)
	w.until(id, "through", func(p results.Progress) bool {
		if p.Sent < others+one(c.state == mailing.Sent) {
			return false
		}
		return w.recipient(id, odd).State == c.state && len(w.Attempts(id)[odd]) >= len(c.tries)
	})
	got := w.recipient(id, odd)
	if got.State != c.state || got.Reason != c.reason {
		t.Errorf("%s because of %q, want %s because of %q; said %q", got.State, got.Reason, c.state, c.reason, got.Response)
	}
	if tries := w.tries(id, odd); !slices.Equal(tries, c.tries) {
		t.Errorf("tries %+v, want %+v; said %q", tries, c.tries, got.Response)
	}
	if w.Suppressed(odd) != c.stop {
		t.Errorf("on the stop list: %t", !c.stop)
	}
	ok := []try{{"success", 250, "2.0.0", 1}}
	for email := range w.Attempts(id) {
		if tries := w.tries(id, email); email != odd && !slices.Equal(tries, ok) {
			t.Errorf("%s had nothing to do with it: %+v", email, tries)
		}
	}
	mails := 0
	for _, m := range p.Mails() {
		if m.To[0] == odd {
			mails++
		}
	}
	if mails != c.mails {
		t.Errorf("it was mailed %d times, want %d", mails, c.mails)
	}
	w.Audit(id)
	w.Accounted(id, p.Mails())
}

func TestOneRecipientsAnswerIsNobodyElses(t *testing.T) {
	t.Parallel()
	failure := func(code int, enhanced string) []try { return []try{{"failure", code, enhanced, 1}} }
	unsure := []try{{"uncertain", 0, "", 1}}
	for _, c := range []oddCase{
		{name: "the domain does not exist", script: to(smtptest.RCPT, smtptest.Say("550 5.1.2 no such domain")), state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: failure(550, "5.1.2"), stop: true},
		{name: "the address has bad syntax", script: to(smtptest.RCPT, smtptest.Say("501 5.1.3 bad syntax")), state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: failure(501, "5.1.3"), stop: true},
		{name: "the address is unknown, in three lines", script: to(smtptest.RCPT, smtptest.Say("550 5.1.1 The account does not exist.\n5.1.1 Check the spelling.\n5.1.1 https://mx.example")), state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: failure(550, "5.1.1"), stop: true},
		{name: "the address is unknown, said to the body", script: to(smtptest.Body, smtptest.Say("550 5.1.1 no such user")), state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: failure(550, "5.1.1"), stop: true},
		{name: "the mailbox has moved", script: to(smtptest.RCPT, smtptest.Say("551 5.1.6 moved")), state: mailing.Failed, reason: mailing.ReasonRefused, tries: failure(551, "5.1.6")},
		{name: "the mailbox is switched off", script: to(smtptest.RCPT, smtptest.Say("550 5.2.1 disabled")), state: mailing.Failed, reason: mailing.ReasonRefused, tries: failure(550, "5.2.1")},
		{name: "the address is bad for now", script: to(smtptest.RCPT, smtptest.Say("450 4.1.1 not yet")), state: mailing.Deferred, tries: failure(450, "4.1.1")},
		{name: "the codes disagree: 450 5.1.1", script: to(smtptest.RCPT, smtptest.Say("450 5.1.1 no such user")), state: mailing.Failed, reason: mailing.ReasonBadAddress, tries: failure(450, "5.1.1"), stop: true},
		{name: "no enhanced code", script: to(smtptest.RCPT, smtptest.Say("550")), state: mailing.Failed, reason: mailing.ReasonRefused, tries: failure(550, "")},
		{name: "the mail is not wanted", script: to(smtptest.Body, smtptest.Say("550 5.7.1 spam")), state: mailing.Failed, reason: mailing.ReasonPolicy, tries: failure(550, "5.7.1")},
		{name: "the mail is too long", script: to(smtptest.Body, smtptest.Say("552 5.3.4 too big")), state: mailing.Failed, reason: mailing.ReasonTooLong, tries: failure(552, "5.3.4")},
		{name: "DATA is refused for now", script: to(smtptest.DATA, smtptest.Say("451 4.3.5 not now")), state: mailing.Deferred, tries: failure(451, "4.3.5")},
		{name: "a strange success", script: to(smtptest.Body, smtptest.Say("250 5.1.1 taken")), state: mailing.Sent, tries: []try{{"success", 250, "5.1.1", 1}}, mails: 1},
		{
			name: "354 although the recipient was refused",
			script: func() smtptest.Script {
				return smtptest.Script{EagerData: true, Rules: []smtptest.Rule{smtptest.To(odd, smtptest.RCPT, smtptest.Say("450 4.2.1 full"))}}
			},
			state: mailing.Deferred, tries: failure(450, "4.2.1"),
		},
		{name: "taken, and the answer is lost", script: to(smtptest.Body, smtptest.Act{Silent: true, Cut: true}), state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: unsure, mails: 1},
		{name: "taken, and the answer is garbage", script: to(smtptest.Body, smtptest.Act{Raw: "250\x00 2.0.0 Ok\r\n", Cut: true}), state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: unsure},
		{name: "taken, and half of the answer comes", script: to(smtptest.Body, smtptest.Act{Raw: "250 2.0.0 O", Cut: true}), state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: unsure},
		{name: "354 to the body", script: to(smtptest.Body, smtptest.Act{Raw: "354 more\r\n"}), state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: unsure},
		{name: "no answer to the body", script: to(smtptest.Body, smtptest.Stall()), state: mailing.Uncertain, reason: mailing.ReasonNoAnswer, tries: unsure, options: []Option{nervous}},
		{
			name: "cut at RCPT, the first time", script: firstTo(1, smtptest.RCPT, smtptest.Hangup()),
			state: mailing.Sent, tries: []try{{"failure", 0, "", 1}, {"success", 250, "2.0.0", 2}}, mails: 1,
		},
		{
			name: "garbage to RCPT, the first time", script: firstTo(1, smtptest.RCPT, smtptest.Act{Raw: "what?\r\n"}),
			state: mailing.Sent, tries: []try{{"failure", 0, "", 1}, {"success", 250, "2.0.0", 2}}, mails: 1,
		},
		{
			name: "nothing to RCPT, the first time", script: firstTo(1, smtptest.RCPT, smtptest.Stall()),
			state: mailing.Sent, tries: []try{{"failure", 0, "", 1}, {"success", 250, "2.0.0", 2}}, mails: 1, options: []Option{nervous},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, false)
			c.run(t, true)
		})
	}
}

// to has the server act on all mails to the odd one, firstTo on the first n.
func to(c smtptest.Command, a smtptest.Act) func() smtptest.Script {
	return func() smtptest.Script { return smtptest.Script{Rules: []smtptest.Rule{smtptest.To(odd, c, a)}} }
}

func firstTo(n int32, c smtptest.Command, a smtptest.Act) func() smtptest.Script {
	return func() smtptest.Script { return smtptest.Script{Rules: []smtptest.Rule{first(n, odd, c, a)}} }
}

// first acts at the first n such commands for an address.
func first(n int32, address string, c smtptest.Command, a smtptest.Act) smtptest.Rule {
	var seen atomic.Int32
	return func(m smtptest.Moment) *smtptest.Act {
		if m.Command != c || m.To != address || seen.Add(1) > n {
			return nil
		}
		return &a
	}
}

func TestWhoIsRefusedForNowIsTakenLater(t *testing.T) {
	t.Parallel()
	soon := Deferral([]time.Duration{time.Millisecond}, 5)
	greylisted := oddCase{
		script: firstTo(3, smtptest.RCPT, smtptest.Say("450 4.7.1 greylisted")),
		state:  mailing.Sent,
		tries: []try{
			{"failure", 450, "4.7.1", 1}, {"failure", 450, "4.7.1", 2}, {"failure", 450, "4.7.1", 3}, {"success", 250, "2.0.0", 4},
		},
		mails: 1, options: []Option{soon},
	}
	greylisted.run(t, false)
}

// TestOneRecipientDoesNotStopAllOthers has a server that closes the connection whenever it hears of
// one recipient. Sooner or later that one has to wait, and the others go on.
func TestOneRecipientDoesNotStopAllOthers(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]smtptest.Rule{
		"421 to RCPT":     smtptest.To(early, smtptest.RCPT, smtptest.SayAndCut("421 4.7.0 try again later")),
		"421 to DATA":     smtptest.To(early, smtptest.DATA, smtptest.SayAndCut("421 4.7.0 try again later")),
		"421 to the body": smtptest.To(early, smtptest.Body, smtptest.SayAndCut("421 4.7.0 try again later")),
		"RCPT cuts":       smtptest.To(early, smtptest.RCPT, smtptest.Hangup()),
		"DATA cuts":       smtptest.To(early, smtptest.DATA, smtptest.Hangup()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lockstep := range []bool{false, true} {
				const others = 30
				w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{rule}, Lockstep: lockstep})
				w.NewClient(early)
				w.NewClients(others)
				id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
				e := w.start(hurried)
				w.launch(e, id)
				w.until(id, "sent to all others", func(p results.Progress) bool { return p.Sent == others })
				e.Stop(t.Context())
				w.Audit(id)
				if n := mailingtest.Once(t, p.Mails()); n != others {
					t.Errorf("%d were mailed", n)
				}
			}
		})
	}
}

// TestABigMailThatIsCutShortIsNobodyElsesTrouble sends mails that do not fit into the buffers of a
// connection to a server that says no in the middle of one, and closes.
func TestABigMailThatIsCutShortIsNobodyElsesTrouble(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words string
		state mailing.State
		tries []try
	}{
		"refused for good":   {"552 5.3.4 too big", mailing.Failed, []try{{"failure", 552, "5.3.4", 1}}},
		"refused for now":    {"452 4.3.1 disk full", mailing.Deferred, []try{{"failure", 452, "4.3.1", 1}}},
		"without last words": {"", mailing.Sent, []try{{"failure", 0, "", 1}, {"success", 250, "2.0.0", 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const others = 5
			rule := first(1, early, smtptest.DATA, smtptest.Act{CutAfter: 64 << 10, LastWords: c.words})
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{rule}, DropBodies: true, SizeLimit: 64 << 20})
			w.NewClient(early)
			w.NewClients(others)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
			w.attach(id, 9<<20)
			w.launch(w.start(hurried), id)
			w.until(id, "through", func(p results.Progress) bool {
				return p.Sent+one(c.state == mailing.Failed)*p.Failed+p.Deferred == others+1
			})
			if tries := w.tries(id, early); !slices.Equal(tries, c.tries) {
				t.Errorf("tries %+v, want %+v", tries, c.tries)
			}
			for email := range w.Attempts(id) {
				if tries := w.tries(id, email); email != early && !slices.Equal(tries, []try{{"success", 250, "2.0.0", 1}}) {
					t.Errorf("%s had nothing to do with it: %+v", email, tries)
				}
			}
			w.Audit(id)
			w.Accounted(id, p.Mails())
		})
	}
}

// attach makes the mails of a mailing that is not launched yet so many bytes longer, and more.
func (w *world) attach(id string, n int) {
	w.T.Helper()
	w.AttachFiles(id, bytes.Repeat([]byte("line\n"), n/5))
}

// TestTheServersTroubleIsWaitedOut has a server that nobody can be mailed through until it is
// repaired. Meanwhile the mailing says what it waits for and nobody is marked failed, however long it
// takes; afterwards it goes on by itself.
func TestTheServersTroubleIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		broken smtptest.Rule
		waits  string
	}{
		"421 at the greeting":       {smtptest.At(smtptest.Connect, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"554 at the greeting":       {smtptest.At(smtptest.Connect, smtptest.SayAndCut("554 5.3.2 not you")), mailing.WaitRefusing},
		"a cut at the greeting":     {smtptest.At(smtptest.Connect, smtptest.Hangup()), mailing.WaitServer},
		"garbage at the greeting":   {smtptest.At(smtptest.Connect, smtptest.Act{Raw: "HTTP/1.1 400 Bad Request\r\n\r\n", Cut: true}), mailing.WaitServer},
		"421 to EHLO":               {smtptest.At(smtptest.Ehlo, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"a cut at EHLO":             {smtptest.At(smtptest.Ehlo, smtptest.Hangup()), mailing.WaitServer},
		"421 to every MAIL":         {smtptest.At(smtptest.MAIL, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"421 to every RCPT":         {smtptest.At(smtptest.RCPT, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"421 to every DATA":         {smtptest.At(smtptest.DATA, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"421 to every body":         {smtptest.At(smtptest.Body, smtptest.SayAndCut("421 4.3.2 too busy")), mailing.WaitRefusing},
		"421 at every MAIL, no cut": {smtptest.At(smtptest.MAIL, smtptest.Say("421 4.3.2 too busy")), mailing.WaitRefusing},
		"a cut at every MAIL":       {smtptest.At(smtptest.MAIL, smtptest.Hangup()), mailing.WaitServer},
		"a cut at every RCPT":       {smtptest.At(smtptest.RCPT, smtptest.Hangup()), mailing.WaitServer},
		"a cut at every DATA":       {smtptest.At(smtptest.DATA, smtptest.Hangup()), mailing.WaitServer},
		"garbage at every MAIL":     {smtptest.At(smtptest.MAIL, smtptest.Act{Raw: "hello?\r\n"}), mailing.WaitServer},
		"garbage at every DATA":     {smtptest.At(smtptest.DATA, smtptest.Act{Raw: "250 2.0.0 Ok\r\n"}), mailing.WaitServer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const clients, storm = 3, 20
			var repaired atomic.Bool
			rule := func(m smtptest.Moment) *smtptest.Act {
				if repaired.Load() {
					return nil
				}
				return c.broken(m)
			}
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{rule}})
			w.NewClients(clients)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 3})})
			w.launch(w.start(hurried, Deferral([]time.Duration{time.Millisecond}, 3)), id)
			got := w.until(id, "waiting for the server", func(q results.Progress) bool {
				return reasonCode(q) != "" && reasonCode(q) != mailing.WaitDeferred && (p.Conns() >= storm || p.Conns() >= storm/4 && len(w.Attempts(id)) == 0) || q.Failed > 0
			})
			if reasonCode(got) != c.waits {
				t.Errorf("it waits because of %s, want %s", got.Reason, c.waits)
			}
			if got.Failed > 0 || got.Uncertain > 0 {
				t.Errorf("people were marked for the server's trouble: %+v", got)
			}
			repaired.Store(true)
			done := w.untilStatus(id, mailing.Completed)
			if done.Sent != clients {
				t.Errorf("%+v", done)
			}
			if n := mailingtest.Once(t, p.Mails()); n != clients {
				t.Errorf("%d were mailed", n)
			}
			w.Closes(id, p.Mails())
		})
	}
}
