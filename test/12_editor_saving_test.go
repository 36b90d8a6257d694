package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"gonets/internal/outbox"
)

// inSight is whether the button with this name is on the screen, and nothing lies over it.
func (b *browser) inSight(name string) bool {
	b.t.Helper()
	return ask[bool](b, fmt.Sprintf(`[...document.querySelectorAll('button, a[href]')].some(button => {
		if ((button.getAttribute('aria-label') ?? button.innerText).trim() !== %q || !button.checkVisibility()) return false;
		const box = button.getBoundingClientRect();
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		return button.contains(top);
	})`, name))
}

func Test12SaveAndTestStayInSight(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop.in("en"), phone.in("ru").inTheDark()} {
		t.Run(v.name(), func(t *testing.T) {
			_, owner, b := newBrowser(t, v, outbox.Options{})
			b.goTo("/messages/" + owner.message(nil))
			b.see(b.word("attachments.add", nil))
			b.do("scroll to the end", chromedp.Evaluate[chromedp.Void](`scrollTo(0, document.documentElement.scrollHeight)`))
			b.painted()
			if ask[float64](b, "scrollY") < 100 {
				t.Fatal("the page is too short to be scrolled")
			}
			for _, act := range []string{"do.save", "test.title"} {
				if name := b.word(act, nil); !b.inSight(name) {
					t.Errorf("%q is out of sight", name)
				}
			}
		})
	}
}

// The client whose email is shown is one who can be mailed, and stays the one chosen when the message is saved.
func Test12ThePreviewIsForSomebodyWhoCanBeMailed(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	add := func(email, name string) string {
		return owner.post("/api/collections/clients/records", object{"email": email, "full_name": name}).want(200).id()
	}
	add("ada@example.org", "Ada Chosen")
	add("ivan@example.org", "Ivan Mailable")
	add("почта@example.org", "Other Script")
	add("left@example.org", "Left Already")
	owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": "left@example.org", "reason": "manual"}).want(200)

	b.goTo("/messages/new")
	b.fill(b.word("message.subject", nil), "For {{ client.full_name }}")
	b.see("For Ivan Mailable")

	b.fill(b.word("preview.as", nil), "Ada")
	eventually(b.ctx, t, "only Ada is found", func() bool {
		return ask[string](b, `[...document.querySelectorAll('.combo:popover-open li .clip')].map(one => one.innerText).join()`) == "Ada Chosen"
	})
	b.do("choose Ada", chromedp.KeyEvent("\r"))
	b.see("For Ada Chosen")
	b.submit(b.word("do.save", nil))
	b.see(b.word("message.saved", nil))
	eventually(b.ctx, t, "the page is that of the saved message", func() bool { return ask[bool](b, `/messages\/[a-z0-9]{15}/.test(location.hash)`) })
	b.settled()
	b.see("For Ada Chosen")
}

// Whatever is in the way of an email is named.
func Test12ErrorsOfTheEditorNameTheirCause(t *testing.T) {
	t.Parallel()
	_, owner, b := newBrowser(t, desktop, outbox.Options{})
	b.expect("400")
	gone := owner.post("/api/collections/clients/records", object{"email": "gone@example.org"}).want(200).id()
	owner.delete("/api/collections/clients/records/" + gone).want(204)
	message := owner.message(nil)
	b.goTo("/messages/" + message)
	b.fill(b.word("message.subject", nil), "Hi {{ client.full_name | nosuch }}")
	b.see(b.word("template.broken", nil) + ": ")
	b.see("there is no filter “nosuch”")
	b.fill(b.word("message.subject", nil), "{% for i in (1..90000) %}{% for k in (1..90000) %}x{% endfor %}{% endfor %}")
	b.see(b.word("template.limit", nil))
	b.fill(b.word("message.subject", nil), "Hi")
	b.seeNoMore(b.word("template.limit", nil))

	b.submit(b.word("do.save", nil))
	b.see(b.word("message.saved", nil))
	b.goTo("/messages/" + message + "?as=" + gone)
	b.see(b.word("field.client.invalid_reference", nil))
}
