package e2e

import (
	"regexp"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test12ASuperuserSignsInOnTheSamePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	b := w.openBrowser(desktop)
	b.expect("auth-with-password") // it is tried with both kinds of account

	// Whose password is wrong is not told.
	b.open("/#/sign-in")
	b.settled()
	for _, email := range []string{rootEmail, owner.email, "nobody@gonets.example"} {
		b.fill(b.word("auth.email", nil), email)
		b.fill(b.word("auth.password", nil), "not the password")
		b.submit(b.word("auth.signIn", nil))
		b.see(b.word("signIn.refused", nil))
		b.settled()
	}

	// The settings ask for a superuser, and are shown after that.
	b.open("/?1#/settings/health")
	b.settled()
	b.fill(b.word("auth.email", nil), rootEmail)
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("health.again", nil))
	b.reload()
	b.see(b.word("health.public_address", nil))
	b.goTo("/mailings")
	b.see(b.word("forUsers.head", nil))

	// The admin UI is opened signed in, and signing out here ends that too.
	b.goTo("/")
	admin := b.newTab("/_/", func() { b.press(b.word("settings.admin", nil)) })
	admin.expect("") // PocketBase's own page
	eventually(admin.ctx, t, "the admin UI shows the collections", func() bool {
		return ask[bool](admin, `location.hash.startsWith("#/collections")`)
	})
	const kept = `Object.keys(localStorage).filter(key => key.startsWith("__pb_superusers__")).length`
	if n := ask[int](b, kept); n != 1 {
		t.Errorf("there are %d sessions of the admin UI, want 1", n)
	}
	b.openUserMenu()
	b.press(b.word("auth.signOut", nil))
	b.see(b.word("landing.title", nil))
	if n := ask[int](b, kept); n != 0 {
		t.Errorf("%d sessions of the admin UI are left", n)
	}

	// Owners do not learn that there are settings.
	b.signIn(owner.email, password)
	if words := b.text("body"); ask[bool](b, `document.querySelector('a[href*="settings"]') !== null`) {
		t.Errorf("an owner is shown the settings:\n%s", words)
	}
	b.goTo("/settings/health")
	b.see(b.word("missing.head", nil))
}

// The second step of signing in, where the operator has turned multi-factor authentication on.
func Test12ASecondFactorIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2*time.Minute, outbox.Options{})
	w.root.patch("/api/collections/_superusers", object{"mfa": object{"enabled": true, "duration": 600}, "otp": object{"enabled": true, "duration": 300, "length": 8}}).want(200)
	b := w.openBrowser(phone)
	b.expect("auth-with-") // refused: it is the first of two steps
	b.open("/#/sign-in?as=superuser")
	b.settled()
	b.fill(b.word("auth.email", nil), rootEmail)
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("factor.sent", object{"email": rootEmail}))
	code := regexp.MustCompile(`\b\d{8}\b`).FindString(w.mails(rootEmail, 1).Text)
	b.fill(b.word("factor.code", nil), "00000000")
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("factor.wrong", nil))
	b.look("second-factor", phone)
	b.accessible("second-factor")
	b.fill(b.word("factor.code", nil), code)
	b.submit(b.word("auth.signIn", nil))
	b.see(b.word("overview.lead", nil))
}

// A superuser begins with the language of the browser, and keeps it in every other one.
func Test12ASuperuserKeepsALanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	language := func() string {
		t.Helper()
		var s struct{ Language string }
		w.root.get("/api/collections/_superusers/records/" + w.root.id).want(200).into(&s)
		return s.Language
	}
	b := w.openBrowser(phone.in("ru"))
	b.signInAsSuperuser()
	eventually(w.ctx, t, "the language of the browser is kept", func() bool { return language() == "ru" })

	b = w.openBrowser(desktop)
	b.open("/#/sign-in?as=superuser")
	b.settled()
	b.fill(b.word("auth.email", nil), rootEmail)
	b.fill(b.word("auth.password", nil), password)
	b.submit(b.word("auth.signIn", nil))
	eventually(b.ctx, t, "the page speaks Russian", func() bool { return ask[string](b, "document.documentElement.lang") == "ru" })
	b.see(b.word("overview.lead", nil))
	b.see(b.word("settings.servers", nil))
	b.openUserMenu()
	b.press("English")
	eventually(w.ctx, t, "another language is kept", func() bool { return language() == "en" })
}
