package pages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/suppression"
)

// post sends a form of the page, and returns the status, and the page that follows if it was accepted.
func (w *mailed) post(t *testing.T, values url.Values, headers ...string) (int, string) {
	t.Helper()
	rec := w.send(t, http.MethodPost, w.link, formType, values.Encode(), headers...)
	if rec.Code != http.StatusSeeOther {
		return rec.Code, rec.Body.String()
	}
	return rec.Code, w.send(t, http.MethodGet, rec.Header().Get("Location"), "", "", headers...).Body.String()
}

// events are the rows of the log about Ivan, the oldest first.
func (w *mailed) events(t *testing.T) (all []string) {
	t.Helper()
	must(t, w.App.DB().NewQuery(`
		SELECT event || ' ' || CASE list WHEN '' THEN 'all' ELSE (SELECT name FROM lists WHERE id = list) END
		FROM consents WHERE client = {:c} ORDER BY created, rowid`).Bind(dbx.Params{"c": w.client}).Column(&all))
	return all
}

func TestAReaderChoosesListsNameAndLanguage(t *testing.T) {
	w := newMailed(t)
	offered := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "Recipes", "public": true, "description": "On Fridays"}).Id
	hidden := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "VIP"}).Id
	others := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "Boris", "public": true}).Id

	body := w.send(t, http.MethodGet, w.link, "", "").Body.String()
	for _, want := range []string{offered, w.list, w.secondList, "Recipes", "On Fridays", `name="language"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, unwanted := range []string{hidden, others, "VIP", "Debtors", "Boris"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}

	status, body := w.post(t, url.Values{
		"choice": {"save"}, "list": {offered, w.list, hidden, others}, "name": {" Ivan <b> "}, "language": {"en"},
	}, "Accept-Language", "ru", "User-Agent", "Reader/1.0")
	if status != http.StatusSeeOther || !strings.Contains(body, "Ivan &lt;b&gt;") || !strings.Contains(body, `lang="en"`) || !strings.Contains(body, "Saved") {
		t.Errorf("%d %s", status, body)
	}
	for list, want := range map[string]string{offered: "confirmed", w.list: "confirmed", w.secondList: "unsubscribed"} {
		if got := w.onList(t, list); got != want {
			t.Errorf("on %s: %s, want %s", list, got, want)
		}
	}
	if n := w.Count(t, "subscriptions", dbx.HashExp{"client": w.client}); n != 3 {
		t.Errorf("he is on %d lists: one that was not offered was joined", n)
	}
	got := strings.Join(w.events(t), ", ")
	if !strings.HasSuffix(got, "withdrawn Debtors, confirmed Recipes") {
		t.Errorf("the log says %s", got)
	}
	if n := w.Count(t, "consents", dbx.HashExp{"client": w.client, "user_agent": "Reader/1.0", "email": ivan}); n != 2 {
		t.Errorf("%d rows name the browser", n)
	}
}

func TestWhatAReaderCannotSave(t *testing.T) {
	w := newMailed(t)
	for name, values := range map[string]url.Values{
		"a long name":          {"name": {strings.Repeat("a", 201)}, "language": {"en"}},
		"a name of two lines":  {"name": {"Ivan\nBcc: x"}, "language": {"en"}},
		"a language of markup": {"name": {"Ivan"}, "language": {"<b>"}},
	} {
		values.Set("choice", "save")
		status, body := w.post(t, values, "Accept-Language", "en")
		if status != http.StatusBadRequest || !strings.Contains(body, "That name cannot be saved") {
			t.Errorf("%s: %d", name, status)
		}
	}
	if w.Column(t, "clients", w.client, "full_name") != "" || w.onList(t, w.list) != "confirmed" {
		t.Error("something of it was saved")
	}
}

func TestAPause(t *testing.T) {
	w := newMailed(t)
	reasons := func() string {
		found, err := suppression.Reasons(w.App.DB(), w.IDs[anna], []string{ivan})
		must(t, err)
		return found[ivan]
	}
	body := w.press(t, "pause30")
	if reasons() != "paused" || !strings.Contains(body, `value="resume"`) || !strings.Contains(body, "Письма на паузе") {
		t.Fatalf("he is not paused: %q %s", reasons(), body)
	}
	var until string
	must(t, w.App.DB().Select("until").From("suppressions").Where(dbx.HashExp{"value": ivan}).Row(&until))
	if want := time.Now().AddDate(0, 0, 30).UTC().Format(time.DateOnly); !strings.HasPrefix(until, want) {
		t.Errorf("until %s, want %s", until, want)
	}
	must(t, suppression.EndPauses(t.Context(), w.App, time.Now().AddDate(0, 0, 29)))
	if reasons() != "paused" {
		t.Error("the pause has ended before its time")
	}
	must(t, suppression.EndPauses(t.Context(), w.App, time.Now().AddDate(0, 0, 31)))
	if reasons() != "" || w.Column(t, "clients", w.client, "status") != "active" {
		t.Errorf("the pause did not end: %q, %s", reasons(), w.Column(t, "clients", w.client, "status"))
	}

	w.press(t, "pause90")
	if body := w.press(t, "resume"); reasons() != "" || !strings.Contains(body, "Письма снова будут приходить") {
		t.Errorf("he could not come back: %q", reasons())
	}

	for _, reason := range []string{"bounced", "manual", "unsubscribed", "complained"} {
		w.press(t, "pause30")
		must(t, suppression.Add(w.App.NonconcurrentDB(), w.IDs[anna], ivan, reason, "", ""))
		if reasons() != reason {
			t.Errorf("a pause binds more than %s", reason)
		}
		w.press(t, "pause30")
		w.press(t, "resume")
		must(t, suppression.EndPauses(t.Context(), w.App, time.Now().AddDate(1, 0, 0)))
		if reasons() != reason {
			t.Errorf("a pause has lifted %s", reason)
		}
		w.SQL(t, `DELETE FROM suppressions`, nil)
	}
}

func TestWhySomebodyLeftIsAskedOnceAndCounted(t *testing.T) {
	w := newMailed(t)
	if body := w.press(t, "everything"); !strings.Contains(body, `value="too_many"`) {
		t.Fatalf("nobody asks why: %s", body)
	}
	for _, words := range []string{"first", "Every day! <script>"} {
		status, body := w.post(t, url.Values{"choice": {"why"}, "why": {"too_many"}, "words": {words}})
		if status != http.StatusSeeOther || strings.Contains(body, `value="too_many"`) || !strings.Contains(body, "Спасибо") {
			t.Errorf("%d %s", status, body)
		}
	}
	if n := w.Count(t, "opt_out_reasons", dbx.HashExp{"owner": w.IDs[anna], "reason": "too_many", "words": "Every day! <script>"}); n != 1 {
		t.Errorf("%d rows", n)
	}
	if n := w.Count(t, "opt_out_reasons", dbx.HashExp{}); n != 1 {
		t.Errorf("%d rows in all", n)
	}
}

func TestTheLogOfOneReaderIsBounded(t *testing.T) {
	w := newMailed(t)
	var status int
	for range 200 {
		w.post(t, url.Values{"choice": {"save"}})
		if status, _ = w.post(t, url.Values{"choice": {"save"}, "list": {w.list}}); status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Fatal("nothing stops a reader who goes back and forth")
	}
	if n := len(w.events(t)); n > 80 {
		t.Errorf("%d rows", n)
	}
	w.press(t, "everything")
	if !w.stopped(t, ivan) {
		t.Error("who has changed too much cannot unsubscribe")
	}
}

func TestTheBrandStandsOnTheReadersPage(t *testing.T) {
	w := newMailed(t)
	w.Add(t, "brands", map[string]any{"owner": w.IDs[anna], "name": "Tea & Co", "colour": "#ffdd00", "postal_address": "1 High Street", "site": "https://tea.example"})
	rec := w.send(t, http.MethodGet, w.link, "", "")
	body := rec.Body.String()
	for _, want := range []string{"Tea &amp; Co", "1 High Street", "https://tea.example", "--brand: #ffdd00; --brand-ink: #000000"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}
