package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

var anna = mailing.Actor{Kind: mailing.ActorOwner, ID: "anna", Name: "Anna"}

func TestEachVerbLeavesItsEventOnceHoweverOftenItIsUsed(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name string
		from mailing.Status
		verb func(e *launch.Verbs, id string) error
		want string // after "created"
	}{
		{"schedule", mailing.Created, func(e *launch.Verbs, id string) error {
			_, err := e.Schedule(t.Context(), id, at)
			return err
		}, "scheduled by owner"},
		{"send", mailing.Created, func(e *launch.Verbs, id string) error {
			_, err := e.Launch(t.Context(), id, "key")
			return err
		}, "launched by owner"},
		{"pause", mailing.Running, func(e *launch.Verbs, id string) error {
			_, err := e.Pause(id)
			return err
		}, "paused by owner"},
		{"resume", mailing.Paused, func(e *launch.Verbs, id string) error {
			_, err := e.Resume(id)
			return err
		}, "resumed by owner"},
		{"cancel", mailing.Paused, func(e *launch.Verbs, id string) error {
			_, err := e.Cancel(id)
			return err
		}, "cancelled by owner"},
		{"block", mailing.Running, func(e *launch.Verbs, id string) error {
			_, err := e.Block(id, "spam")
			return err
		}, "blocked by owner"},
		{"block and unblock", mailing.Paused, func(e *launch.Verbs, id string) error {
			if _, err := e.Block(id, "spam"); err != nil {
				return err
			}
			if _, err := e.Unblock(id); err != nil {
				return err
			}
			_, err := e.Unblock(id)
			return err
		}, "blocked by owner · unblocked by owner"},
		{"retry with nobody to retry", mailing.Completed, func(e *launch.Verbs, id string) error {
			_, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed, mailing.Uncertain})
			return err
		}, ""},
		{"accept with nobody to accept", mailing.Completed, func(e *launch.Verbs, id string) error {
			_, err := e.Accept(t.Context(), id)
			return err
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.NewClients(3)
			p := smtptest.Start(t, smtptest.Script{})
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "status": string(c.from)})
			if c.from != mailing.Created {
				w.Set(id, `started_at = '2026-01-01 00:00:00.000Z'`)
			}
			e := New(w.App).By(anna)
			times := 2
			if c.name == "block and unblock" {
				times = 1
			}
			for range times {
				if err := c.verb(e, id); err != nil {
					t.Fatal(err)
				}
			}
			want := "created"
			if c.want != "" {
				want += " · " + c.want
			}
			if told := w.Told(id); told != want {
				t.Errorf("told %q, want %q", told, want)
			}
			for _, event := range w.Timeline(id)[1:] {
				if *event.Actor != anna {
					t.Errorf("%s by %+v", event.Kind, *event.Actor)
				}
			}
		})
	}
}

func TestATimelineTellsAMailingFromItsLaunchToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := smtptest.Start(t, smtptest.Script{})
	w.NewClients(5)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e.By(mailing.CommandLine), id)
	w.untilStatus(id, mailing.Completed)
	if n, err := e.Joined(t.Context(), w.Record(id)); err != nil || n != 0 {
		t.Errorf("%d have joined, %v", n, err)
	}
	if told, want := w.Told(id), "created · launched by cli · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(id, mailing.EventCompleted); d["sent"] != 5.0 || d["failed"] != 0.0 {
		t.Errorf("completed with %v", d)
	}

	w.NewClient("late@example.org")
	if n, err := e.Joined(t.Context(), w.Record(id)); err != nil || n != 1 {
		t.Errorf("%d have joined, %v", n, err)
	}
	if _, err := e.By(anna).Extend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	if told, want := w.Told(id), "created · launched by cli · completed by engine · extended by owner · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(id, mailing.EventExtended); d["recipients"] != 1.0 {
		t.Errorf("extended by %v", d)
	}
	if _, err := e.By(anna).Extend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(w.Told(id), "extended"); n != 1 {
		t.Errorf("extending by nobody was told too: %s", w.Told(id))
	}

	other, err := e.By(anna).Duplicate(id)
	if err != nil {
		t.Fatal(err)
	}
	if told := w.Told(other); told != "copied by owner" {
		t.Errorf("the duplicate tells %q", told)
	}
	if _, d := w.Last(other, mailing.EventCopied); d["from"] != id || d["name"] != "mailing" {
		t.Errorf("copied %v", d)
	}
}

func TestRetryAndAcceptTellHowManyOfWhichState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.NewClients(mailing.SkipChunk + 3)
	p := smtptest.Start(t, smtptest.Script{})
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App)
	w.launch(e, id)
	settle := func() {
		t.Helper()
		for _, q := range []string{
			`UPDATE recipients SET state = IIF(id % 10000 < 3, 'uncertain', 'failed') WHERE mailing = {:id}`,
			`UPDATE mailings SET status = 'paused', failed = (SELECT COUNT(*) FROM recipients WHERE mailing = {:id} AND state = 'failed'),
				uncertain = (SELECT COUNT(*) FROM recipients WHERE mailing = {:id} AND state = 'uncertain'), sent = 0 WHERE id = {:id}`,
		} {
			if _, err := w.App.NonconcurrentDB().NewQuery(q).Bind(dbx.Params{"id": id}).Execute(); err != nil {
				t.Fatal(err)
			}
		}
	}
	settle()
	states := w.States(id)
	if _, err := e.By(anna).Retry(t.Context(), id, []mailing.State{mailing.Failed, mailing.Uncertain}); err != nil {
		t.Fatal(err)
	}
	if _, d := w.Last(id, mailing.EventRetried); d["failed"] != float64(states[mailing.Failed]) || d["uncertain"] != float64(states[mailing.Uncertain]) {
		t.Errorf("retried %v of %v", d, states)
	}
	settle()
	if _, err := e.By(anna).Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, d := w.Last(id, mailing.EventAccepted); d["uncertain"] != float64(states[mailing.Uncertain]) {
		t.Errorf("accepted %v of %v", d, states)
	}
	if told, want := w.Told(id), "created · launched by engine · retried by owner · accepted by owner"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestATimelineIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.NewMailing(map[string]any{"status": string(mailing.Running)})
	db := w.App.NonconcurrentDB()
	if _, err := mailing.Note(db, id, anna, mailing.EventLaunched, nil); err != nil {
		t.Fatal(err)
	}
	for i := range mailing.MaxEvents + 20 {
		if _, err := mailing.Note(db, id, anna, mailing.EventPaused, mailing.Detail{"left": i}); err != nil {
			t.Fatal(err)
		}
	}
	events := w.Timeline(id)
	if n := len(events); n != mailing.MaxEvents+2 || events[1].Kind != mailing.EventLaunched {
		t.Errorf("%d events, the second %s", n, events[1].Kind)
	}
	if _, d := w.Last(id, mailing.EventPaused); d["left"] != float64(mailing.MaxEvents+19) {
		t.Errorf("the last was dropped: %v", d)
	}
}
