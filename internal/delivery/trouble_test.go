package delivery

import (
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// TestASettingPutRightIsTakenUp has senders that cannot be used as they are set. The mailing says why,
// nobody is marked for it, and once the sender is edited it goes on without anybody doing more.
func TestASettingPutRightIsTakenUp(t *testing.T) {
	t.Parallel()
	account := map[string]string{"news": "right"}
	for name, c := range map[string]struct {
		script smtptest.Script
		sender map[string]any
		waits  string
		right  map[string]any
	}{
		"a wrong password": {
			script: smtptest.Script{Accounts: account}, sender: map[string]any{"username": "news", "password": "wrong"},
			waits: mailing.WaitLogin, right: map[string]any{"password": "right"},
		},
		"a login that nobody offers": {
			sender: map[string]any{"username": "news", "password": "right"},
			waits:  mailing.WaitLogin, right: map[string]any{"username": "", "password": ""},
		},
		"encryption that is not offered": {
			sender: map[string]any{"tls": "starttls"}, waits: mailing.WaitTLS, right: map[string]any{"tls": "none"},
		},
		"a certificate that nobody vouches for": {
			script: smtptest.Script{TLS: smtptest.StartTLS}, sender: map[string]any{"tls": "starttls"},
			waits: mailing.WaitTLS, right: map[string]any{"tls": "none"},
		},
		"encryption from the first byte where there is none": {
			sender: map[string]any{"tls": "implicit"}, waits: mailing.WaitTLS, right: map[string]any{"tls": "none"},
		},
		"a port where nobody listens": {
			sender: map[string]any{"port": 1}, waits: mailing.WaitServer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const clients = 20
			w, p := newWorld(t), smtptest.Start(t, c.script)
			w.NewClients(clients)
			sender := w.NewSender(p, c.sender)
			id := w.NewMailing(map[string]any{"sender": sender})
			w.launch(w.start(nervous), id)
			waiting := w.until(id, "waiting", func(p results.Progress) bool { return reasonCode(p) != "" })
			if reasonCode(waiting) != c.waits {
				t.Errorf("it waits because of %s, want %s", waiting.Reason, c.waits)
			}
			if states := w.States(id); states[mailing.Pending] != clients {
				t.Errorf("the recipients are %v", states)
			}
			record, err := w.App.FindRecordById("senders", sender)
			if err != nil {
				t.Fatal(err)
			}
			record.Set("port", p.Port())
			record.Load(c.right)
			if err := w.App.Save(record); err != nil {
				t.Fatal(err)
			}
			if done := w.untilStatus(id, mailing.Completed); done.Sent != clients {
				t.Errorf("%+v", done)
			}
			if n := mailingtest.Once(t, p.Mails()); n != clients {
				t.Errorf("%d were mailed", n)
			}
			w.Closes(id, p.Mails())
		})
	}
}

func TestASlowGreetingIsWaitedForAndAnEndlessOneIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Act{Wait: 300 * time.Millisecond})}})
	stalled := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Stall())}})
	w.NewClients(10)
	e := w.start(func(e *Engine) { e.timeouts.Greeting = 3 * time.Second })
	waits := w.NewMailing(map[string]any{"sender": w.NewSender(stalled, nil)})
	goes := w.NewMailing(map[string]any{"sender": w.NewSender(slow, nil)})
	w.launch(e, waits)
	w.launch(e, goes)
	w.untilStatus(goes, mailing.Completed)
	w.Closes(goes, slow.Mails())
	w.until(waits, "waiting for the server", func(p results.Progress) bool { return reasonCode(p) == mailing.WaitServer })
	if states := w.States(waits); states[mailing.Pending] != 10 {
		t.Errorf("the recipients are %v", states)
	}
}

// TestAServerThatDiesAndComesBackLosesNobody cuts all connections in the middle, several times. Only
// those whose mail had been handed over without an answer are uncertain.
func TestAServerThatDiesAndComesBackLosesNobody(t *testing.T) {
	t.Parallel()
	const clients, connections, deaths = 500, 4, 3
	for _, lockstep := range []bool{false, true} {
		w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: time.Millisecond, Lockstep: lockstep})
		w.NewClients(clients)
		id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": connections})})
		w.launch(w.start(hurried, Deferral([]time.Duration{10 * time.Millisecond}, 7)), id)
		for n := 1; n <= deaths; n++ {
			if _, err := p.WaitMails(t.Context(), n*clients/(deaths+2)); err != nil {
				t.Fatal(err)
			}
			p.Down()
			w.until(id, "waiting for the server", func(p results.Progress) bool { return reasonCode(p) == mailing.WaitServer })
			if err := p.Up(); err != nil {
				t.Fatal(err)
			}
		}
		done := w.untilStatus(id, mailing.Completed)
		if done.Sent+done.Uncertain != clients || done.Uncertain > connections*deaths {
			t.Errorf("lockstep %t: %+v", lockstep, done)
		}
		mailingtest.Once(t, p.Mails())
		w.Closes(id, p.Mails())
	}
}
