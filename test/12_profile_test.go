package e2e

import (
	"testing"

	"gonets/internal/outbox"
)

func Test12AnAddressIsChangedAndAllSessionsEnd(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("ru").inTheDark(), outbox.Options{})
	const address = "anna@gonets.example"
	b.goTo("/profile")
	b.fill(b.word("profile.email.new", nil), address)
	b.submit(b.word("profile.email.act", nil))
	b.see(b.word("profile.email.asked", object{"email": address}))
	b.goTo("/confirm-email/" + w.token(w.mails(address, 1), "confirm-email"))
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("emailChange.act", nil))
	b.see(b.word("emailChange.done", nil))

	b.forget()
	b.signIn(address, password)
	var s signedIn
	w.nobody.signIn("users", address, password).want(200).into(&s)
	elsewhere := w.nobody.as(s)
	elsewhere.get(users + "records/" + owner.id).want(200)
	b.goTo("/profile")
	b.press(b.word("sessions.act", nil))
	b.see(b.word("sessions.ask", nil))
	b.submit(b.word("sessions.act", nil))
	b.see(b.word("sessions.done", nil))
	b.see(b.word("signIn.title", nil))
	elsewhere.get(users+"records/"+owner.id).want(401, 404)
}
