package delivery

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/apptest"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// slow is a server that leaves time to do something while a mailing runs.
var slow = smtptest.Script{Latency: 5 * time.Millisecond}

func refusedWith(t *testing.T, err error, status int, code string) {
	t.Helper()
	var r *denial.Error
	if !errors.As(err, &r) || r.Status != status || r.Code != code {
		t.Errorf("%#v, want %d %s", err, status, code)
	}
}

func TestPauseStopsAndResumeGoesOn(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	if done, err := e.Pause(id); err != nil || done.Status != mailing.Paused {
		t.Fatalf("%+v, %v", done, err)
	}
	if done, err := e.Pause(id); err != nil || done.Status != mailing.Paused {
		t.Errorf("a second pause: %+v, %v", done, err)
	}
	w.until(id, "at rest", func(results.Progress) bool { return w.States(id)[mailing.Sending] == 0 })
	sent := w.States(id)[mailing.Sent]
	if sent == 500 || sent != len(p.Mails()) {
		t.Errorf("%d sent, %d mails", sent, len(p.Mails()))
	}
	if done, err := e.Resume(id); err != nil || done.Status != mailing.Running {
		t.Fatalf("%+v, %v", done, err)
	}
	w.untilStatus(id, mailing.Completed)
	if n := mailingtest.Once(t, p.Mails()); n != 500 {
		t.Errorf("%d were mailed", n)
	}
	w.Balanced(id)
	_, err := e.Resume(id)
	refusedWith(t, err, http.StatusConflict, "wrong_state")
}

func TestCancelSkipsTheRest(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(2 * mailing.SkipChunk)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Cancel(id); err != nil {
		t.Fatal(err)
	}
	done := w.until(id, "settled", func(p results.Progress) bool { return p.Total == p.Sent+p.Skipped })
	if done.Status != mailing.Cancelled || done.Sent != len(p.Mails()) {
		t.Errorf("%+v, %d mails", done, len(p.Mails()))
	}
	w.Balanced(id)
	if _, err := e.Cancel(id); err != nil {
		t.Errorf("a second cancel: %v", err)
	}
	_, err := e.Resume(id)
	refusedWith(t, err, http.StatusConflict, "wrong_state")
}

func TestAPauseByAnotherProcessIsSeen(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	w.launch(w.start(), id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	if _, err := New(apptest.Open(t, w.Dir)).Pause(id); err != nil {
		t.Fatal(err)
	}
	w.until(id, "at rest", func(results.Progress) bool { return w.States(id)[mailing.Sending] == 0 })
	if sent := w.States(id)[mailing.Sent]; sent == 500 {
		t.Error("everybody was mailed in spite of the pause")
	}
}

func TestABlockedMailingStopsAndUnblockingResumesNothing(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if done, err := e.Block(id, "spam"); err != nil || done.Status != mailing.Paused {
		t.Fatalf("%+v, %v", done, err)
	}
	_, err := e.Resume(id)
	refusedWith(t, err, http.StatusForbidden, "blocked")
	if done, err := e.Unblock(id); err != nil || done.Status != mailing.Paused {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := e.Resume(id); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
}

func TestTwoClicksSendOnce(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(200)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	var (
		clicks  sync.WaitGroup
		mu      sync.Mutex
		started int
	)
	for range 8 {
		clicks.Go(func() {
			_, err := e.Launch(context.Background(), id, "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				started++
				return
			}
			var r *denial.Error
			if !errors.As(err, &r) || r.Status != http.StatusConflict {
				t.Errorf("refused with %v", err)
			}
		})
	}
	clicks.Wait()
	if started != 1 {
		t.Errorf("launched %d times", started)
	}
	w.untilStatus(id, mailing.Completed)
	if n := mailingtest.Once(t, p.Mails()); n != 200 {
		t.Errorf("%d were mailed", n)
	}
}

func TestTheSameKeyGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(5)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	first, err := e.Launch(t.Context(), id, "key-1")
	if err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	again, err := e.Launch(t.Context(), id, "key-1")
	if err != nil || again != first {
		t.Errorf("%+v, %v; want %+v", again, err, first)
	}
	_, err = e.Launch(t.Context(), id, "key-2")
	refusedWith(t, err, http.StatusConflict, "wrong_state")
}

func TestWhatCannotBeSentIsRefusedAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		status  int
		code    string
		prepare func(w *world, p *smtptest.Server) map[string]any
	}{
		{"nobody in the audience", 400, "audience_empty", func(w *world, p *smtptest.Server) map[string]any {
			return map[string]any{"sender": w.NewSender(p, nil)}
		}},
		{"everybody on the stop list", 400, "audience_suppressed", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClient("a@example.org")
			w.Save("suppressions", map[string]any{"owner": w.Owner, "kind": "domain", "value": "example.org", "reason": "manual"})
			return map[string]any{"sender": w.NewSender(p, nil)}
		}},
		{"no mail server", 400, "no_mail_server", func(w *world, _ *smtptest.Server) map[string]any {
			w.NewClients(1)
			return nil
		}},
		{"no message", 400, "no_message", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			return map[string]any{"sender": w.NewSender(p, nil), "message": ""}
		}},
		{"a message without a subject", 400, "no_subject", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			m := w.Save("messages", map[string]any{"owner": w.Owner, "name": "x", "subject": " ", "format": "text", "body": "x"})
			return map[string]any{"sender": w.NewSender(p, nil), "message": m.Id}
		}},
		{"a broken template", 400, "broken_template", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			m := w.Save("messages", map[string]any{"owner": w.Owner, "name": "x", "subject": "{% if %}", "format": "text", "body": "x"})
			return map[string]any{"sender": w.NewSender(p, nil), "message": m.Id}
		}},
		{"the end has passed", 400, "ended", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			return map[string]any{"sender": w.NewSender(p, nil), "ends_at": "2020-01-01 00:00:00.000Z"}
		}},
		{"a blocked mailing", 403, "blocked", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			return map[string]any{"sender": w.NewSender(p, nil), "blocked": true}
		}},
		{"an owner who waits for approval", 403, "awaiting_approval", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			w.SetUser("awaiting_approval", true)
			return map[string]any{"sender": w.NewSender(p, nil)}
		}},
		{"a blocked owner", 403, "owner_blocked", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			w.SetUser("blocked", true)
			return map[string]any{"sender": w.NewSender(p, nil)}
		}},
		{"a mailing that ran already", 409, "wrong_state", func(w *world, p *smtptest.Server) map[string]any {
			w.NewClients(1)
			return map[string]any{"sender": w.NewSender(p, nil), "status": "completed"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			id := w.NewMailing(c.prepare(w, p))
			before := w.Record(id).GetString("status")
			_, err := New(w.App).Launch(t.Context(), id, "")
			refusedWith(t, err, c.status, c.code)
			m := w.Record(id)
			if m.GetString("status") != before || m.GetString("launching_at") != "" || len(w.States(id)) > 0 {
				t.Errorf("left over: %s, %q, %v", m.GetString("status"), m.GetString("launching_at"), w.States(id))
			}
			var contents int
			if err := w.App.ConcurrentDB().NewQuery(`SELECT COUNT(*) FROM contents`).Row(&contents); err != nil || contents > 0 {
				t.Errorf("%d contents are left, %v", contents, err)
			}
		})
	}
	_, err := New(newWorld(t).App).Launch(t.Context(), "nosuchmailing00", "")
	refusedWith(t, err, http.StatusNotFound, "not_found")
}

func TestRetryAndAcceptSettleTheUncertainAndTheFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
		firstTime(smtptest.To("maybe@example.org", smtptest.Body, smtptest.Hangup())),
		firstTime(smtptest.To("surely@example.org", smtptest.Body, smtptest.Hangup())),
		firstTime(smtptest.To("no@example.org", smtptest.RCPT, smtptest.Say("550 5.2.1 disabled"))),
	}})
	for _, email := range []string{"maybe@example.org", "surely@example.org", "no@example.org", "yes@example.org"} {
		w.NewClient(email)
	}
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
	e := w.start()
	w.launch(e, id)
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 1 || done.Failed != 1 || done.Uncertain != 2 {
		t.Fatalf("%+v", done)
	}
	_, err := e.Retry(t.Context(), id, []mailing.State{mailing.Sent})
	refusedWith(t, err, http.StatusBadRequest, "states_invalid")

	q, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed})
	if err != nil || q.Recipients != 1 || q.Status != mailing.Running {
		t.Fatalf("%+v, %v", q, err)
	}
	done = w.untilStatus(id, mailing.Completed)
	if done.Sent != 2 || done.Failed != 0 || done.Uncertain != 2 {
		t.Fatalf("after the retry: %+v", done)
	}
	q, err = e.Accept(t.Context(), id)
	if err != nil || q.Recipients != 2 || q.Status != mailing.Completed {
		t.Fatalf("%+v, %v", q, err)
	}
	done = w.untilStatus(id, mailing.Completed)
	if done.Sent != 4 || done.Uncertain != 0 {
		t.Fatalf("after accepting: %+v", done)
	}
	w.Balanced(id)
}

// firstTime applies a rule until it has acted once.
func firstTime(r smtptest.Rule) smtptest.Rule {
	var once sync.Once
	return func(m smtptest.Moment) *smtptest.Act {
		a := r(m)
		if a == nil {
			return nil
		}
		var first *smtptest.Act
		once.Do(func() { first = a })
		return first
	}
}

func TestExtendSendsToThoseWhoJoined(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(10)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)

	q, err := e.Extend(t.Context(), id)
	if err != nil || q.Recipients != 0 || q.Status != mailing.Completed {
		t.Fatalf("with nobody new: %+v, %v", q, err)
	}
	w.NewClient("late@example.org")
	w.NewClient("later@example.org")
	q, err = e.Extend(t.Context(), id)
	if err != nil || q.Recipients != 2 || q.Status != mailing.Running {
		t.Fatalf("%+v, %v", q, err)
	}
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 12 || done.Total != 12 {
		t.Errorf("%+v", done)
	}
	if n := mailingtest.Once(t, p.Mails()); n != 12 {
		t.Errorf("%d were mailed", n)
	}
	w.Balanced(id)
}

func TestADuplicateStartsFresh(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(2)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "starts_at": "2020-01-01 00:00:00.000Z", "filter": `email != "x"`})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)
	copied, err := e.Duplicate(id)
	if err != nil {
		t.Fatal(err)
	}
	a, b := w.Record(id), w.Record(copied)
	if b.GetString("status") != "created" || b.GetInt("sent") != 0 || !b.GetDateTime("starts_at").IsZero() {
		t.Errorf("%v", b)
	}
	for _, field := range []string{"message", "sender", "audience", "filter", "owner", "name"} {
		if a.GetString(field) != b.GetString(field) {
			t.Errorf("%s: %q became %q", field, a.GetString(field), b.GetString(field))
		}
	}
	w.launch(e, copied)
	w.untilStatus(copied, mailing.Completed)
}

func TestAScheduledMailingStartsWhenItsTimeComes(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	_, err := e.Schedule(t.Context(), id, time.Now().Add(-time.Hour))
	refusedWith(t, err, http.StatusBadRequest, "starts_at_passed")
	if done, err := e.Schedule(t.Context(), id, time.Now().Add(time.Hour)); err != nil || done.Status != mailing.Scheduled {
		t.Fatalf("%+v, %v", done, err)
	}
	if done, err := e.Schedule(t.Context(), id, time.Now().Add(50*time.Millisecond)); err != nil || done.Status != mailing.Scheduled {
		t.Fatalf("%+v, %v", done, err)
	}
	w.untilStatus(id, mailing.Completed)
}

func TestAScheduledMailingThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	sender := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": sender, "status": "scheduled", "starts_at": types.NowDateTime()})
	w.start()
	got := w.until(id, "held", func(p results.Progress) bool { return reasonCode(p) != "" })
	if reasonCode(got) != mailing.WaitCannotStart || got.Status != mailing.Scheduled {
		t.Errorf("%+v, %s", got, got.Reason)
	}
}

func TestWhenTheEndComesTheRestIsSkipped(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: 20 * time.Millisecond})
	w.NewClients(2000)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 2})})
	w.launch(w.start(), id)
	if _, err := p.WaitMails(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE mailings SET ends_at = {:now} WHERE id = {:id}`).
		Bind(dbx.Params{"now": types.NowDateTime().String(), "id": id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent == 0 || done.Skipped == 0 || done.Sent+done.Skipped != 2000 {
		t.Errorf("%+v", done)
	}
	w.Balanced(id)
}

func TestWhoUnsubscribesWhileTheMailingRunsIsNotMailed(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: 20 * time.Millisecond})
	w.NewClients(100)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
	w.launch(w.start(), id)
	if _, err := p.WaitMails(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	last := "person99@example1.com" // the last by address
	w.Save("suppressions", map[string]any{"owner": w.Owner, "kind": "address", "value": last, "reason": "unsubscribed"})
	done := w.untilStatus(id, mailing.Completed)
	if done.Skipped != 1 || done.Sent != 99 {
		t.Errorf("%+v", done)
	}
	if r := w.recipient(id, last); r.State != mailing.Skipped || r.Reason != "unsubscribed" {
		t.Errorf("%+v", r)
	}
	w.Balanced(id)
}

func TestASmallMailingDoesNotWaitBehindALargeOne(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Latency: 10 * time.Millisecond})
	w.NewClients(5000)
	sender := w.NewSender(p, map[string]any{"connections": 2})
	large := w.NewMailing(map[string]any{"sender": sender})
	small := w.NewMailing(map[string]any{"sender": sender, "filter": `email ~ "person1@"`})
	e := w.start()
	w.launch(e, large)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	w.launch(e, small)
	w.untilStatus(small, mailing.Completed)
	if left, err := e.ProgressOf(large); err != nil || left.Sent > 1000 {
		t.Errorf("the large one had sent %d first, %v", left.Sent, err)
	}
}
