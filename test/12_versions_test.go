package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Somebody else saves a message while it is being changed: nobody overwrites what they have not seen.
func Test12TwoVersionsOfAMessageAreShown(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	b.expect("412")
	id := owner.message(nil)
	record := "/api/collections/messages/records/" + id
	var saved struct{ Subject, Preheader, Name string }
	read := func() { t.Helper(); owner.get(record).want(200).into(&saved) }
	b.goTo("/messages/" + id)
	b.fill(b.word("message.subject", nil), "Mine")

	// What is about another field, or the same of this one, is not in the way.
	owner.patch(record, object{"attachments": []string{}}).want(200)
	b.submit(b.word("do.save", nil))
	b.see(b.word("message.saved", nil))
	if read(); saved.Subject != "Mine" {
		t.Errorf("the subject is %q", saved.Subject)
	}

	owner.patch(record, object{"subject": "Theirs", "preheader": "From them"}).want(200)
	b.fill(b.word("message.subject", nil), "Mine again")
	b.submit(b.word("do.save", nil))
	b.see(b.word("conflict.title", nil))
	b.see("Theirs")
	b.accessible("two-versions")
	b.look("two-versions", desktop)
	if read(); saved.Subject != "Theirs" {
		t.Errorf("the subject was overwritten by %q", saved.Subject)
	}
	b.press(b.word("conflict.take", nil))
	b.seeNoMore(b.word("conflict.title", nil))
	if subject := b.value(b.word("message.subject", nil)); subject != "Theirs" {
		t.Errorf("the version that was taken has the subject %q", subject)
	}

	b.fill(b.word("message.subject", nil), "Mine once more")
	owner.patch(record, object{"subject": "Theirs once more"}).want(200)
	b.submit(b.word("do.save", nil))
	b.press(b.word("conflict.keep", nil))
	b.seeNoMore(b.word("conflict.title", nil))
	eventually(b.ctx, t, "one's own version is saved", func() bool { read(); return saved.Subject == "Mine once more" })
	if saved.Preheader != "From them" {
		t.Errorf("the preheader %q is not that of the version that was taken", saved.Preheader)
	}
}

// Every form of a record names the version that it changes.
func Test12EveryFormNamesItsVersion(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, phone.in("ru").inTheDark(), outbox.Options{})
	b.expect("412")
	client := owner.post("/api/collections/clients/records", object{"email": "ivan@example.org", "full_name": "Ivan"}).want(200).id()
	owner.post("/api/collections/lists/records", object{"name": "Guests"}).want(200)
	owner.post("/api/collections/filters/records", object{"name": "Tver", "filter": `email ~ "a"`}).want(200)
	mailing := owner.mailing(owner.message(nil), nil)
	for _, c := range []struct{ collection, place, was, open, field, name, theirs, submit string }{
		{"mailings", "/mailings/" + mailing + "/edit?step=message", "Spring", "", "name", "mailing.name", "Other mailing", "do.next"}, // first: later toasts lie over its button
		{"clients", "/clients/" + client, "Ivan", "do.edit", "full_name", "client.fullName", "Ivan the other", "do.save"},
		{"lists", "/lists", "Guests", "list.edit", "name", "list.name", "Other guests", "do.save"},
		{"filters", "/filters", "Tver", "filter.edit", "name", "filter.name", "Not Tver", "do.save"},
	} {
		b.goTo(c.place)
		if c.open != "" {
			if c.collection != "clients" {
				b.press(b.word("list.acts", object{"name": c.was}))
			}
			b.press(b.word(c.open, nil))
		}
		b.fill(b.word(c.name, nil), "Mine")
		record := "/api/collections/" + c.collection + "/records/" + owner.newest(c.collection, "")
		owner.patch(record, object{c.field: c.theirs}).want(200)
		b.submit(b.word(c.submit, nil))
		b.see(b.word("conflict.title", nil))
		b.see(c.theirs)
		b.accessible("two-versions-" + c.collection)
		b.look("two-versions-"+c.collection, phone.in("ru").inTheDark())
		b.press(b.word("conflict.keep", nil))
		eventually(b.ctx, t, c.collection+" have one's own version", func() bool {
			return strings.Contains(string(owner.get(record).want(200).body), `"Mine"`)
		})
	}
}

// One's own record is changed by others too: what they leave alone is not in the way.
func Test12AProfileThatWasChangedElsewhereIsCompared(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	b.expect("412")
	record := users + "records/" + owner.id
	b.goTo("/profile")
	b.fill(b.word("profile.phone", nil), "+7 1")
	ask[bool](b, `import(new URL('data/pb.js', document.baseURI)).then(({pb}) => pb.realtime.unsubscribe()).then(() => true)`)
	w.root.patch(record, object{"daily_quota": 5}).want(200)
	b.submit(b.word("do.save", nil))
	b.see(b.word("profile.saved", nil))
	w.root.patch(record, object{"phone": "+7 2"}).want(200)
	b.fill(b.word("profile.phone", nil), "+7 3")
	b.submit(b.word("do.save", nil))
	b.see(b.word("conflict.title", nil))
	b.see("+7 2")
	b.press(b.word("conflict.keep", nil))
	eventually(b.ctx, t, "one's own version is saved", func() bool { return strings.Contains(string(owner.get(record).want(200).body), `"+7 3"`) })
}

// slowly makes saves of the page wait until they are let go.
func (b *browser) slowly() (letGo func()) {
	b.t.Helper()
	ask[bool](b, `(() => {
		const send = window.fetch;
		window.fetch = async (url, options) => {
			if (['PATCH', 'POST'].includes(options?.method) && String(url).includes('/records')) await new Promise(go => (window.letGo = go));
			return send(url, options);
		};
		return true;
	})()`)
	return func() {
		b.t.Helper()
		b.do("see a save under way", waits(`() => window.letGo`))
		ask[bool](b, `(window.letGo(), window.letGo = null, true)`)
	}
}

// Typing goes on while a save is under way: nothing of it is lost, whatever comes after the save.
func Test12TypingDuringASaveIsKept(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	id := owner.message(nil)
	b.goTo("/messages/" + id)
	letGo := b.slowly()
	b.fill(b.word("message.subject", nil), "First")
	b.submit(b.word("do.save", nil))
	b.fill(b.word("message.subject", nil), "First and more")
	letGo()
	b.see(b.word("message.saved", nil))
	if subject := b.value(b.word("message.subject", nil)); subject != "First and more" {
		t.Errorf("after the save the subject is %q", subject)
	}
	b.submit(b.word("do.save", nil))
	letGo()
	owner.eventuallyHas(b, "messages", `subject="First and more"`)

	// A new one goes on to its own address when it is saved, and takes along what was typed meanwhile.
	b.goTo("/messages/new")
	b.fill(b.word("message.subject", nil), "Second")
	b.submit(b.word("do.save", nil))
	b.fill(b.word("message.subject", nil), "Second and more")
	letGo()
	letGo()
	owner.eventuallyHas(b, "messages", `subject="Second and more"`)

	// So does a step of the wizard.
	b.goTo("/mailings/new?message=" + id)
	b.fill(b.word("mailing.name", nil), "Third")
	b.submit(b.word("do.next", nil))
	b.fill(b.word("mailing.name", nil), "Third and more")
	letGo()
	letGo()
	b.see(b.word("step.audience.title", nil))
	owner.eventuallyHas(b, "mailings", `name="Third and more"`)
	if n := owner.count("mailings"); n != 1 {
		t.Errorf("%d mailings were made of one", n)
	}
}

func (c *client) eventuallyHas(b *browser, collection, filter string) {
	c.t.Helper()
	eventually(b.ctx, c.t, "there is one of "+collection+" with "+filter, func() bool {
		var page struct{ TotalItems int }
		c.get("/api/collections/" + collection + "/records?filter=" + url.QueryEscape(filter)).want(200).into(&page)
		return page.TotalItems > 0
	})
	// The server has it before the page knows, which would ask whether to leave what is not saved.
	b.do("see that the page knows of it", waits(
		`() => { const save = document.querySelector('main button[type=submit]'); return !save || !save.hasAttribute('aria-busy') && (save.disabled || location.hash.startsWith('#/mailings/')); }`))
}

// A step that could not be saved waits for its return, also when other steps are saved meanwhile.
func Test12AStepThatCouldNotBeSavedIsKept(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop.inTheDark(), outbox.Options{})
	b.expect("400 (Bad Request)")
	id := owner.mailing(owner.message(nil), nil)
	b.goTo("/mailings/" + id + "/edit?step=audience")
	b.pick(b.word("filter.narrow", nil), b.word("filter.own", nil))
	b.press(b.word("filter.asText", nil))
	b.fill(b.word("filter.text", nil), `attributes.city = "Tver" &&`) // not complete: it cannot be saved
	b.press(b.word("do.back", nil))
	b.see(b.word("step.message.title", nil))
	b.fill(b.word("mailing.name", nil), "Renamed")
	b.submit(b.word("do.next", nil))
	b.see(b.word("step.audience.title", nil))
	if filter := b.value(b.word("filter.text", nil)); filter != `attributes.city = "Tver" &&` {
		t.Errorf("come back to, the step has the filter %q", filter)
	}
}

// Two windows with the same message keep what is typed in each. HTML that the rich editor cannot hold never gets into it.
func Test12DraftsOfTwoWindowsAndOfHTMLAreKept(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	id := owner.message(object{"body": "<p>Hello</p>"})
	const complex = `<table><tr><td style="padding:4px">{% if client.full_name %}Hello{% endif %}</td></tr></table><!-- kept -->`
	b.goTo("/messages/" + id)
	b.press(b.word("format.html", nil))
	b.fill(b.word("message.body", nil), complex)
	b.goTo("/messages") // the browser is told to leave
	b.submit(b.word("form.leave.act", nil))
	b.see(b.word("message.new", nil))

	// What another window keeps meanwhile is kept beside it.
	ask[bool](b, `(() => {
		const [key, draft] = Object.entries(localStorage).find(([key]) => key.includes('`+id+`'));
		const other = JSON.parse(draft);
		localStorage.setItem(key + 'other', JSON.stringify({...other, at: other.at - 1000, values: {...other.values, subject: 'In another window'}}));
		return true;
	})()`)
	b.goTo("/messages/" + id)
	b.see(b.word("draft.found.text", nil))
	b.press(b.word("draft.restore", nil))
	eventually(b.ctx, t, "the draft is there as it was", func() bool {
		return ask[string](b, `document.querySelector('textarea[name=body]')?.value ?? ''`) == complex
	})
	if ask[bool](b, `Boolean(document.querySelector('.rich'))`) {
		t.Error("the draft is in the rich editor, which cannot hold it")
	}
	b.submit(b.word("do.save", nil))
	b.see(b.word("message.saved", nil))
	b.goTo("/messages")
	b.goTo("/messages/" + id)
	b.see(b.word("draft.older", nil))
	b.press(b.word("draft.restore", nil))
	if subject := b.value(b.word("message.subject", nil)); subject != "In another window" {
		t.Errorf("of the other window the subject is %q", subject)
	}
}

// Whoever goes elsewhere while a step of a mailing is being saved stays there.
func Test12ASaveThatEndsLateTakesNobodyAway(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	mailing := owner.mailing(owner.message(nil), nil)
	b.goTo("/mailings/" + mailing + "/edit?step=message")
	letGo := b.slowly()
	b.fill(b.word("mailing.name", nil), "Saved late")
	b.submit(b.word("do.next", nil))
	b.do("wait for the save to begin", waits(`() => window.letGo`))
	ask[bool](b, `(location.hash = '#/lists', true)`)
	b.see(b.word("lists.empty", nil))
	letGo()
	eventually(b.ctx, t, "the step is saved", func() bool {
		return strings.Contains(string(owner.get("/api/collections/mailings/records/"+mailing).want(200).body), `"Saved late"`)
	})
	b.do("let the page act on the answer", waits(`() => new Promise(done => setTimeout(() => requestAnimationFrame(() => done(true)), 50))`))
	if place := ask[string](b, `location.hash`); place != "#/lists" {
		t.Errorf("the page went to %s", place)
	}
}

// Two superusers change the settings of the service at once: the second is told, whether the settings are PocketBase's or our own.
func Test12TwoVersionsOfTheSettingsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	b := w.openBrowser(desktop)
	b.expect("412")
	b.signInAsSuperuser()
	var page struct{ Items []struct{ ID string } }
	w.root.get("/api/collections/instance/records").want(200).into(&page)
	record := "/api/collections/instance/records/" + page.Items[0].ID
	name := func() string {
		t.Helper()
		var s struct{ Meta struct{ AppName string } }
		w.root.get("/api/settings").want(200).into(&s)
		return s.Meta.AppName
	}

	b.goTo("/settings/limits")
	b.settled()
	b.fill(b.word("set.appName", nil), "Mine")
	w.root.patch("/api/settings", object{"meta": object{"appName": "Theirs"}}).want(200)
	w.root.patch(record, object{"soft_bounces": 9}).want(200)
	b.submit(b.word("do.save", nil))
	b.see(b.word("conflict.title", nil))
	b.see("Theirs")
	b.see(b.word("set.soft_bounces", nil))
	b.look("two-versions-settings", desktop)
	b.accessible("two-versions-settings")
	if got := name(); got != "Theirs" {
		t.Errorf("the name was overwritten by %q", got)
	}
	b.press(b.word("conflict.keep", nil))
	b.seeNoMore(b.word("conflict.title", nil))
	b.see(b.word("set.saved", nil))
	eventually(w.ctx, t, "one's own version is saved", func() bool { return name() == "Mine" })

	// The mail server is in the same settings.
	b.goTo("/settings/servers/default")
	b.settled()
	b.fill(b.word("server.from_name", nil), "My news")
	w.root.patch("/api/settings", object{"meta": object{"senderName": "Their news"}}).want(200)
	b.submit(b.word("do.save", nil))
	b.see(b.word("conflict.title", nil))
	b.press(b.word("conflict.take", nil))
	b.seeNoMore(b.word("conflict.title", nil))
	if got := b.value(b.word("server.from_name", nil)); got != "Their news" {
		t.Errorf("the version that was taken has the name %q", got)
	}
	// What was saved here is no other version.
	for _, from := range []string{"One", "Two"} {
		b.fill(b.word("server.from_name", nil), from)
		b.submit(b.word("do.save", nil))
		eventually(w.ctx, t, "it is saved again", func() bool {
			var s struct{ Meta struct{ SenderName string } }
			w.root.get("/api/settings").want(200).into(&s)
			return s.Meta.SenderName == from
		})
		b.settled()
	}
}
