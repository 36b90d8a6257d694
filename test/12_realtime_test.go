package e2e

import (
	"strings"
	"testing"

	"gonets/internal/outbox"
)

// What happens to a user arrives on every page by itself: another role, an approval, a block.
func Test12RoleApprovalAndBlockArriveByThemselves(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("ru"), outbox.Options{})
	manager := w.user("manager@gonets.example", "manager")
	record := users + "records/" + owner.id
	b.goTo("/")
	w.root.patch(record, object{"awaiting_approval": true}).want(200)
	b.see(b.word("approval.title", nil))
	manager.post("/api/gonets/users/"+owner.id+"/approve", nil).want(200)
	b.seeNoMore(b.word("approval.title", nil))

	b.goTo("/statistics")
	w.root.patch(record, object{"role": "manager"}).want(200)
	b.see(b.word("nav.users", nil))
	w.root.patch(record, object{"role": "owner"}).want(200)
	b.seeNoMore(b.word("nav.users", nil))

	b.expect("40") // whatever is asked in the name of a session that has ended
	manager.post("/api/gonets/users/"+owner.id+"/block", object{"reason": "spam"}).want(200)
	b.see(b.word("auth.signIn", nil))
	b.see(b.word("signIn.ended", nil))
}

// After a break of the connection, and after sleep, what is shown is read again.
func Test12WhatWasMissedIsReadAgain(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, phone, outbox.Options{})
	add := func(name string) {
		t.Helper()
		owner.post("/api/collections/clients/records", object{"email": name + "@example.org", "full_name": name}).want(200)
	}
	add("First")
	b.goTo("/clients")
	b.see("First")
	const connected = `import(new URL('data/pb.js', document.baseURI)).then(({pb}) => pb.realtime.isConnected)`
	eventually(b.ctx, t, "the page is connected", func() bool { return ask[bool](b, connected) })
	add("Second")
	ask[bool](b, `import(new URL('data/pb.js', document.baseURI)).then(({pb}) => (pb.realtime.eventSource.onerror(new Event('error')), true))`)
	b.see("Second")

	add("Third")
	const connection = `import(new URL('data/pb.js', document.baseURI)).then(({pb}) => pb.realtime.clientId)`
	eventually(b.ctx, t, "the page is connected again", func() bool { return ask[bool](b, connected) })
	dead := ask[string](b, connection)
	ask[bool](b, `(() => {
		const now = Date.now;
		Date.now = () => now() + 3_600_000; // as if it had been asleep for an hour
		return true;
	})()`)
	b.see("Third")
	eventually(b.ctx, t, "the page has another connection", func() bool {
		now := ask[string](b, connection)
		return now != "" && now != dead
	})
}

// A mailing that ends while the page is still joining the topic is shown as ended.
func Test12AnEndBeforeTheServerTellsIsSeen(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{Latency: 10 * slowly})
	w.addClients(owner, 3, numbered)
	b.goTo("/clients")
	id := owner.mailing(owner.message(nil), nil)
	other := owner.subscribe("gonets/mailings") // another window, which is told of the end
	ask[bool](b, `(() => {
		const send = window.fetch, held = [];
		window.fetch = async (url, options) => {
			if (String(url).endsWith('/api/realtime')) await new Promise(go => held.push(go));
			return send(url, options);
		};
		window.letGo = () => held.splice(0).forEach(go => go());
		return true;
	})()`)
	owner.verb(id, "send", nil).want(202)
	ask[bool](b, `(location.hash = '#/mailings/`+id+`', true)`)
	b.see(b.word("status.running", nil))
	for told := ""; !strings.Contains(told, `"completed"`); told = string(other.next("gonets/mailings").data) {
	}
	ask[bool](b, `(window.letGo(), setInterval(window.letGo, 100), true)`)
	b.see(b.word("status.completed", nil))
}
