package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/calendar"
	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

func TestTheEngineTellsWhyItPauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.NewClients(3)
	running, scheduled := w.NewMailing(map[string]any{"status": string(mailing.Running)}), w.NewMailing(map[string]any{"status": string(mailing.Scheduled)})
	db := w.App.NonconcurrentDB()
	if err := mailing.NoteWait(db, running, mailing.NewReason(mailing.WaitServer, "", time.Time{}), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := mailing.PauseOf(w.App, w.Owner); err != nil {
		t.Fatal(err)
	}
	if told, want := w.Told(running), "created · waiting by engine · paused by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if e, _ := w.Last(running, mailing.EventWaiting); e.Ended == "" {
		t.Error("it still waits for the server")
	}
	if _, d := w.Last(running, mailing.EventPaused); d["code"] != mailing.WaitOwnerBlocked {
		t.Errorf("paused for %v", d)
	}
	if w.Record(scheduled).GetString("status") != string(mailing.Scheduled) {
		t.Error("a scheduled mailing was paused with its owner")
	}
	if err := mailing.PauseAll(db, `status IN ('running', 'scheduled')`, nil, mailing.NewReason(mailing.WaitBackup, "", time.Time{})); err != nil {
		t.Fatal(err)
	}
	if told, want := w.Told(scheduled), "created · paused by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestALaunchThatIsLateBecauseNothingWasRunningSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		due    time.Duration
		before func(w *world, id string)
		late   bool
	}{
		{"due an hour ago", -time.Hour, nil, true},
		{"due a moment ago", -time.Second, nil, false},
		{"due an hour ago, and paused since", -time.Hour, func(w *world, id string) {
			e := New(w.App)
			w.Set(id, `status = 'paused'`)
			if _, err := e.Resume(id); err != nil {
				w.T.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(2)
			due := database.Stamp(time.Now().Add(c.due))
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil), "status": string(mailing.Scheduled), "starts_at": due})
			if c.before != nil {
				c.before(w, id)
			}
			w.start()
			w.untilStatus(id, mailing.Completed)
			_, d := w.Last(id, mailing.EventLaunched)
			if _, late := d["due"]; late != c.late || late && d["due"] != due {
				t.Errorf("launched with %v", d)
			}
		})
	}
}

func TestWhatIsDueAndMustNotStartSaysWhy(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	id := w.NewMailing(map[string]any{
		"sender": w.NewSender(p, nil), "status": string(mailing.Scheduled), "starts_at": database.Stamp(time.Now()), "blocked": true, "block_reason": "spam",
	})
	e := w.start()
	w.untilStatus(id, mailing.Paused)
	if _, d := w.Last(id, mailing.EventPaused); d["code"] != mailing.WaitBlocked {
		t.Errorf("paused for %v", d)
	}
	if _, err := e.Unblock(id); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Resume(id); err != nil { // with nobody in its audience
		t.Fatal(err)
	}
	w.waits(e, id, mailing.WaitCannotStart)
	if _, d := w.Last(id, mailing.EventWaiting); d["code"] != mailing.WaitCannotStart || !strings.HasPrefix(d["words"].(string), "audience_empty") {
		t.Errorf("waits for %v", d)
	}
}

func TestAPassedEndIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.NewClients(10)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
	w.launch(New(w.App).By(anna), id)
	w.Set(id, `ends_at = '2026-01-01 00:00:00.000Z', status = 'paused'`)
	w.start()
	w.untilStatus(id, mailing.Completed)
	if told, want := w.Told(id), "created · launched by owner · ended by engine · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(id, mailing.EventEnded); d["left"] != 10.0 {
		t.Errorf("ended with %v", d)
	}
}

func TestARepeatedMailingAndItsOccurrenceTellOfEachOther(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(2)
	due := time.Now().Add(-50 * time.Hour)
	id := w.NewMailing(map[string]any{
		"sender": w.NewSender(p, nil), "status": string(mailing.Scheduled), "starts_at": database.Stamp(due), "repeat": string(calendar.Daily), "timezone": "UTC",
	})
	w.start()
	var child string
	w.until(id, "repeated", func(results.Progress) bool {
		return w.App.NonconcurrentDB().NewQuery(`SELECT id FROM mailings WHERE parent = {:id} AND status = 'completed'`).
			Bind(dbx.Params{"id": id}).Row(&child) == nil
	})
	if _, d := w.Last(id, mailing.EventRepeated); d["mailing"] != child || d["missed"] != 2.0 {
		t.Errorf("repeated %v", d)
	}
	if told, want := w.Told(child), "occurrence by engine · launched by engine · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(child, mailing.EventOccurrence); d["of"] != id {
		t.Errorf("an occurrence of %v", d)
	}
}

func TestAMailingThatFailsTooOftenTellsWhy(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.RCPT, smtptest.Act{Reply: "550 5.7.1 you are not welcome"})}})
	w.NewClients(300)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 2})})
	w.launch(w.start(), id)
	w.untilStatus(id, mailing.Paused)
	if told, want := w.Told(id), "created · launched by engine · paused by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(id, mailing.EventPaused); d["code"] != mailing.WaitFailures || d["cause"] != mailing.ReasonPolicy || d["tried"] != d["ended"] {
		t.Errorf("paused for %v", d)
	}
}

func TestAnInterruptionIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.NewClients(4)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
	w.launch(New(w.App), id)
	_, err := w.App.NonconcurrentDB().NewQuery(`
		UPDATE recipients SET state = 'sending' WHERE id IN (SELECT id FROM recipients WHERE mailing = {:id} LIMIT 2)`).
		Bind(dbx.Params{"id": id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	w.untilStatus(id, mailing.Completed)
	if told, want := w.Told(id), "created · launched by engine · interrupted by engine · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if _, d := w.Last(id, mailing.EventInterrupted); d["recipients"] != 2.0 {
		t.Errorf("interrupted %v", d)
	}
}
