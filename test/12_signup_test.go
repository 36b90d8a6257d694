package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
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
		fmt.Fprintf(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title><main><h1>Shop</h1><iframe src="%s" title="Newsletter" style="inline-size:100%%;block-size:640px;border:0"></iframe></main>`, form)
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// form is the id of a new form to a new public list with this name.
func (c *client) form(list string) string {
	c.t.Helper()
	id := c.post("/api/collections/lists/records", object{"name": list, "public": true}).want(200).id()
	return c.post("/api/collections/forms/records", object{
		"name": "Site", "title": list, "active": true, "lists": []string{id}, "consent_text": "I agree to get emails.",
		"fields": []object{{"name": "full_name", "type": "text"}, {"name": "vegan", "label": "I am vegan", "type": "checkbox"}},
	}).want(200).id()
}

// confirmation is the path of the link in the e-mail that asks to confirm.
func confirmation(t *testing.T, mail outbox.Mail, base string) string {
	t.Helper()
	_, rest, found := strings.Cut(mail.HTML, base+"/c/")
	token, _, _ := strings.Cut(rest, `"`)
	if !found || token == "" {
		t.Fatalf("no link to confirm in %s", mail.HTML)
	}
	return "/c/" + token
}

// known is all that the instance keeps of readers, as the superuser sees it.
func (w *world) known() string {
	w.t.Helper()
	all := map[string]any{}
	for _, collection := range []string{"clients", "subscriptions", "suppressions", "consents", "opt_out_reasons"} {
		var page any
		w.root.get("/api/collections/" + collection + "/records?perPage=500&sort=id").want(200).into(&page)
		all[collection] = page
	}
	text, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// scan does with each link of an e-mail what programs do that look at e-mails before people, and fails the test if that changed
// anything or an e-mail was sent. It returns the paths of the links.
func (w *world) scan(mail outbox.Mail) []string {
	w.t.Helper()
	links := regexp.MustCompile(regexp.QuoteMeta(w.nobody.base)+`[^"'<>\s)\]]*`).FindAllString(mail.HTML+" "+mail.Text+" "+field(mail, "List-Unsubscribe"), -1)
	slices.Sort(links)
	before, mails := w.known(), w.outbox.Total()
	var paths []string
	for _, link := range slices.Compact(links) {
		path := strings.TrimPrefix(link, w.nobody.base)
		paths = append(paths, path)
		w.nobody.send(http.MethodHead, path, nil, "").want(200)
		w.nobody.get(path).want(200)
		w.nobody.with("Sec-Purpose", "prefetch;prerender").get(path).want(200)
		w.nobody.with("User-Agent", "Mozilla/5.0 (compatible; SafeLinks)").get(path + "?utm_source=scan").want(200)
	}
	if after := w.known(); after != before {
		w.t.Errorf("opening the links of %q has changed\n%s\nto\n%s", mail.Subject, before, after)
	}
	if n := w.outbox.Total(); n != mails {
		w.t.Errorf("opening the links of %q has sent %d e-mails", mail.Subject, n-mails)
	}
	return paths
}

// Test12TheWholeWayOfAReader goes from a form in a frame of another site by the e-mail to the confirmation, the mailing, and back out.
func Test12TheWholeWayOfAReader(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, desktop.in("en"), outbox.Options{})
	form := owner.form("Recipes")
	travel := owner.post("/api/collections/lists/records", object{"name": "Travel", "public": true}).want(200).id()
	const olga = "olga@example.com"

	reader := w.openBrowser(phone.in("en"))
	reader.do("open the site", chromedp.Navigate(site(t, w.nobody.base+"/f/"+form)))
	reader.title("Shop")
	// The frame is of another origin: only the keyboard of a test reaches what is in it.
	reader.key(kb.Tab)
	if !ask[bool](reader, `document.activeElement.tagName === "IFRAME"`) {
		t.Fatal("Tab does not lead into the form")
	}
	reader.key(olga + kb.Tab + "Olga" + kb.Enter)
	mail := w.mails(olga, 1)
	reader.look("form-framed", phone.in("en"))
	if strings.Contains(mail.HTML+mail.Text, "Olga") {
		t.Error("what was typed into the form is in the e-mail")
	}
	confirm := confirmation(t, mail, w.nobody.base)
	if links := w.scan(mail); !slices.Contains(links, confirm) {
		t.Errorf("%s was not looked at, only %q", confirm, links)
	}
	reader.open(confirm)
	reader.title("Confirm your subscription")
	if n := owner.count("clients"); n != 0 {
		t.Fatal("a sign-up is a client before it is confirmed")
	}
	reader.leave("Confirm")
	reader.title("You are subscribed")
	if status, reasons := owner.standing(olga); status != "active" || reasons != "" {
		t.Fatalf("after confirming, the client is %q, %q", status, reasons)
	}

	w.addClients(owner, 1, numbered) // somebody who stays
	message := owner.message(object{"body": `<p>Hello {{ client.full_name }}</p><p><a href="{{ view_url }}">View</a> <a href="{{ unsubscribe_url }}">Leave</a></p>`})
	first := owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if m := owner.read(first); m.Sent != 2 {
		t.Fatalf("the mailing is %+v", m)
	}
	mail = w.mails(olga, 2)
	if !strings.Contains(mail.HTML, "Hello Olga") {
		t.Errorf("the e-mail is %s", mail.HTML)
	}
	page := linkIn(t, w.nobody.base, mail.HTML, "Leave")
	if links := w.scan(mail); len(links) < 2 || !slices.Contains(links, page) {
		t.Errorf("only %q were looked at", links)
	}

	reader.open(page)
	reader.title("Unsubscribe?")
	reader.choose("Travel")
	reader.leave("Save")
	saysNow(reader, "Saved")
	if n := owner.number("subscriptions", `list="`+travel+`" && status="confirmed"`); n != 1 {
		t.Error("the reader is not on the list that was switched on")
	}

	reader.leave("For 90 days")
	reader.title("Emails are paused")
	second := owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if m := owner.read(second); m.Skipped != 1 || m.Sent != 1 {
		t.Errorf("during the pause a mailing is %+v", m)
	}
	reader.leave("Get emails again")
	saysNow(reader, "You will get emails again")
	third := owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if m := owner.read(third); m.Sent != 2 {
		t.Errorf("after the pause a mailing is %+v", m)
	}
	w.mails(olga, 3)

	reader.leave("Unsubscribe")
	reader.title("You are unsubscribed")
	reader.fill("In your own words, if you like", "Every day!")
	reader.leave("Too many emails")
	saysNow(reader, "Thank you. We passed it on to the sender.")
	if n := owner.number("opt_out_reasons", `reason="too_many" && words="Every day!"`); n != 1 {
		t.Error("why the reader left is not kept")
	}
	b.goTo("/statistics")
	b.see(b.word("statistics.why", nil))
	b.see(b.word("statistics.why.too_many", nil))

	events := []string{"requested", "confirmed", "confirmed", "withdrawn"}
	for _, event := range slices.Compact(slices.Sorted(slices.Values(events))) {
		if n := owner.number("consents", fmt.Sprintf("email=%q && event=%q", olga, event)); n == 0 {
			t.Errorf("the log has nobody who has %s", event)
		}
	}
}

// saysNow waits until a page says something. Unlike see it outlives the page that was there before.
func saysNow(b *browser, words string) {
	b.t.Helper()
	eventually(b.ctx, b.t, "the page says "+words, func() bool { return strings.Contains(b.text("main"), words) })
}

// number counts the records of a collection that a filter finds.
func (c *client) number(collection, filter string) int {
	c.t.Helper()
	var page struct{ TotalItems int }
	c.get("/api/collections/" + collection + "/records?perPage=1&filter=" + url.QueryEscape(filter)).want(200).into(&page)
	return page.TotalItems
}
