package e2e

import (
	"strings"
	"testing"
	"time"
)

func Test12ANewcomerRegistersInTheBrowser(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 3*time.Minute)
	b := w.openBrowser(phone.in("ru"))
	const email, secret = "novichok@example.org", "a secret of eleven words"

	b.open("/")
	b.settled()
	b.press(b.word("auth.register", nil))
	b.settled()
	b.fill(b.word("auth.name", nil), "Новичок")
	b.fill(b.word("auth.email", nil), email)
	b.fill(b.word("auth.password", nil), secret)
	b.submit(b.word("auth.register", nil))
	b.see(b.word("verify.look", nil))
	b.look("register-done", phone.in("ru"))

	// The browser notes on its console that the server refused.
	b.expect("status of 403")
	b.goTo("/sign-in")
	b.fill(b.word("auth.email", nil), email)
	b.fill(b.word("auth.password", nil), secret)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("signIn.unconfirmed", nil))
	b.look("sign-in-unconfirmed", phone.in("ru"))

	b.goTo("/outbox")
	b.press("Подтвердите адрес почты")
	b.see(b.word("outbox.envelopeFrom", nil))
	b.press(b.word("preview.text", nil))
	link := ask[string](b, `document.querySelector('pre a[href*="/#/verify/"]')?.getAttribute('href') ?? ''`)
	if !strings.HasPrefix(link, b.base+"/#/verify/") {
		t.Fatalf("the mail has the link %q", link)
	}
	b.goTo(strings.TrimPrefix(link, b.base+"/#"))
	b.see(b.word("verify.done", nil))
	b.look("verified", phone.in("ru"))

	b.signIn(email, secret)
	b.see(b.word("first.title", nil))
	b.look("first-steps", phone.in("ru"))
	b.press(b.word("me.menu", nil))
	b.press("English")
	b.see("Three steps to your first mailing")
	if language := ask[string](b, "document.documentElement.lang"); language != "en" {
		t.Errorf("after choosing English the page is in %q", language)
	}
}
