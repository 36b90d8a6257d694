package delivery

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

func TestWaitsForTheSameReasonAreOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.NewMailing(map[string]any{"status": string(mailing.Running)})
	db, now := w.App.NonconcurrentDB(), time.Now()
	reason := func(code string) *mailing.Reason { return mailing.NewReason(code, code+"!", now) }
	wait := func(after time.Duration, r *mailing.Reason) {
		t.Helper()
		if err := mailing.NoteWait(db, id, r, now.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(want ...string) {
		t.Helper()
		var got []string
		for _, e := range w.Timeline(id) {
			if e.Kind == mailing.EventWaiting {
				var d struct {
					Code  string
					Times int
				}
				if err := json.Unmarshal(e.More, &d); err != nil {
					t.Fatal(err)
				}
				s := fmt.Sprintf("%s %d", d.Code, d.Times)
				if e.Ended == "" {
					s += " still"
				}
				got = append(got, s)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("waits %q, want %q", got, want)
		}
	}
	for i := range 100 { // comes and goes
		wait(time.Duration(2*i)*time.Minute, reason(mailing.WaitServer))
		wait(time.Duration(2*i)*time.Minute, reason(mailing.WaitServer))
		wait(time.Duration(2*i+1)*time.Minute, nil)
	}
	waits("server_unreachable 100")
	wait(201*time.Minute, reason(mailing.WaitRate))
	waits("server_unreachable 100")
	wait(202*time.Minute, reason(mailing.WaitRefusing))
	waits("server_unreachable 100", "server_refusing 1 still")
	wait(203*time.Minute, reason(mailing.WaitServer))
	waits("server_unreachable 101 still", "server_refusing 1")
	if _, err := New(w.App).Pause(id); err != nil {
		t.Fatal(err)
	}
	waits("server_unreachable 101", "server_refusing 1")
	wait(204*time.Minute, reason(mailing.WaitServer))
	waits("server_unreachable 101", "server_refusing 1", "server_unreachable 1 still")
	wait(205*time.Minute, nil)
	wait(300*time.Minute, reason(mailing.WaitServer))
	waits("server_unreachable 101", "server_refusing 1", "server_unreachable 1", "server_unreachable 1 still")
}

func TestATroubledServerIsToldFromItsBeginToItsEnd(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	sender := w.NewSender(p, map[string]any{"port": 1}) // nobody listens there
	id := w.NewMailing(map[string]any{"sender": sender})
	e := w.start(nervous)
	w.launch(e, id)
	w.waits(e, id, mailing.WaitServer)
	if e, d := w.Last(id, mailing.EventWaiting); d["code"] != mailing.WaitServer || d["words"] == "" || e.Ended != "" {
		t.Errorf("waits %+v, %v", e, d)
	}
	record, err := w.App.FindRecordById("senders", sender)
	if err != nil {
		t.Fatal(err)
	}
	record.Set("port", p.Port())
	if err := w.App.Save(record); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	if told, want := w.Told(id), "created · launched by engine · waiting by engine · completed by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if e, _ := w.Last(id, mailing.EventWaiting); e.Ended == "" {
		t.Error("it still waits")
	}
}

func TestBooksThatCouldNotBeWrittenAreToldAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.NewMailing(map[string]any{"status": string(mailing.Running), "started_at": "2026-01-01 00:00:00.000Z"})
	now := time.Now()
	for _, since := range []time.Duration{time.Minute, time.Second} { // a second is not worth a word
		if err := mailing.NoteUnwritten(w.App, mailing.NewReason(mailing.WaitDatabase, "disk full", time.Time{}), now.Add(-since), now); err != nil {
			t.Fatal(err)
		}
	}
	if told, want := w.Told(id), "created · waiting by engine"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if e, d := w.Last(id, mailing.EventWaiting); e.Ended != database.Stamp(now) || d["code"] != mailing.WaitDatabase {
		t.Errorf("%+v, %v", e, d)
	}
}
