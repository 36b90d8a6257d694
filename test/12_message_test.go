package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

func Test12AMessageIsNotLostByAClick(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	id := owner.message(object{"body": "<p>Hello <b>{{ client.full_name }}</b></p>"})

	b.goTo("/messages/" + id)
	b.fill(b.word("message.subject", nil), "Half a thought")
	b.press(b.word("nav.clients", nil))
	b.see(b.word("message.leave", nil))
	b.submit(b.word("form.leave.stay", nil))
	if subject := b.value(b.word("message.subject", nil)); subject != "Half a thought" {
		t.Errorf("having stayed, the subject is %q", subject)
	}

	// Formatting would go with another format: asked, and back as it was.
	b.press(b.word("format.text", nil))
	b.see(b.word("format.html.to.text", nil))
	b.accessible("format-change")
	b.submit(b.word("do.cancel", nil))
	b.seeNoMore(b.word("format.html.to.text", nil))
	b.press(b.word("format.text", nil))
	b.submit(b.word("format.change", nil))
	eventually(b.ctx, t, "the body is plain text", func() bool {
		return ask[string](b, `document.querySelector('textarea[name=body]')?.value.trim() ?? ''`) == "Hello {{ client.full_name }}"
	})
	b.press(b.word("format.html", nil))
	eventually(b.ctx, t, "the body is HTML as it was", func() bool {
		return ask[string](b, `document.querySelector('textarea[name=body]')?.value ?? ''`) == "<p>Hello <b>{{ client.full_name }}</b></p>"
	})

	b.press(b.word("nav.clients", nil))
	b.submit(b.word("form.leave.act", nil))
	b.see(b.word("clients.none", nil))
	b.goTo("/messages/" + id)
	b.see(b.word("draft.found.text", nil))
	b.press(b.word("draft.drop", nil))
	b.seeNoMore(b.word("draft.found.text", nil))
}
