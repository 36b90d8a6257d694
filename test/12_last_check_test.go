package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

// What is looked at last before a mailing goes out says all that decides about it, and what is not ready in the message.
func Test12TheLastCheckShowsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop, phone.in("ru").inTheDark()} {
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			w, owner, b := newBrowser(t, v, outbox.Options{})
			for _, who := range []object{
				{"email": "a@example.org", "full_name": "Anna", "attributes": object{"city": "Tver"}},
				{"email": "b@example.org", "full_name": "Hanna"},
				{"email": "c@example.org", "full_name": "Joan"},
			} {
				owner.post("/api/collections/clients/records", who).want(200)
			}
			message := owner.message(object{
				"subject": "News", "preheader": "Inside: {{ client.full_name }}, look",
				"body": `<table><tr><td><b>Company name</b></td></tr></table><p>Your city is {{ client.attributes.city }}.</p><p><a href="https://example.com/">Read</a></p>`,
			})
			id := owner.mailing(message, object{
				"name": "Weekly", "from_name": "Shop of Anna", "reply_to": "answers@example.org", "filter": `full_name ~ "anna"`, "timezone": "UTC",
				"starts_at": time.Now().Add(72 * time.Hour).UTC().Format(time.RFC3339), "repeat": "weekly",
				"ends_at": time.Now().Add(24 * 90 * time.Hour).UTC().Format(time.RFC3339),
			})
			words := ask[string](b, `import(new URL('i18n/index.js', document.baseURI)).then(i => i.learn('filters').then(() => import(new URL('parts/filter-words.js', document.baseURI)).then(({filterWords}) => filterWords('full_name ~ "anna"'))))`)

			b.goTo("/mailings/" + id + "/edit?step=check")
			for _, seen := range []string{
				"Shop of Anna <" + fromAddress + ">", "answers@example.org", "Inside: Anna, look", words,
				b.word("repeat.weekly", nil), b.word("check.repeat.what", nil),
			} {
				b.see(seen)
			}
			// Of the two Annas one has no city.
			b.see("client.attributes.city: " + b.word("check.gap", object{"count": 1, "of": 2}))
			b.see(b.word("check.starting_template.untouched", nil))
			b.see("Company name")
			b.see("https://example.com/")
			b.settled()
			b.look("wizard-check-all", v)
			b.accessible("wizard-check-all")
			b.goTo("/mailings/" + id)
			b.see(words)
			b.look("mailing-filter", v)

			// Words for what rows can hold, the filter itself for the rest.
			for said, want := range map[string][2]string{
				`attributes.city = "Tver" || full_name != ""`: {"city is “Tver” or name is not empty", "city равно «Tver» или имя заполнено"},
				`status = "active" && attributes.age > 30`:    {"status is active and age is more than “30”", "состояние равно активен и age больше «30»"},
				`(full_name ~ "a" || email ~ "b")`:            {`(full_name ~ "a" || email ~ "b")`, `(full_name ~ "a" || email ~ "b")`},
			} {
				got := ask[string](b, `import(new URL('parts/filter-words.js', document.baseURI)).then(({filterWords}) => filterWords('`+said+`'))`)
				if index := map[string]int{"en": 0, "ru": 1}[v.language]; got != want[index] {
					t.Errorf("%s is %q, want %q", said, got, want[index])
				}
			}
			_ = w
		})
	}
}
