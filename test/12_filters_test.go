package e2e

import (
	"strings"
	"testing"

	"gonets/internal/outbox"
)

// A condition that lacks its value narrows nothing: it is refused, for the mailing would go to more than were meant.
func Test12AnUnfinishedConditionIsRefused(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone.in("ru"), outbox.Options{})
	w.addClients(owner, 3, numbered)
	b.expect("400 (Bad Request)") // going back tries to save the step
	id := owner.mailing(owner.message(nil), nil)
	b.goTo("/mailings/" + id + "/edit?step=audience")
	b.pick(b.word("filter.narrow", nil), b.word("filter.own", nil))
	b.see(b.word("reach.unfinished", nil))
	b.submit(b.word("do.next", nil))
	b.see(b.word("filter.unfinished", nil))
	b.accessible("unfinished-condition")
	b.look("unfinished-condition", phone.in("ru"))
	b.fill(b.word("filter.value", nil), "Client 1")
	b.seeNoMore(b.word("filter.unfinished", nil))

	// One more that is begun does not undo the first, nor is it left out.
	b.press(b.word("filter.add", nil))
	b.submit(b.word("do.next", nil))
	b.see(b.word("filter.unfinished", nil))
	b.press(b.word("do.back", nil))
	b.see(b.word("step.message.title", nil))
	var saved struct{ Filter string }
	owner.get("/api/collections/mailings/records/" + id).want(200).into(&saved)
	if saved.Filter != "" {
		t.Errorf("the filter %q was saved before it was complete", saved.Filter)
	}
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	if rows := ask[int](b, `document.querySelectorAll('.condition').length`); rows != 2 {
		t.Errorf("come back to, there are %d conditions, want the 2 that were begun", rows)
	}
	ask[bool](b, `document.querySelectorAll('.condition')[1].querySelector('button').click() || true`)
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.when.title", nil))
	owner.get("/api/collections/mailings/records/" + id).want(200).into(&saved)
	if saved.Filter != `full_name ~ "Client 1"` {
		t.Errorf("the filter is %q", saved.Filter)
	}
}

// Where the count of a filter stops, everything says so: the saved filter, the last check, and the question before it goes out.
func Test12ACappedCountSaysThatThereAreMore(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	var file strings.Builder
	file.WriteString("email\n")
	for i := range 10_002 {
		file.WriteString(numbered(i) + "\n")
	}
	var begun struct{ ID string }
	owner.upload("/api/gonets/clients/import", nil, "many.csv", []byte(file.String())).want(202).into(&begun)
	eventually(b.ctx, t, "the clients are there", func() bool { return owner.count("clients") == 10_002 })
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": numbered(0), "reason": "manual"}).want(200)
	for _, filter := range []string{`email ~ "example.org"`, `email ~ "client0000"`} {
		owner.post("/api/collections/filters/records", object{"name": filter, "filter": filter}).want(200)
	}
	b.goTo("/filters")
	b.see(b.word("reach.atLeast", object{"count": 10_000}))
	figure := `[...document.querySelectorAll('tbody tr')].find(row => row.innerText.includes('client0000'))?.querySelector('.wide-only')?.innerText ?? ''`
	eventually(b.ctx, t, "the other filter is counted", func() bool { return ask[string](b, figure) != "" })
	if n := ask[string](b, figure); n != "10" {
		t.Errorf("a filter with 10 clients, one of them on the stop list, is said to match %s", n)
	}
	id := owner.mailing(owner.message(nil), object{"filter": `email ~ "example.org"`})
	b.goTo("/mailings/" + id + "/edit?step=check")
	b.see(b.word("check.title", nil))
	b.settled()
	b.submit(b.word("do.send", nil))
	b.see(b.word("send.title.atLeast", object{"count": 9_999}))
	b.submit(b.word("do.cancel", nil))
	if shown := b.text(".facts-list"); !strings.Contains(shown, b.word("reach.atLeast", object{"count": 9_999})) {
		t.Errorf("the summary says %q", shown)
	}
}
