package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// oneClick is what a mail provider posts when somebody presses its own button (RFC 8058 § 3.1).
const oneClick = "List-Unsubscribe=One-Click"

// unsubscribe posts a form to an unsubscribe page, as nobody in particular.
func (w *world) unsubscribe(page, form string) reply {
	w.t.Helper()
	return w.nobody.send(http.MethodPost, page, strings.NewReader(form), "application/x-www-form-urlencoded")
}

// unsubscribePage is the path of the page that the newest of n mails to an address offers.
func (w *world) unsubscribePage(address string, n int) string {
	w.t.Helper()
	link, err := url.Parse(strings.Trim(field(w.mails(address, n), "List-Unsubscribe"), "<>"))
	if err != nil || !strings.HasPrefix(link.Path, "/u/") {
		w.t.Fatalf("the mail to %s offers %q: %v", address, link, err)
	}
	return link.Path
}

// standing is what an owner sees of a client: the status and the reasons on the stop list.
func (c *client) standing(email string) (status, reasons string) {
	c.t.Helper()
	var clients struct{ Items []struct{ Status string } }
	c.get("/api/collections/clients/records?filter=" + url.QueryEscape(`email="`+email+`"`)).want(200).into(&clients)
	for _, found := range clients.Items {
		status += found.Status
	}
	var stops struct{ Items []struct{ Reason string } }
	c.get("/api/collections/suppressions/records?filter=" + url.QueryEscape(`value="`+email+`"`)).want(200).into(&stops)
	for _, found := range stops.Items {
		reasons += found.Reason
	}
	return status, reasons
}

func Test10WhoUnsubscribesGetsNoMoreMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 4, numbered)
	message := owner.message(nil)
	first := owner.after(owner.mailing(message, nil), "completed", "send", nil)

	// Programs that follow every link of a mail change nothing.
	page := w.unsubscribePage(numbered(0), 1)
	for range 3 {
		shown := w.nobody.get(page).want(200)
		if kind := shown.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") || !strings.Contains(string(shown.body), numbered(0)) {
			t.Fatalf("the page is %s\n%s", kind, shown.body)
		}
	}
	w.nobody.send(http.MethodHead, page, nil, "").want(200)
	if status, reasons := owner.standing(numbered(0)); status != "active" || reasons != "" {
		t.Fatalf("after only looking the client is %q, %q", status, reasons)
	}
	russian := string(w.nobody.with("Accept-Language", "ru").get(page).want(200).body)
	if !strings.Contains(russian, "Отписаться") {
		t.Errorf("the page does not speak Russian:\n%s", russian)
	}

	// One click is enough, twice does no harm, and it needs no cookie, no sign-in, no redirect.
	for range 2 {
		w.unsubscribe(page, oneClick).want(200)
		if status, reasons := owner.standing(numbered(0)); status != "unsubscribed" || reasons != "unsubscribed" {
			t.Fatalf("after one click the client is %q, %q", status, reasons)
		}
	}

	second := owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if r := owner.recipients(second)[numbered(0)]; r.State != "skipped" {
		t.Errorf("in the next mailing who unsubscribed is %+v", r)
	}
	if r := owner.recipients(first)[numbered(0)]; r.State != "sent" {
		t.Errorf("in the mailing before who unsubscribed is %+v now", r)
	}
	if m := owner.read(second); m.Total != 4 || m.Skipped != 1 || m.Sent != 3 {
		t.Errorf("the next mailing is %+v", m)
	}
	if n := w.outbox.Count(numbered(0)); n != 1 {
		t.Errorf("who unsubscribed got %d mails", n)
	}

	// A link works after the client is gone, and what was said then still holds when the address comes back.
	gone := w.unsubscribePage(numbered(1), 2)
	var found struct{ Items []struct{ ID string } }
	owner.get("/api/collections/clients/records?filter=" + url.QueryEscape(`email="`+numbered(1)+`"`)).want(200).into(&found)
	owner.delete("/api/collections/clients/records/" + found.Items[0].ID).want(204)
	w.nobody.get(gone).want(200)
	w.unsubscribe(gone, oneClick).want(200)
	if _, reasons := owner.standing(numbered(1)); reasons != "unsubscribed" {
		t.Errorf("the deleted client is on the stop list as %q", reasons)
	}
	owner.post("/api/collections/clients/records", object{"email": numbered(1)}).want(200)
	if status, _ := owner.standing(numbered(1)); status != "unsubscribed" {
		t.Errorf("the client that came back is %s", status)
	}
	third := owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if r := owner.recipients(third)[numbered(1)]; r.State != "skipped" {
		t.Errorf("the client that came back is %+v", r)
	}

	// A link that was never in a mail leads nowhere.
	for _, wrong := range []string{"/u/nonsense", page + "x", page[:len(page)-1], "/u/" + strings.Repeat("a", 4000)} {
		w.nobody.get(wrong).want(404)
		w.unsubscribe(wrong, oneClick).want(404)
	}
	if status, reasons := owner.standing(numbered(2)); status != "active" || reasons != "" {
		t.Errorf("who did nothing is %q, %q", status, reasons)
	}
}

func Test10WhoUnsubscribesWhileTheMailingRunsIsSkipped(t *testing.T) {
	t.Parallel()
	const total = 300
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	w.mustCome(10)
	last := owner.recipients(id)
	for i := total - 1; ; i-- {
		if r := last[numbered(i)]; r.State == "pending" {
			owner.post("/api/collections/suppressions/records", object{"kind": "address", "value": r.Email, "reason": "manual"}).want(200)
			break
		}
	}
	if m := owner.reaches(id, "completed"); m.Skipped != 1 || m.Sent != total-1 {
		t.Errorf("the mailing is %+v", m)
	}
	w.balancedBooks(id)
}

func Test10LeavingAListIsNotLeavingEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	const ann = "ann@example.org"
	client := owner.post("/api/collections/clients/records", object{"email": ann}).want(200).id()
	list := owner.post("/api/collections/lists/records", object{"name": "Travel tips", "public": true}).want(200).id()
	owner.post("/api/collections/subscriptions/records", object{"list": list, "client": client, "status": "confirmed"}).want(200)
	message := owner.message(nil)
	toList := object{"audience": "lists", "lists": []string{list}}
	owner.after(owner.mailing(message, toList), "completed", "send", nil)

	page := w.unsubscribePage(ann, 1)
	shown := string(w.nobody.get(page).want(200).body)
	for _, offered := range []string{`value="list"`, `value="everything"`, "Travel tips"} {
		if !strings.Contains(shown, offered) {
			t.Errorf("the page does not offer %s:\n%s", offered, shown)
		}
	}
	w.unsubscribe(page, "choice=list").want(200) // by way of a redirect to the page
	if status, reasons := owner.standing(ann); status != "active" || reasons != "" {
		t.Errorf("after leaving a list the client is %q, %q", status, reasons)
	}
	refused := owner.verb(owner.mailing(message, toList), "send", nil).want(400).problem()
	if reason(refused, "audience") == "" {
		t.Errorf("a mailing to the list that everybody has left answers %+v", refused)
	}
	owner.after(owner.mailing(message, nil), "completed", "send", nil)
	if n := w.outbox.Count(ann); n != 2 {
		t.Errorf("who has left a list got %d mails, want the one to everyone too", n)
	}

	w.unsubscribe(page, "choice=everything").want(200)
	if status, _ := owner.standing(ann); status != "unsubscribed" {
		t.Errorf("after leaving everything the client is %q", status)
	}
	w.unsubscribe(page, "choice=undo").want(200)
	if status, reasons := owner.standing(ann); status != "active" || reasons != "" {
		t.Errorf("after coming back the client is %q, %q", status, reasons)
	}
}
