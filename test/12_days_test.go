package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Days are counted on the calendar, where a day may have 23 hours or 25.
func Test12DaysAreCountedOnTheCalendar(t *testing.T) {
	t.Parallel()
	_, _, b := newBrowser(t, desktop, outbox.Options{})
	for _, c := range []struct{ now, then, zone, want string }{
		// On 1 November 2026 clocks in New York go back: the day has 25 hours.
		{"2026-11-01T04:30:00Z", "2026-11-02T14:00:00Z", "America/New_York", "when.tomorrow"},
		{"2026-11-02T04:30:00Z", "2026-11-01T15:00:00Z", "America/New_York", "when.today"},
		{"2026-11-02T05:30:00Z", "2026-11-01T15:00:00Z", "America/New_York", "when.yesterday"},
		// On 14 March 2027 they go forward: it has 23.
		{"2027-03-15T03:30:00Z", "2027-03-15T14:00:00Z", "America/New_York", "when.tomorrow"},
		{"2027-03-15T04:30:00Z", "2027-03-14T15:00:00Z", "America/New_York", "when.yesterday"},
	} {
		got := ask[bool](b, fmt.Sprintf(`import(new URL('i18n/index.js', document.baseURI)).then(words => {
			const now = Date.now;
			const zone = words.timezone.peek();
			words.timezone.value = %q;
			Date.now = () => Date.parse(%q);
			const said = words.when(%q), want = words.t(%q, {time: words.time(%[3]q), day: words.day(%[3]q)});
			Date.now = now;
			words.timezone.value = zone;
			return said === want;
		})`, c.zone, c.now, c.then, c.want))
		if !got {
			t.Errorf("at %s in %s, %s is not %s", c.now, c.zone, c.then, c.want)
		}
	}
	const days = `import(new URL('data/statistics.js', document.baseURI)).then(async ({lastDays}) => {
		const words = await import(new URL('i18n/index.js', document.baseURI));
		const now = Date.now;
		const zone = words.timezone.peek();
		words.timezone.value = 'America/New_York';
		Date.now = () => Date.parse('2026-11-02T04:30:00Z'); // still the long day
		const {from, to} = lastDays(7);
		Date.now = now;
		words.timezone.value = zone;
		return from + ' ' + to;
	})`
	if got := ask[string](b, days); got != "2026-10-26 2026-11-01" {
		t.Errorf("the last seven days are %s", got)
	}
}

// A time in another zone than that of the computer says so, and one that was set by the clock of a third zone is told by that clock.
func Test12TimesInOtherZonesNameThem(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, phone, outbox.Options{})
	owner.patch(users+"records/"+owner.id, object{"timezone": "Pacific/Chatham"}).want(200)
	start := time.Date(time.Now().Year()+1, time.June, 1, 7, 0, 0, 0, time.UTC)
	id := owner.mailing(owner.message(nil), object{"starts_at": start, "timezone": "Europe/Moscow", "audience": "everyone"})
	owner.post("/api/collections/clients/records", object{"email": "ivan@example.org"}).want(200)
	b.reload()
	b.goTo("/mailings/" + id + "/edit?step=check")
	b.see(b.word("check.title", nil))
	eventually(b.ctx, t, "the summary tells the start", func() bool {
		shown := b.text(".facts-list:has(dd)")
		return strings.Contains(shown, "(Europe/Moscow)") && strings.Contains(shown, "10:00")
	})
	b.settled()
	b.submit(b.word("do.schedule", nil))
	b.see("(Europe/Moscow)?")
	b.look("schedule-question", phone)
	b.submit(b.word("do.schedule", nil))
	b.see(b.word("done.schedule", nil))
	// When it was scheduled is told by the clock of the Chatham Islands, which is not that of this computer.
	eventually(b.ctx, t, "the timeline names the zone", func() bool { return strings.Contains(b.text(".timeline"), "GMT+1") })
}
