package e2e

import (
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// What is scheduled is edited step by step, each saved and said so, and ends with "Done"; it may become a draft again.
func Test12AScheduledMailingIsEditedAndTakenBack(t *testing.T) {
	t.Parallel()
	v := phone.in("ru")
	w, owner, b := newBrowser(t, v, outbox.Options{})
	w.addClients(owner, 3, numbered)
	id := owner.mailing(owner.message(nil), object{"timezone": "UTC"})
	start := time.Now().Add(72 * time.Hour).UTC().Truncate(time.Hour)
	owner.verb(id, "schedule", object{"starts_at": start.Format(time.RFC3339)}).want(200)

	b.goTo("/mailings/" + id + "/edit?step=message")
	b.fill(b.word("mailing.name", nil), "Autumn")
	b.look("wizard-scheduled", v)
	b.submit(b.word("do.saveNext", nil))
	b.see(b.word("wizard.saved", object{"step": b.word("step.message", nil)}))
	var m struct{ Name, Status string }
	owner.get("/api/collections/mailings/records/" + id).want(200).into(&m)
	if m.Name != "Autumn" || m.Status != "scheduled" {
		t.Errorf("after the first step the mailing is %+v", m)
	}
	b.see(b.word("step.audience.title", nil))
	b.submit(b.word("do.saveNext", nil))
	b.see(b.word("step.when.title", nil))
	b.submit(b.word("do.saveNext", nil))
	b.see(b.word("check.title", nil))
	b.settled()
	if text := b.text("main"); strings.Contains(text, b.word("do.schedule", nil)) {
		t.Error("the last step offers to schedule what is scheduled")
	}
	b.look("wizard-scheduled-check", v)
	b.press(b.word("do.done", nil))
	b.see(b.word("mailing.startsAt.text", nil))
	b.look("mailing-scheduled", v)

	b.press(b.word("do.unschedule", nil))
	b.see(b.word("done.unschedule", nil))
	b.see(b.word("mailing.prepared", nil))
	b.see(b.word("timeline.unscheduled", nil))
	if got := owner.read(id); got.Status != "created" {
		t.Errorf("taken back, the mailing is %s", got.Status)
	}
	b.press(b.word("mailing.goOn", nil))
	b.see(b.word("check.title", nil))
	b.settled()
	b.submit(b.word("do.schedule", nil))
	b.see(b.word("send.schedule.text", nil))
	b.submit(b.word("do.schedule", nil))
	b.see(b.word("done.schedule", nil))
}

// The words of a cancelled mailing are true of one that never started.
func Test12WordsOfWhatIsCancelledBeforeItsStart(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{})
	w.addClients(owner, 3, numbered)
	message := owner.message(nil)
	later := object{"starts_at": time.Now().Add(72 * time.Hour).UTC().Format(time.RFC3339)}
	once, series := owner.mailing(message, nil), owner.mailing(message, object{"repeat": "weekly"})
	for id, ask := range map[string]string{once: "cancel.scheduled", series: "cancel.series"} {
		owner.verb(id, "schedule", later).want(200)
		b.goTo("/mailings/" + id)
		b.press(b.word("do.cancelMailing", nil))
		b.see(b.word(ask, nil))
		if text := b.text("dialog[open]"); strings.ContainsAny(text, "0123456789") {
			t.Errorf("the question counts recipients: %s", text)
		}
		b.submit(b.word("do.cancelMailing", nil))
		b.see(b.word("done.cancel", nil))
		b.see(strings.TrimSuffix(b.word("mailing.cancelledAt", object{"when": ""}), " "))
		b.look("mailing-cancelled-"+ask, desktop)
	}
	b.goTo("/mailings/" + once)
	b.see(b.word("mailing.cancelled.text", nil))
	b.goTo("/mailings/" + series)
	b.see(b.word("repeat.done.never", nil))
	b.seeNoMore(b.word("repeat.done.none", nil))
}

// A mailing has one total, those on the stop list among them, and how many were sent leads wherever it is shown.
func Test12AMailingHasOneTotal(t *testing.T) {
	t.Parallel()
	rules := func(_, rcpt string, _ int) *outbox.Reply {
		if strings.HasPrefix(rcpt, "bad.") {
			return &outbox.Reply{Code: 550, Enhanced: "5.7.1", Text: "No"}
		}
		return nil
	}
	w, owner, b := newBrowser(t, desktop, outbox.Options{Rules: rules})
	w.addClients(owner, 9, numbered)
	w.addClients(owner, 1, func(i int) string { return "bad." + numbered(i) })
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": numbered(0), "reason": "manual"}).want(200)
	id := owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	if m := owner.read(id); m.Total != 10 || m.Sent != 8 || m.Skipped != 1 || m.Failed != 1 {
		t.Fatalf("the mailing is %+v", m)
	}
	b.goTo("/mailings/" + id)
	b.see("8 " + b.word("progress.of", object{"total": 10}))
	for _, page := range []string{"/mailings", "/"} {
		b.goTo(page)
		b.see(b.word("mailing.sentOf", object{"sent": 8, "total": 10}))
	}
}
