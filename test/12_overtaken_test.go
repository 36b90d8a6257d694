package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

// An answer that was on its way while realtime told the page of a later state does not have the last word.
func Test12ALateAnswerIsFollowedByALaterState(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop, outbox.Options{Rules: outbox.DemoRules})
	w.addClients(owner, 2, func(i int) string { return "uncertain." + numbered(i) })
	id := owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	b.goTo("/mailings/" + id)
	head := b.word("uncertain.head", object{"count": 2})
	b.see(head)

	ask[bool](b, `(async () => {
		const {amend, stale} = await import(new URL('data/query.js', document.baseURI));
		const real = window.fetch;
		let told;
		const tell = new Promise(resolve => { told = resolve; });
		window.fetch = async (...request) => {
			if (!String(request[0]).includes('/mailings/records/')) return real(...request);
			window.fetch = real;
			const answer = await (await real(...request)).json();
			await tell;
			return new Response(JSON.stringify({...answer, uncertain: 0, status: 'running'}), {headers: {'Content-Type': 'application/json'}});
		};
		stale('mailing');
		amend('mailing', mailing => ({...mailing})); // what realtime tells is what is shown already
		told();
		return true;
	})()`)
	b.seeNoMore(head)
	b.see(head)
}
