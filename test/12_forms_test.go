package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gonets/internal/outbox"
)

// site is a site of another origin that shows a form in a frame.
func site(t *testing.T, form string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1><iframe src="%s" title="Newsletter" width="600" height="900"></iframe></main>`, form)
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// Test12AReaderSignsUpOnAnotherSite is the way of a reader: a form in a frame of a site, the e-mail, the confirmation.
func Test12AReaderSignsUpOnAnotherSite(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	list := owner.post("/api/collections/lists/records", object{"name": "Recipes", "public": true}).want(200).id()
	form := owner.post("/api/collections/forms/records", object{
		"name": "Site", "title": "Recipes", "active": true, "lists": []string{list}, "consent_text": "I agree to get emails.",
		"fields": []object{{"name": "full_name", "type": "text"}, {"name": "vegan", "label": "I am vegan", "type": "checkbox"}},
	}).want(200).id()
	reader := w.openBrowser(desktop.in("en"))
	reader.open("/f/" + form)
	reader.title("Recipes")
	reader.accessible("the page of a form")
	reader.look("form-page", desktop.in("en"))

	reader.do("open the site", chromedp.Navigate(site(t, w.nobody.base+"/f/"+form)))
	reader.title("Shop")
	// The frame is of another origin: only the keyboard of a test reaches what is in it.
	reader.key(kb.Tab)
	if !ask[bool](reader, `document.activeElement.tagName === "IFRAME"`) {
		t.Fatal("Tab does not lead into the form")
	}
	reader.key("olga@example.com" + kb.Tab + "Olga" + kb.Enter)
	eventually(reader.ctx, t, "the button of the next page is pressed", func() bool {
		reader.key(kb.Tab + kb.Enter)
		return w.outbox.Count("olga@example.com") > 0
	})
	mail := w.mails("olga@example.com", 1)
	if strings.Contains(mail.HTML+mail.Text, "Olga") {
		t.Error("what was typed into the form is in the e-mail")
	}
	if clients := owner.count("clients"); clients != 0 {
		t.Error("a sign-up is a client before it is confirmed")
	}
	_, rest, _ := strings.Cut(mail.HTML, w.nobody.base+"/c/")
	token, _, _ := strings.Cut(rest, `"`)
	for _, method := range []string{http.MethodGet, http.MethodHead} { // a scanner
		req, err := http.NewRequestWithContext(t.Context(), method, w.nobody.base+"/c/"+token, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %v %v", method, res, err)
		}
		_ = res.Body.Close()
	}
	reader.open("/c/" + token)
	reader.title("Confirm your subscription")
	reader.accessible("confirmation")
	reader.look("form-confirm", desktop.in("en"))
	if clients := owner.count("clients"); clients != 0 {
		t.Error("opening the link has made a client")
	}
	reader.leave("Confirm")
	reader.title("You are subscribed")
	reader.accessible("after confirming")
	if clients := owner.count("clients"); clients != 1 {
		t.Error("there is no client")
	}

	for _, v := range []viewport{phone.in("ru"), phone.in("en").inTheDark(), desktop.in("ru").inTheDark()} {
		other := w.openBrowser(v)
		other.open("/f/" + form)
		other.accessible("the page of a form, " + v.name())
		other.look("form-page", v)
		other.open("/c/" + token)
		other.look("form-confirmed", v)
	}

	b.goTo("/forms/" + form)
	b.see(b.word("forms.confirmed", nil))
	eventually(b.ctx, t, "the preview shows the form", func() bool {
		return strings.Contains(ask[string](b, `document.querySelector('.form-preview iframe')?.srcdoc ?? ''`), "I agree to get emails.")
	})
	b.accessible("the editor of a form")
	b.look("form-editor", desktop.in("en"))
	b.press(b.word("forms.preview.dark", nil))
	eventually(b.ctx, t, "the preview is dark", func() bool {
		return strings.Contains(ask[string](b, `document.querySelector('.form-preview iframe').srcdoc`), "\n  color-scheme: dark")
	})
	for _, v := range []viewport{phone.in("ru"), desktop.in("ru").inTheDark()} {
		b.lookAs(v)
		b.goTo("/forms")
		b.accessible("the forms")
		b.look("forms", v)
		b.goTo("/forms/" + form)
		b.see(b.word("forms.confirmed", nil))
		b.look("form-editor", v)
	}
}
