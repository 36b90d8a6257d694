package forms_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/signup"
	"gonets/internal/suppression"
	"gonets/internal/task"
)

func (w *world) confirm(t *testing.T, link string) {
	t.Helper()
	rec := w.post(t, link, nil, "User-Agent", "Reader/1.0", "X-Real-IP", "203.0.113.9")
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != link {
		t.Fatalf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}

func TestConfirmingMakesTheClient(t *testing.T) {
	w := newWorld(t)
	link := w.requested(t, map[string]any{"email": ivan, "full_name": "Ivan", "city": "Tver", "birthday": "1990-05-06"})

	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} { // scanners open every link
		if rec := w.Send(t, visitor, method, link, "Sec-Purpose", "prefetch", "Content-Type", ""); rec.Code != 200 {
			t.Fatalf("%s: %d %s", method, rec.Code, rec.Body)
		}
	}
	page := w.Get(t, visitor, link, "Content-Type", "").Body.String()
	for _, part := range []string{ivan, "Recipes", "Ivan", "Your city", "Tver", "1990-05-06", "I agree to get emails."} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing in %s", part, page)
		}
	}
	if strings.Contains(page, "Debtors") {
		t.Error("the name of a list that is not public is shown")
	}
	if w.client(t, ivan) != nil || w.Count(t, "subscriptions", nil) != 0 {
		t.Fatal("opening the link changed something")
	}

	w.confirm(t, link)
	w.confirm(t, link) // again
	client := w.client(t, ivan)
	if client == nil || client.GetString("full_name") != "Ivan" || client.GetString("language") != "en" || client.GetString("status") != "active" {
		t.Fatalf("%v", client)
	}
	if got := client.GetString("attributes"); got != `{"adult":true,"birthday":"1990-05-06","city":"Tver"}` {
		t.Error(got)
	}
	if n := w.Count(t, "subscriptions", dbx.HashExp{"client": client.Id, "status": "confirmed"}); n != 2 {
		t.Errorf("on %d lists", n)
	}
	log := w.events(t, ivan)
	if len(log) != 4 || !slices.Contains(log, "confirmed Recipes I agree to get emails. 203.0.113.9") || !strings.HasPrefix(log[0], "requested ") {
		t.Errorf("%q", log)
	}
	done := w.Get(t, visitor, link, "Content-Type", "").Body.String()
	if !strings.Contains(done, "You are subscribed") || !strings.Contains(done, `href="https://shop.example/thanks"`) || strings.Contains(done, "<button") {
		t.Error(done)
	}
	w.SQL(t, `UPDATE subscriptions SET status = 'unsubscribed' WHERE client = {:c}`, dbx.Params{"c": client.Id})
	left := w.Get(t, visitor, link, "Content-Type", "").Body.String()
	if !strings.Contains(left, "No emails any more") || !strings.Contains(left, `href="/f/`+w.form+`"`) || strings.Contains(left, "<button") {
		t.Errorf("after leaving: %s", left)
	}
	figures := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/forms/"+w.form+"/figures", nil)
	if !strings.Contains(figures.Text, `"requested":1,"confirmed":1}`) {
		t.Error(figures.Text)
	}
}

func TestConfirmingFillsWhatIsEmpty(t *testing.T) {
	w := newWorld(t)
	known := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": ivan, "full_name": "Mr. Ivanov", "attributes": map[string]any{"city": "York", "birthday": "", "shoe": 44}})
	w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": w.public, "client": known.Id, "status": "unsubscribed"})
	w.confirm(t, w.requested(t, map[string]any{"email": ivan, "full_name": "Ivan", "city": "Tver", "birthday": "1990-05-06"}))
	client := w.client(t, ivan)
	if client.Id != known.Id || client.GetString("full_name") != "Mr. Ivanov" ||
		client.GetString("attributes") != `{"adult":true,"birthday":"1990-05-06","city":"York","shoe":44}` {
		t.Errorf("%s %s", client.GetString("full_name"), client.GetString("attributes"))
	}
	if n := w.Count(t, "subscriptions", dbx.HashExp{"client": client.Id, "status": "confirmed"}); n != 2 {
		t.Errorf("on %d lists", n)
	}
}

func TestConfirmingLiftsOnlyAnOptOut(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		entry map[string]any
		stays bool
	}{
		"left":       {map[string]any{"value": "left@one.example", "reason": "unsubscribed"}, false},
		"paused":     {map[string]any{"value": "paused@one.example", "reason": "paused", "until": time.Now().Add(time.Hour)}, false},
		"bounced":    {map[string]any{"value": "bounced@one.example", "reason": "bounced"}, true},
		"complained": {map[string]any{"value": "complained@one.example", "reason": "complained"}, true},
		"manual":     {map[string]any{"value": "manual@one.example", "reason": "manual"}, true},
		"domain":     {map[string]any{"value": "two.example", "kind": "domain", "reason": "unsubscribed"}, true},
		"others":     {map[string]any{"value": "others@one.example", "reason": "unsubscribed", "owner": w.IDs[boris]}, true},
	} {
		email, _ := c.entry["value"].(string)
		if c.entry["kind"] == "domain" {
			email = "reader@" + email
		}
		if c.entry["owner"] == nil {
			c.entry["owner"] = w.IDs[anna]
		}
		id := w.Add(t, "suppressions", c.entry).Id
		w.confirm(t, w.requested(t, map[string]any{"email": email}))
		if got := w.Count(t, "suppressions", dbx.HashExp{"id": id}) == 1; got != c.stays {
			t.Errorf("%s: the entry stays: %t", name, got)
		}
		reasons, err := suppression.Reasons(w.App.DB(), w.IDs[anna], []string{email})
		must(t, err)
		if isActive := w.client(t, email).GetString("status") == "active"; isActive != (len(reasons) == 0) {
			t.Errorf("%s: active %t, with %v", name, isActive, reasons)
		}
	}
}

func TestAnErasedAddressIsForgotten(t *testing.T) {
	w := newWorld(t)
	link := w.requested(t, map[string]any{"email": ivan})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "kind": "erased", "value": ivan})
	if n := w.Count(t, "signups", nil); n != 0 {
		t.Errorf("%d sign-ups stay", n)
	}
	if rec := w.post(t, link, nil); rec.Code != http.StatusGone {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if w.client(t, ivan) != nil {
		t.Error("a client was made")
	}
}

func TestLinksThatDoNotWork(t *testing.T) {
	w := newWorld(t)
	link := w.requested(t, map[string]any{"email": ivan})
	unsubscribe, err := suppression.NewTokens(w.App).Make(suppression.PurposeUnsubscribe, w.form, link[len("/c/")+15:len("/c/")+30])
	must(t, err)
	for name, broken := range map[string]string{
		"cut off": link[:len(link)-1], "changed": link[:len(link)-1] + "!", "another id": "/c/" + strings.Repeat("a", 30) + link[len(link)-22:],
		"of another purpose": "/c/" + unsubscribe, "nothing": "/c/x",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if rec := w.Send(t, visitor, method, broken, "Accept-Language", "ru", "Content-Type", ""); rec.Code != 404 || !strings.Contains(rec.Body.String(), "Ссылка не работает") {
				t.Errorf("%s, %s: %d %s", name, method, rec.Code, rec.Body)
			}
		}
	}
	w.SQL(t, `UPDATE signups SET asked = asked - {:month}`, dbx.Params{"month": signup.Lifetime.Milliseconds()})
	for range 2 {
		if rec := w.post(t, link, nil); rec.Code != 410 || !strings.Contains(rec.Body.String(), "expired") || !strings.Contains(rec.Body.String(), `href="/f/`+w.form+`"`) {
			t.Errorf("expired: %d %s", rec.Code, rec.Body)
		}
		must(t, w.signups.Expire(time.Now()))
	}
	if w.Count(t, "signups", nil) != 0 || w.client(t, ivan) != nil {
		t.Error("an expired sign-up was kept, or made a client")
	}
}

func TestTheWelcomeMessageIsSentOnce(t *testing.T) {
	w := newWorld(t)
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[anna], "name": "Welcome", "subject": "Welcome, {{ client.full_name }}", "format": "text", "body": "Hello"})
	w.Set(t, "forms", w.form, "welcome_message", message.Id)
	w.confirm(t, w.requested(t, map[string]any{"email": ivan, "full_name": "Ivan"}))
	for range 2 {
		var found []task.Task
		found, err := task.Of(w.App.DB(), signup.WelcomeTask, w.IDs[anna])
		must(t, err)
		if len(found) != 1 {
			t.Fatalf("%d tasks", len(found))
		}
		step, err := w.signups.Welcome(w.App, found[0], 100)
		must(t, err)
		if !step.Done {
			t.Error("the task goes on")
		}
	}
	if n := w.Count(t, "transactional", dbx.HashExp{"addresses": ivan, "subject": "Welcome, {{ client.full_name }}"}); n != 1 {
		t.Errorf("%d welcome messages", n)
	}
}

func TestTheEmailThatAsksToConfirmIsInTheReadersLanguage(t *testing.T) {
	w := newWorld(t) // Anna's language is English
	w.Expect(t, 202, visitor, http.MethodPost, w.at, map[string]any{"email": ivan, "adult": true, "altcha": w.solved(t)}, "Accept-Language", "ru")
	var subject, language, text string
	must(t, w.App.DB().NewQuery(`SELECT letter ->> 'subject', letter ->> 'language', letter ->> 'text_body' FROM contents`).Row(&subject, &language, &text))
	if subject != "Подтвердите подписку" || language != "ru" || strings.Count(text, "{{ data.url }}") != 1 {
		t.Errorf("%q in %q: %s", subject, language, text)
	}
}
