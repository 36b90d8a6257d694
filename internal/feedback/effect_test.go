package feedback

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
	"gonets/internal/stats"
	"gonets/internal/webhook"
)

func TestEachKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(7)
	id, mails := w.send()
	of := func(n int) smtptest.Mail { return mails[fmt.Sprintf("person%d@example%d.com", n, n%7)] }
	w.want(arrival.Booked, dsn(of(0), "5.1.1", "550 5.1.1 no such user"))
	w.want(arrival.Booked, dsn(of(1), "5.2.2", "552 5.2.2 mailbox full"))
	w.want(arrival.Booked, dsn(of(2), "5.7.1", "554 5.7.1 rejected for policy reasons: spam"))
	w.want(arrival.Booked, dsn(of(3), "4.4.1", "delayed: no answer from host"))
	w.want(arrival.Booked, complaint(of(4)))
	w.want(arrival.NotOurs, []byte("From: person5@example5.com\r\nTo: <"+of(5).From+">\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"))
	w.want(arrival.NotOurs, []byte("From: person6@example6.com\r\nTo: <"+of(6).From+">\r\nSubject: Question\r\n\r\nHello?\r\n"))
	w.wantCounts(id, 4, 3, 1)
	for n, reason := range []string{mailing.ReasonHard, mailing.ReasonSoft, mailing.ReasonBlock, "", mailing.ReasonComplained, "", ""} {
		if found := w.count(`SELECT COUNT(*) FROM recipients WHERE email = {:email} AND reason = {:reason}`, dbx.Params{"email": of(n).To[0], "reason": reason}); found != 1 {
			t.Errorf("%s is not %q", of(n).To[0], reason)
		}
	}
	if list := fmt.Sprint(w.StopList()); list != "[person0@example0.com bounced person4@example4.com complained]" {
		t.Errorf("the stop list is %s", list)
	}

	t.Run("and the statistics tell them apart", func(t *testing.T) {
		service := stats.New(w.App)
		defer service.Close()
		s, err := service.Statistics(t.Context(), stats.Viewer{ID: w.Owner, Role: stats.Owner}, stats.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if c := s.Totals; c.Bounced != 3 || c.Hard != 1 || c.Soft != 1 || c.Block != 1 || c.Complained != 1 {
			t.Errorf("%+v", c)
		}
	})

	t.Run("and a retry takes the bounced", func(t *testing.T) {
		q, err := w.engine.Retry(t.Context(), id, []mailing.State{mailing.Bounced})
		if err != nil || q.Recipients != 3 {
			t.Fatalf("%+v, %v", q, err)
		}
		w.untilStatus(id, mailing.Completed)
		w.wantCounts(id, 6, 0, 1)                                               // the hard one is skipped
		w.want(arrival.Booked, dsn(of(1), "5.2.2", "552 5.2.2 full once more")) // another try
		w.wantCounts(id, 5, 1, 1)
	})
}

func TestSoftFailuresInARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(2)
	const email = "person0@example0.com"
	day := 24 * time.Hour
	sendOn := func(at time.Time) smtptest.Mail {
		t.Helper()
		id, mails := w.send()
		stamp := dbx.Params{"id": id, "at": at.UTC().Format("2006-01-02 15:04:05.000Z")}
		w.sql(`UPDATE attempts SET created = {:at} WHERE mailing = {:id}`, stamp)
		w.sql(`UPDATE mailings SET started_at = {:at}, finished_at = {:at} WHERE id = {:id}`, stamp)
		return mails[email]
	}
	soft := func(m smtptest.Mail) { t.Helper(); w.want(arrival.Booked, dsn(m, "4.2.2", "452 4.2.2 mailbox full")) }
	start := time.Now().Add(-60 * day)
	next := start
	fail := func(n int, apart time.Duration) {
		for range n {
			soft(sendOn(next))
			next = next.Add(apart)
		}
	}

	fail(5, time.Hour)
	if w.Suppressed(email) {
		t.Error("five failures in five hours suffice")
	}
	next = start.Add(4 * day)
	sendOn(next.Add(-day)) // a success
	fail(4, day)
	if w.Suppressed(email) {
		t.Error("four failures after a success suffice")
	}
	fail(1, day)
	if !w.Suppressed(email) {
		t.Error("five failures in four days do not suffice")
	}
	if w.Suppressed("person1@example1.com") {
		t.Error("somebody else is on the stop list")
	}

	release := func() {
		w.sql(`DELETE FROM suppressions`, nil)
		w.sql(`UPDATE clients SET status = 'active'`, nil)
	}
	release()
	fail(4, day)
	if w.Suppressed(email) {
		t.Error("who left the stop list does not begin anew")
	}
	fail(1, day)
	if !w.Suppressed(email) {
		t.Error("five more do not suffice")
	}
	release()
	w.sql(`UPDATE instance SET soft_bounces = 0`, nil)
	fail(6, day)
	if w.Suppressed(email) {
		t.Error("0 does not mean never")
	}
}

func TestRefusalsInTheSessionCountToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus",
		smtptest.To("person0@example0.com", smtptest.RCPT, smtptest.Say("550 5.2.2 mailbox full")),
		smtptest.To("person1@example1.com", smtptest.RCPT, smtptest.Say("550 5.7.1 rejected as spam")),
		smtptest.To("person2@example2.com", smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")),
	)
	w.NewClients(4)
	id, _ := w.send()
	w.wantCounts(id, 1, 0, 0)
	if n := w.count(`SELECT COUNT(*) FROM soft_failures WHERE email = 'person0@example0.com' AND failures = 1`, nil); n != 1 {
		t.Error("the soft refusal is not counted")
	}
	if n := w.count(`SELECT COUNT(*) FROM soft_failures`, nil); n != 1 {
		t.Errorf("%d addresses are counted", n)
	}
	if list := fmt.Sprint(w.StopList()); list != "[person2@example2.com bounced]" {
		t.Errorf("the stop list is %s", list)
	}
}

func TestAMailingPausesForWhatComesBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   string
		source func(m smtptest.Mail) []byte
		most   int // of 200
	}{
		{mailing.WaitBounces, func(m smtptest.Mail) []byte { return dsn(m, "5.2.2", "552 mailbox full") }, 20},
		{mailing.WaitComplaints, complaint, 0},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "plus")
			w.NewClients(300)
			id := w.NewMailing(map[string]any{"sender": w.sender})
			w.sql(`UPDATE senders SET daily_limit = 240`, nil) // so that it runs, and waits
			if _, err := w.engine.Launch(t.Context(), id, ""); err != nil {
				t.Fatal(err)
			}
			w.Eventually("240 are sent", func() bool { return w.progress(id).Sent == 240 })
			mails := w.server.Mails()
			w.sql(`UPDATE instance SET pause_bounce_percent = 8.5, pause_complaint_percent = 0.3`, nil) // 20 of 240 are 8.33 %
			n := 0
			back := func(times int) {
				for range times {
					w.want(arrival.Booked, c.source(mails[n]))
					n++
				}
			}
			back(c.most)
			if p := w.progress(id); p.Status != mailing.Running {
				t.Fatalf("it is %s after %d", p.Status, n)
			}
			back(1)
			if p := w.progress(id); p.Status != mailing.Paused {
				t.Fatalf("it is %s after %d: %+v", p.Status, n, p)
			}
			_, detail := w.Last(id, mailing.EventPaused)
			if detail["code"] != c.code || detail["handed"] != 240.0 {
				t.Errorf("%v", detail)
			}
			back(3) // while it is paused
			if _, err := w.engine.Resume(id); err != nil {
				t.Fatal(err)
			}
			back(3)
			if p := w.progress(id); p.Status != mailing.Running {
				t.Errorf("it is %s again for what came back before", p.Status)
			}
			w.Audit(id)
		})
	}
}

func TestReportsOfAProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(3)
	id, mails := w.send()
	bounced := func(kind bounce.Kind, event, to string) webhook.Report {
		return webhook.Report{Recipient: bounce.Recipient{Kind: kind, Address: to, Code: 550}, ID: event}
	}
	both := bounced(bounce.Hard, "b", "unknown@example.net")
	both.ReturnPath = mails["person1@example1.com"].From
	reports := []webhook.Report{
		bounced(bounce.Hard, "a", "person0@example0.com"), // the provider is proven, so its address suffices
		both, bounced(bounce.Delivered, "c", "person2@example2.com"), bounced(bounce.Hard, "d", "stranger@example.net"),
	}
	for range 2 {
		if err := w.booker.Reports(t.Context(), "hook", reports); err != nil {
			t.Fatal(err)
		}
	}
	w.wantCounts(id, 1, 2, 0)
	if list := fmt.Sprint(w.StopList()); list != "[person0@example0.com bounced person1@example1.com bounced]" {
		t.Errorf("the stop list is %s", list)
	}
	if n := w.count(`SELECT COUNT(*) FROM webhook_reports`, nil); n != 4 {
		t.Errorf("%d reports are noted", n)
	}
}

func TestAHardBounceAfterASoftOneReachesTheStopList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(2)
	id, mails := w.send()
	m := mails["person1@example1.com"]
	w.want(arrival.Booked, dsn(m, "4.2.2", "452 4.2.2 mailbox full"))
	if list := w.StopList(); len(list) != 0 {
		t.Errorf("after the soft bounce the stop list is %v", list)
	}
	w.want(arrival.Known, dsn(m, "4.2.2", "452 4.2.2 mailbox full, says another system"))
	w.want(arrival.Booked, dsn(m, "5.1.1", "550 5.1.1 no such user"))
	if list := w.StopList(); len(list) != 1 || list[0] != "person1@example1.com bounced" {
		t.Errorf("after the hard bounce the stop list is %v", list)
	}
	w.wantCounts(id, 1, 1, 0)
}
