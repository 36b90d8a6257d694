package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

// Back and forth in the wizard loses nothing; what repeats is scheduled and not sent.
func Test12AMailingIsScheduledEveryWeek(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone, outbox.Options{})
	w.addClients(owner, 3, numbered)
	owner.message(nil)
	b.goTo("/mailings/new")
	b.choose("Spring news")
	b.fill(b.word("mailing.name", nil), "Weekly")
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	b.settled() // what comes late moves the buttons below it
	b.press(b.word("do.back", nil))
	b.see(b.word("step.message.title", nil))
	if name := b.value(b.word("mailing.name", nil)); name != "Weekly" {
		t.Errorf("gone back to, the step has the name %q", name)
	}
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	b.choose(b.word("audience.everyone", nil))
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.when.title", nil))
	b.choose(b.word("when.later.title", nil))
	b.pick(b.word("repeat", nil), b.word("repeat.weekly", nil))
	start := b.value(b.word("when.start.first", nil))
	b.submit(b.word("do.next", nil))
	b.see(b.word("check.title", nil))
	b.see(b.word("repeat.weekly", nil))
	b.settled()
	b.press(b.word("do.back", nil))
	b.see(b.word("step.when.title", nil))
	if again := b.value(b.word("when.start.first", nil)); again != start || start == "" {
		t.Errorf("gone back to, the start is %q and was %q", again, start)
	}
	b.submit(b.word("do.next", nil))
	b.see(b.word("check.title", nil))
	b.settled()
	b.submit(b.word("do.schedule", nil))
	b.see(b.word("send.schedule.text", nil))
	b.submit(b.word("do.schedule", nil))
	b.see(b.word("done.schedule", nil))
	b.see(b.word("status.scheduled", nil))
	owner.newest("mailings", `status="scheduled" && repeat="weekly" && name="Weekly"`)
	if n := w.outbox.Total(); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}
