package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// between is a proxy before an instance that answers challenges of forms in its own way, and its address.
func between(t *testing.T, base string, challenge http.HandlerFunc) string {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/challenge") {
			challenge(w, r)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// formSays is the label of the address, the button, and the heads of the page with a button and of the page after it.
var formSays = map[string][]string{"en": {"Email *", "Subscribe", "One more step", "Check your inbox"}, "ru": {"Эл. почта *", "Подписаться", "Ещё один шаг", "Проверьте почту"}}

// pressAsPeopleDo presses the button of the page that follows a form without a check, until it is not too soon. Who presses sixty times
// in a minute is told to come later.
func (b *browser) pressAsPeopleDo(say []string) {
	b.t.Helper()
	slowly := time.NewTicker(500 * time.Millisecond)
	defer slowly.Stop()
	eventually(b.ctx, b.t, "the button is pressed", func() bool {
		if b.text("h1") == say[2] {
			<-slowly.C
			b.leave(say[1])
		}
		return b.text("h1") == say[3]
	})
}

// hangUp answers nothing, and ends the connection.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// answering answers with a status.
func answering(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not now", status) }
}

// Test12AFormIsSentWithoutACheckWhereThereCanBeNone signs up by browsers that cannot get or solve the challenge of a form.
func Test12AFormIsSentWithoutACheckWhereThereCanBeNone(t *testing.T) {
	t.Parallel()
	w, owner, _ := newBrowser(t, desktop.in("en"), outbox.Options{})
	form := owner.form("Recipes")
	stalled, leave := context.WithCancel(w.ctx)
	defer leave()
	var asked atomic.Int32
	silent := between(t, w.nobody.base, func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-stalled.Done():
		case <-r.Context().Done():
		}
	})
	elsewhere := strings.Replace(w.nobody.base, "127.0.0.1", anotherHost, 1)
	for name, c := range map[string]struct {
		base, complaint string
		view            viewport
	}{
		"plain-http": {elsewhere, "Cross-Origin-Opener-Policy", phone.in("ru").inTheDark()},
		"error":      {between(t, w.nobody.base, answering(http.StatusInternalServerError)), "challenge", desktop.in("en")},
		"too-many":   {between(t, w.nobody.base, answering(http.StatusTooManyRequests)), "challenge", phone.in("ru")},
		"no-network": {between(t, w.nobody.base, hangUp), "challenge", desktop.in("en").inTheDark()},
		"no-answer":  {silent, "challenge", phone.in("ru").inTheDark()},
	} {
		say := formSays[c.view.language]
		reader := w.openBrowser(c.view)
		reader.expect(c.complaint)
		reader.expect("ALTCHA") // says why it could not
		reader.base = c.base
		reader.open("/f/" + form)
		reader.look("form-check-"+name, c.view)
		reader.fill(say[0], name+"@example.com")
		if c.base == silent {
			before := asked.Load()
			reader.press(say[1])
			eventually(reader.ctx, t, "the browser asks for the challenge", func() bool { return asked.Load() > before })
			reader.accessible("the page of a form while it checks")
			reader.look("form-checking", c.view)
		} else {
			reader.leave(say[1])
		}
		reader.title(say[2])
		reader.look("form-check-button-"+name, c.view)
		if name == "too-many" {
			continue // a network may have five sign-ups without a check in an hour
		}
		reader.pressAsPeopleDo(say)
		w.mails(name+"@example.com", 1)
	}
}
