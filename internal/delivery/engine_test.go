package delivery

import (
	"context"
	"strings"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestAMailingReachesEverybodyOnce(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(600)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	if l := w.launch(e, id); l.Total != 600 || l.Status != mailing.Running {
		t.Errorf("launched %+v", l)
	}
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 600 {
		t.Errorf("%+v", done)
	}
	mails := p.Mails()
	if n := mailingtest.Once(t, mails); n != 600 {
		t.Errorf("%d were mailed", n)
	}
	body := string(mails[0].Body)
	for _, want := range []string{"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "From: <news@example.org>", "Dear Person "} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	w.Balanced(id)
}

func TestPocketBasesOwnMailSettingsAreTheDefault(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	w.UseServer(p)
	id := w.NewMailing(nil)
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)
	if n := mailingtest.Once(t, p.Mails()); n != 3 {
		t.Errorf("%d were mailed", n)
	}
}

func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(1500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App)
	e.Start(context.Background())
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 200); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	e.Stop(context.Background())
	if took := time.Since(begin); took > StopTime/2 {
		t.Errorf("it took %s to stop", took)
	}
	states := w.States(id)
	if states[mailing.Sending] != 0 || states[mailing.Uncertain] != 0 || states[mailing.Pending] == 0 {
		t.Errorf("after a stop there are %v", states)
	}
	if len(p.Mails()) != states[mailing.Sent] {
		t.Errorf("%d mails, %d recorded as sent", len(p.Mails()), states[mailing.Sent])
	}
	w.Balanced(id)

	w.start()
	w.untilStatus(id, mailing.Completed)
	if n := mailingtest.Once(t, p.Mails()); n != 1500 {
		t.Errorf("%d were mailed", n)
	}
}
