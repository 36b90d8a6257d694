package pages_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/pages"
	"gonets/internal/suppression"
)

// mailed is a world in which Ivan got a mail of Anna's to two lists, and the link in it.
type mailed struct {
	*world
	client, mailing, list, secondList string
	link                              string
}

const ivan = "ivan@example.com"

func newMailed(t *testing.T, bind ...func(core.App)) *mailed {
	t.Helper()
	w := &mailed{world: newWorld(t, append(bind, pages.BindUnsubscribe)...)}
	owner := w.IDs[anna]
	w.client = w.Add(t, "clients", map[string]any{"owner": owner, "email": ivan}).Id
	w.list = w.Add(t, "lists", map[string]any{"owner": owner, "name": "News", "public": true}).Id
	w.secondList = w.Add(t, "lists", map[string]any{"owner": owner, "name": "Debtors"}).Id
	for _, list := range []string{w.list, w.secondList} {
		w.Add(t, "subscriptions", map[string]any{"owner": owner, "list": list, "client": w.client, "status": "confirmed"})
	}
	w.mailing = w.Add(t, "mailings", map[string]any{
		"owner": owner, "audience": "lists", "lists": []string{w.list, w.secondList}, "status": "created",
	}).Id
	w.SQL(t, `INSERT INTO contents (mailing, owner, letter) VALUES ({:m}, {:o}, '{"from_name":"Shop <b>","from_email":"shop@example.com","language":"ru"}')`,
		dbx.Params{"m": w.mailing, "o": owner})
	w.SQL(t, `INSERT INTO recipients (mailing, client, email, state) VALUES ({:m}, {:c}, {:e}, 'sent')`,
		dbx.Params{"m": w.mailing, "c": w.client, "e": ivan})
	w.link = w.linkOf(t, w.client)
	return w
}

func (w *mailed) linkOf(t *testing.T, client string) string {
	t.Helper()
	token, err := suppression.NewTokens(w.App).Make(suppression.PurposeUnsubscribe, w.mailing, client)
	must(t, err)
	return "/u/" + token
}

// send sends a request as a browser or a mail provider does.
func (w *mailed) send(t *testing.T, method, path, contentType, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, req)
	return rec
}

// press presses a button of the page and follows the redirect.
func (w *mailed) press(t *testing.T, choice string) string {
	t.Helper()
	rec := w.send(t, http.MethodPost, w.link, formType, url.Values{"choice": {choice}}.Encode())
	to := rec.Header().Get("Location")
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, w.link) {
		t.Fatalf("%s: %d, to %q: %s", choice, rec.Code, to, rec.Body)
	}
	return w.send(t, http.MethodGet, to, "", "").Body.String()
}

const formType = "application/x-www-form-urlencoded"

// stopped reports whether the address is on Anna's stop list and the client's status says so.
func (w *mailed) stopped(t *testing.T, email string) bool {
	t.Helper()
	found, err := suppression.Reasons(w.App.DB(), w.IDs[anna], []string{email})
	must(t, err)
	return found[email] == suppression.ReasonUnsubscribed
}

func (w *mailed) onList(t *testing.T, list string) string {
	t.Helper()
	var s string
	must(t, w.App.DB().Select("status").From("subscriptions").Where(dbx.HashExp{"list": list, "client": w.client}).Row(&s))
	return s
}

func TestMailProvidersUnsubscribeByOneClick(t *testing.T) {
	var parts bytes.Buffer
	multi := multipart.NewWriter(&parts)
	must(t, multi.WriteField("List-Unsubscribe", "One-Click"))
	must(t, multi.Close())

	for _, c := range []struct{ name, contentType, body string }{
		{"with a form", formType, "List-Unsubscribe=One-Click"},
		{"with a multipart form", multi.FormDataContentType(), parts.String()},
		{"with nothing at all", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newMailed(t)
			for range 2 { // providers repeat
				rec := w.send(t, http.MethodPost, w.link, c.contentType, c.body)
				if rec.Code != http.StatusOK {
					t.Fatalf("%d %s", rec.Code, rec.Body)
				}
			}
			if !w.stopped(t, ivan) || w.Column(t, "clients", w.client, "status") != "unsubscribed" {
				t.Error("he is still mailed")
			}
			if n := w.Count(t, "suppressions", dbx.HashExp{"owner": w.IDs[anna], "mailing": w.mailing, "reason": "unsubscribed"}); n != 1 {
				t.Errorf("%d entries of the stop list say from which mailing", n)
			}
		})
	}
}

func TestLookingAtTheUnsubscribePageChangesNothing(t *testing.T) {
	w := newMailed(t)
	for _, path := range []string{w.link, w.link + "?choice=everything", w.link + "?restored", w.link + "?List-Unsubscribe=One-Click"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if rec := w.send(t, method, path, "", ""); rec.Code != http.StatusOK {
				t.Errorf("%s %s: %d", method, path, rec.Code)
			}
		}
	}
	if w.stopped(t, ivan) || w.onList(t, w.list) != "confirmed" {
		t.Error("a link scanner has unsubscribed him")
	}
}

func TestUnsubscribePage(t *testing.T) {
	w := newMailed(t)
	rec := w.send(t, http.MethodGet, w.link, "", "", "Accept-Language", "en-GB,en;q=0.9,ru;q=0.5")
	body := rec.Body.String()
	for _, want := range []string{ivan, "Shop &lt;b&gt;", `value="list"`, `value="everything"`, `lang="en"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, unwanted := range []string{"Debtors", "Shop <b>", "<script", `value="undo"`} {
		if strings.Contains(body, unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}
	policy := rec.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if got := rec.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}

	for header, want := range map[string]string{
		"": "ru", "de-DE": "ru", "ru-RU,ru;q=0.9": "ru", "de, en;q=0.5": "en", "*": "ru", "nonsense;;": "ru",
	} {
		if got := w.send(t, http.MethodGet, w.link, "", "", "Accept-Language", header).Header().Get("Content-Language"); got != want {
			t.Errorf("a browser that asks for %q gets %q, want %q", header, got, want)
		}
	}
}

func TestLeavingTheListsOnly(t *testing.T) {
	w := newMailed(t)
	other := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "Other"}).Id
	w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": other, "client": w.client, "status": "confirmed"})

	if body := w.press(t, "list"); !strings.Contains(body, `value="undo"`) || !strings.Contains(body, `value="everything"`) {
		t.Errorf("the page offers neither the way back nor more: %s", body)
	}
	if w.stopped(t, ivan) || w.onList(t, w.list) != "unsubscribed" || w.onList(t, w.secondList) != "unsubscribed" || w.onList(t, other) != "confirmed" {
		t.Error("he should have left the two lists of the mailing")
	}

	body := w.press(t, "undo")
	if w.onList(t, w.list) != "confirmed" || w.onList(t, w.secondList) != "confirmed" || !strings.Contains(body, `value="list"`) {
		t.Error("he should be on the lists again")
	}
}

func TestUndoBringsBackTheLastStepOnly(t *testing.T) {
	w := newMailed(t)
	w.SQL(t, `UPDATE subscriptions SET status = 'unsubscribed', updated = '2020-01-01 00:00:00.000Z' WHERE list = {:l}`, dbx.Params{"l": w.secondList})
	w.press(t, "list")
	w.press(t, "everything")
	if !w.stopped(t, ivan) {
		t.Fatal("he is still mailed")
	}
	w.press(t, "undo")
	if w.stopped(t, ivan) || w.onList(t, w.list) != "unsubscribed" {
		t.Error("the first undo should bring back mails, and no list")
	}
	w.press(t, "undo")
	if w.onList(t, w.list) != "confirmed" || w.onList(t, w.secondList) != "unsubscribed" {
		t.Error("the second undo should bring back the list left last, and not the one left in 2020")
	}
}

func TestUndoLeavesAloneWhatThePersonDidNotDo(t *testing.T) {
	for _, reason := range []string{"manual", "complained", "bounced"} {
		t.Run(reason, func(t *testing.T) {
			w := newMailed(t)
			w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": ivan, "reason": reason})
			w.press(t, "undo")
			if w.Column(t, "clients", w.client, "status") == "active" {
				t.Error("he has taken himself off the owner's stop list")
			}
			w.press(t, "everything")
			w.press(t, "undo")
			if reason != "bounced" && w.Column(t, "clients", w.client, "status") == "active" {
				t.Error("he has taken himself off the owner's stop list by a detour")
			}
		})
	}
}

func TestUnsubscribingOutlivesTheRecords(t *testing.T) {
	remove := func(collection string, id func(*mailed) string) func(*testing.T, *mailed) {
		return func(t *testing.T, w *mailed) {
			r, err := w.App.FindRecordById(collection, id(w))
			must(t, err)
			must(t, w.App.Delete(r))
		}
	}
	client := remove("clients", func(w *mailed) string { return w.client })
	mailing := func(t *testing.T, w *mailed) {
		remove("mailings", func(w *mailed) string { return w.mailing })(t, w)
		w.SQL(t, `DELETE FROM recipients`, nil)
		w.SQL(t, `DELETE FROM contents`, nil)
	}
	for _, c := range []struct {
		name   string
		before []func(*testing.T, *mailed)
		status int
		emails []string
	}{
		{"the client is deleted", []func(*testing.T, *mailed){client}, 200, []string{ivan}},
		{"the mailing is deleted", []func(*testing.T, *mailed){mailing}, 200, []string{ivan}},
		{"both are deleted", []func(*testing.T, *mailed){client, mailing}, 404, nil},
		{"the client has another address by now", []func(*testing.T, *mailed){func(t *testing.T, w *mailed) {
			w.Set(t, "clients", w.client, "email", "new@example.com")
		}}, 200, []string{ivan, "new@example.com"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newMailed(t)
			for _, do := range c.before {
				do(t, w)
			}
			if rec := w.send(t, http.MethodGet, w.link, "", ""); rec.Code != c.status {
				t.Errorf("GET: %d", rec.Code)
			}
			if rec := w.send(t, http.MethodPost, w.link, formType, "List-Unsubscribe=One-Click"); rec.Code != c.status {
				t.Errorf("POST: %d", rec.Code)
			}
			for _, email := range c.emails {
				if !w.stopped(t, email) {
					t.Errorf("%s is still mailed", email)
				}
			}
		})
	}
}

func TestUnknownUnsubscribeLinks(t *testing.T) {
	w := newMailed(t)
	view, err := suppression.NewTokens(w.App).Make(suppression.PurposeView, w.mailing, w.client)
	must(t, err)
	for name, path := range map[string]string{
		"nonsense":                 "/u/nonsense",
		"a changed one":            w.link[:len(w.link)-1] + "_",
		"the link to view a mail":  "/u/" + view,
		"an id that is not there":  w.linkOf(t, "nobody000000000"),
		"a path below a good link": w.link + "/x",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			rec := w.send(t, method, path, "", "", "Accept-Language", "ru")
			if name == "an id that is not there" && rec.Code == http.StatusOK {
				t.Errorf("%s %s: found", method, name)
			}
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, name, rec.Code)
			}
			if name == "nonsense" && !strings.Contains(rec.Body.String(), "Ссылка не работает") {
				t.Errorf("%s says %s", name, rec.Body)
			}
		}
	}
	if rec := w.send(t, http.MethodPost, w.link, formType, strings.Repeat("x", middleware.GuestBody+1)); rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", rec.Code)
	}
}

func TestTheLinkOfATestMailSaysSoAndUnsubscribesNobody(t *testing.T) {
	w := newMailed(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		rec := w.send(t, method, "/u/preview", formType, "choice=everything", "Accept-Language", "ru")
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Это пробное письмо") {
			t.Errorf("%s: %d %s", method, rec.Code, rec.Body)
		}
	}
	if w.stopped(t, ivan) {
		t.Error("somebody was unsubscribed by it")
	}
}

func TestUnsubscribingIsNeverLimited(t *testing.T) {
	w := newMailed(t)
	settings := w.App.Settings()
	settings.RateLimits.Enabled = true
	must(t, w.App.Save(settings))
	for i := range 1200 {
		if rec := w.send(t, http.MethodPost, w.link, formType, "List-Unsubscribe=One-Click"); rec.Code != http.StatusOK {
			t.Fatalf("request %d: %d", i, rec.Code)
		}
	}
}
