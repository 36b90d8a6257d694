package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// One of many fails: the others are done, the result says so, what was done can be undone, and the one stays chosen.
func Test12OneFailureDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{})
	w.addClients(owner, 60, numbered) // two pages
	owner.post("/api/collections/lists/records", object{"name": "Guests"}).want(200)
	b.expect("404 (Not Found)")
	b.expect("400 (Bad Request)")
	b.goTo("/clients?sort=email")
	b.choose(b.word("table.choose.all", nil))
	b.see(b.word("bulk.chosen", object{"count": 50}))
	b.press(b.word("pager.on", nil))
	b.see(numbered(55))
	b.see(b.word("bulk.chosen", object{"count": 50}))
	b.choose(b.word("table.choose.all", nil))
	b.see(b.word("bulk.chosen", object{"count": 60}))

	gone := owner.newest("clients", `email="`+numbered(7)+`"`)
	owner.delete("/api/collections/clients/records/" + gone).want(204)
	b.press(b.word("bulk.join", nil))
	b.press("Guests")
	b.see(b.word("bulk.joined", object{"count": 59, "list": "Guests"}))
	b.see(strings.Split(b.word("bulk.failed", object{"count": 1, "reason": "#"}), "#")[0])
	b.see(b.word("bulk.chosen", object{"count": 1}))
	b.accessible("bulk-failed")
	if n := owner.count("subscriptions"); n != 59 {
		t.Errorf("%d clients are on the list, want 59", n)
	}
	b.press(b.word("do.undo", nil))
	eventually(b.ctx, t, "nobody is on the list", func() bool { return owner.count("subscriptions") == 0 })

	// The last page is emptied: the one before it is shown.
	b.press(b.word("bulk.none", nil))
	b.goTo("/clients?sort=email&page=2")
	b.see(numbered(55))
	b.choose(b.word("table.choose.all", nil))
	b.press(b.word("do.delete", nil))
	b.submit(b.word("do.delete", nil))
	b.see(numbered(49))
	if place := ask[string](b, "location.hash"); place != "#/clients?sort=email" {
		t.Errorf("the page is %s", place)
	}
}

// What stands for other characters in a pattern is looked for as it is.
func Test12SearchTakesSignsLiterally(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	names := []string{`100% wool`, `100 percent`, `under_score`, `underXscore`, `back\slash`, `back slash`, `"quoted" one`, `it's`, `a\`}
	for i, name := range names {
		owner.message(object{"name": name})
		owner.post("/api/collections/clients/records", object{"email": numbered(i), "full_name": name}).want(200)
	}
	for _, place := range []string{"/messages", "/clients"} {
		for search, want := range map[string]string{`0%`: `100% wool`, `r_s`: `under_score`, `k\s`: `back\slash`, `"quoted"`: `"quoted" one`, `t's`: `it's`, `a\`: `a\`, `%`: `100% wool`} {
			b.goTo(place)
			b.do("search for "+search, chromedp.SetValue("main input[type=search]", search))
			b.fill(b.word(map[string]string{"/messages": "messages.search", "/clients": "clients.search"}[place], nil), search)
			shown := func() string {
				return ask[string](b, `[...document.querySelectorAll('tbody tr b')].map(name => name.innerText).join('|')`)
			}
			eventually(b.ctx, t, fmt.Sprintf("%s finds %s by %s (it shows %s)", place, want, search, shown()), func() bool { return shown() == want })
		}
	}
	// So do the conditions of a filter.
	b.goTo("/filters")
	b.press(b.word("filter.new", nil))
	b.fill(b.word("filter.value", nil), "0%")
	eventually(b.ctx, t, "the filter lets one client through", func() bool { return b.text("dialog .big") == "1" })
}

// However many lists there are, how many are on them is one question; the 1 001st picked client is refused aloud.
func Test12ListsAreCountedAtOnceAndPickedClientsAreBounded(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone.in("ru"), outbox.Options{})
	for i := range 12 {
		owner.post("/api/collections/lists/records", object{"name": fmt.Sprintf("List %d", i)}).want(200)
	}
	b.goTo("/lists")
	b.see("List 11")
	b.settled()
	asked := ask[int](b, `performance.getEntriesByType('resource').filter(({name}) => /subscriptions|lists/.test(name) && name.includes('/api/')).length`)
	if asked > 3 {
		t.Errorf("the page of lists asks %d times", asked)
	}

	w.addClients(owner, 1001, numbered)
	var found struct{ Items []struct{ ID string } }
	owner.get("/api/collections/clients/records?perPage=1000&sort=email&fields=id").want(200).into(&found)
	ids := []string{}
	for _, client := range found.Items {
		ids = append(ids, client.ID)
	}
	id := owner.mailing(owner.message(nil), object{"audience": "picked", "recipients": ids})
	b.goTo("/mailings/" + id + "/edit?step=audience")
	b.fill(b.word("clients.find", nil), numbered(1000))
	b.see("Client 1000")
	b.choose("Client 1000")
	b.see(b.word("audience.picked.most", object{"max": 1000}))
	b.accessible("picked-too-many")
}

// All that match are chosen, on whatever page they are: what is done with them is done by the server, told, and undone.
func Test12AllThatMatchAreChosen(t *testing.T) {
	t.Parallel()
	v := phone.in("ru")
	w, owner, b := newBrowser(t, v, outbox.Options{})
	w.addClients(owner, 120, func(i int) string {
		if i < 7 {
			return "other." + numbered(i)
		}
		return numbered(i)
	})
	owner.post("/api/collections/lists/records", object{"name": "Guests"}).want(200)
	b.goTo("/clients?search=client0")
	chooseAll := func(count int) {
		b.choose(b.word("table.choose.all", nil))
		b.see(b.word("bulk.chosen", object{"count": 50}))
		b.press(b.word("bulk.everything", object{"count": count}))
		b.see(b.word("bulk.chosen", object{"count": count}))
	}
	b.lookAs(desktop.in("ru")) // on a phone rows are ticked one by one
	b.settled()
	chooseAll(120)
	b.look("clients-everything", desktop.in("ru"))
	b.accessible("clients-everything")
	b.press(b.word("bulk.join", nil))
	b.press("Guests")
	b.see(b.word("bulk.joined", object{"count": 120, "list": "Guests"}))
	if n := owner.count("subscriptions"); n != 120 {
		t.Errorf("%d clients are on the list, want 120", n)
	}
	b.press(b.word("do.undo", nil))
	eventually(b.ctx, t, "nobody is on the list", func() bool { return owner.count("subscriptions") == 0 })

	// A tick taken away means the ticked ones again.
	chooseAll(120)
	b.choose(b.word("table.choose.all", nil))
	b.seeNoMore(b.word("bulk.chosen", object{"count": 120}))

	// Nothing is done with clients who match since.
	b.expect("409 (Conflict)")
	chooseAll(120)
	owner.post("/api/collections/clients/records", object{"email": "late.client0@example.org"}).want(200)
	b.press(b.word("do.delete", nil))
	b.see(b.word("bulk.delete.title", object{"count": 120}))
	b.submit(b.word("do.delete", nil))
	b.see(b.word("code.more_match", nil))
	if n := owner.count("clients"); n != 121 {
		t.Errorf("%d clients are left, want 121", n)
	}
	b.goTo("/clients?search=other.")
	b.see("other." + numbered(3))
	b.goTo("/clients?search=client001")
	b.see(numbered(119))
	b.reload()
	b.choose(b.word("table.choose.all", nil))
	b.see(b.word("bulk.chosen", object{"count": 20}))
	if text := b.text("main"); strings.Contains(text, strings.Split(b.word("bulk.everything", object{"count": 20}), ":")[0]) {
		t.Error("all that match are offered although all are ticked")
	}
	b.press(b.word("bulk.none", nil))
	b.goTo("/clients?search=client0&status=active")
	b.settled()
	chooseAll(121)
	b.press(b.word("do.delete", nil))
	b.submit(b.word("do.delete", nil))
	b.see(b.word("bulk.deleted", object{"count": 121}))
	eventually(b.ctx, t, "they are gone", func() bool { return owner.count("clients") == 0 })
}
