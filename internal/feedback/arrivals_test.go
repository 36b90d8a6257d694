package feedback

import (
	"fmt"
	"testing"
	"time"

	"gonets/internal/arrival"
)

func TestWhatWasReadOfAMailboxIsRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(2)
	id, mails := w.send()
	take := func(box, key string, source []byte) arrival.Outcome {
		t.Helper()
		outcome, err := w.booker.Take(FromMailbox, box)(t.Context(), arrival.Mail{Source: source, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return outcome
	}
	noted := func(box string, keys ...string) string {
		t.Helper()
		notes, err := w.booker.Noted(t.Context(), box, keys)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]arrival.Outcome{}
		for key, note := range notes {
			if note.At.IsZero() {
				t.Errorf("%s has no time", key)
			}
			all[key] = note.Outcome
		}
		return fmt.Sprint(all)
	}
	bounced := dsn(mails["person0@example0.com"], "5.1.1", "550 no such user")
	person := []byte("From: ann@example.net\r\nTo: bounces@example.org\r\nSubject: A question\r\n\r\nHello?\r\n")

	for _, c := range []struct {
		box, key string
		source   []byte
		want     arrival.Outcome
	}{
		{"a", "1/1", bounced, arrival.Booked},
		{"a", "1/1", bounced, arrival.Known},
		{"a", "2/1", bounced, arrival.Known}, // the mailbox was numbered anew
		{"b", "1/1", bounced, arrival.Known}, // another mailbox gets copies
		{"a", "1/2", person, arrival.NotOurs},
	} {
		if got := take(c.box, c.key, c.source); got != c.want {
			t.Errorf("%s %s is %q, want %q", c.box, c.key, got, c.want)
		}
	}
	w.want(arrival.NotOurs, person)
	if got, want := noted("a", "1/1", "1/2", "1/3", "2/1"), "map[1/1:booked 1/2:not_ours 2/1:known]"; got != want {
		t.Errorf("noted is %s, want %s", got, want)
	}
	if got := noted("b", "1/1", "1/2"); got != "map[1/1:known]" {
		t.Errorf("of the other mailbox noted is %s", got)
	}
	if n := w.count(`SELECT COUNT(*) FROM arrivals`, nil); n != 4 {
		t.Errorf("%d are noted, want 4: what strangers send by SMTP leaves nothing", n)
	}
	w.wantCounts(id, 1, 1, 0)

	// What the mailbox still has stays noted; what it does not have any more goes, but for what was booked.
	day := 24 * time.Hour
	now := time.Now()
	w.at(now.Add(6 * day))
	noted("a", "1/2")
	if err := Forget(t.Context(), w.App, now.Add(8*day)); err != nil {
		t.Fatal(err)
	}
	if got := noted("a", "1/1", "1/2", "2/1"); got != "map[1/1:booked 1/2:not_ours]" {
		t.Errorf("after a week noted is %s", got)
	}
	w.at(now.Add(100 * day))
	if err := Forget(t.Context(), w.App, now.Add(100*day)); err != nil {
		t.Fatal(err)
	}
	if n := w.count(`SELECT COUNT(*) FROM arrivals`, nil); n != 0 {
		t.Errorf("after 100 days %d are noted", n)
	}
}
