package forms_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gonets/hooks/middleware"
)

func TestTheAnswerIsTheSameWhetherTheAddressIsKnown(t *testing.T) {
	w := newWorld(t)
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "known@example.com"})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "left@example.com", "reason": "unsubscribed"})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "spam@example.com", "reason": "complained"})
	for _, email := range []string{"new@example.com", "known@example.com", "left@example.com", "spam@example.com", "new@example.com"} {
		if a := w.signUp(t, 202, map[string]any{"email": email}); strings.TrimSpace(a.Text) != `{"status":"confirm"}` {
			t.Errorf("%s: %s", email, a.Text)
		}
	}
	if n := w.mails(t); n != 4 { // the second one to new@ is not sent
		t.Errorf("%d e-mails", n)
	}
	if n := w.Count(t, "clients", nil); n != 1 {
		t.Errorf("a sign-up made a client: there are %d", n)
	}
}

func TestBadAnswersAreNamedAtTheirFields(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("я", 501)
	for name, c := range map[string]struct {
		values      map[string]any
		field, code string
	}{
		"no address":          {map[string]any{}, "email", "required"},
		"no address at all":   {map[string]any{"email": "ivan"}, "email", "invalid_email"},
		"a number":            {map[string]any{"email": 7}, "email", "required"},
		"markup in a name":    {map[string]any{"email": ivan, "full_name": "<b>Ivan</b>"}, "full_name", "no_html"},
		"a link in a name":    {map[string]any{"email": ivan, "full_name": "Win http://x.example"}, "full_name", "no_html"},
		"two lines":           {map[string]any{"email": ivan, "full_name": "Ivan\nBcc: all@example.com"}, "full_name", "no_line_breaks"},
		"too long":            {map[string]any{"email": ivan, "full_name": long}, "full_name", "too_long"},
		"an object":           {map[string]any{"email": ivan, "full_name": map[string]any{}}, "full_name", "invalid_value"},
		"not among the words": {map[string]any{"email": ivan, "city": "Paris"}, "city", "invalid_choice"},
		"no such day":         {map[string]any{"email": ivan, "birthday": "2026-02-30"}, "birthday", "invalid_date"},
		"not checked":         {map[string]any{"email": ivan, "adult": false}, "adult", "required"},
		"an unknown field":    {map[string]any{"email": ivan, "role": "manager"}, "role", "unknown_field"},
		"a long unknown one":  {map[string]any{"email": ivan, long: "x"}, "form", "unknown_field"},
		"no consent":          {map[string]any{"email": ivan, "consent": false}, "consent", "no_consent"},
		"no proof of work":    {map[string]any{"email": ivan, "altcha": ""}, "altcha", "proof_required"},
		"an invented proof":   {map[string]any{"email": ivan, "altcha": "eyJhbGdvcml0aG0iOiJTSEEtMjU2In0="}, "altcha", "proof_required"},
	} {
		if a := w.signUp(t, 400, c.values); a.Code(c.field) != c.code {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
	for _, body := range []string{"{", "null", "[]", `{"email":"a@example.com"} {}`, ""} {
		if a := w.Ask(t, visitor, http.MethodPost, w.at, strings.NewReader(body)); a.Status != 400 || a.Code("form") != "invalid_body" {
			t.Errorf("%q: %d %s", body, a.Status, a.Text)
		}
	}
	if n := w.mails(t) + w.Count(t, "signups", nil) + w.Count(t, "consents", nil); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	if a := w.signUp(t, 400, map[string]any{"email": ivan, "full_name": long}); !strings.Contains(a.Text, "200 for a name") {
		t.Error(a.Text)
	}
	if a := w.signUp(t, 400, map[string]any{"email": "ivan"}); !strings.Contains(a.Text, "Not a valid email address") {
		t.Error(a.Text)
	}
	rec := w.post(t, w.at, url.Values{"email": {"ivan"}, "full_name": {"Иван"}}, "Accept-Language", "ru")
	body := rec.Body.String()
	for _, part := range []string{`lang="ru"`, "Проверьте отмеченные поля", `value="Иван"`, "похоже, в нём ошибка", "Заполните это поле"} {
		if rec.Code != 400 || !strings.Contains(body, part) {
			t.Errorf("%d: %q is missing in %s", rec.Code, part, body)
		}
	}
}

func TestASolutionIsGoodForOneSignUp(t *testing.T) {
	w := newWorld(t)
	solution := w.solved(t)
	w.signUp(t, 202, map[string]any{"email": ivan, "altcha": solution})
	w.signUp(t, 400, map[string]any{"email": "olga@example.com", "altcha": solution})
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// hiddenValues are those of the page with the button.
func hiddenValues(page string) url.Values {
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		values.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return values
}

func TestWithoutScriptsAButtonSendsTheForm(t *testing.T) {
	w := newWorld(t)
	asked := w.post(t, w.at, url.Values{"email": {ivan}, "full_name": {`Ivan "the" Great`}, "adult": {"true"}, "city": {""}})
	again := hiddenValues(asked.Body.String())
	if asked.Code != 200 || again.Get("full_name") != `Ivan "the" Great` || again.Get("pressed") == "" || w.mails(t) != 0 {
		t.Fatalf("%d %v %s", asked.Code, again, asked.Body)
	}
	if soon := w.post(t, w.at, again); soon.Code != 200 || !strings.Contains(soon.Body.String(), "very fast") || hiddenValues(soon.Body.String()).Get("pressed") != again.Get("pressed") {
		t.Errorf("%d %s", soon.Code, soon.Body)
	}
	other := url.Values{"email": {"olga@example.com"}, "adult": {"true"}, "pressed": {again.Get("pressed")}}
	if rec := w.post(t, w.at, other); rec.Code != 200 || strings.Contains(rec.Body.String(), "very fast") {
		t.Errorf("a press for another address: %d %s", rec.Code, rec.Body)
	}
	w.Eventually(t, "the button may be pressed", func() bool { return w.post(t, w.at, again).Code == 202 })
	if links := w.links(t, ivan); len(links) != 1 {
		t.Errorf("%d e-mails", len(links))
	}
}

func TestANetworkAndAFormHaveLimits(t *testing.T) {
	w := newWorld(t)
	ask := func(status, i int, ip string) {
		t.Helper()
		a := w.Ask(t, visitor, http.MethodPost, w.at, map[string]any{
			"email": fmt.Sprintf("reader-%d@example.com", i), "adult": true, "altcha": w.solved(t),
		}, "X-Real-IP", ip)
		if a.Status != status || status == 429 && a.Code("form") != "too_many" {
			t.Errorf("%s, %d: %d %s", ip, i, a.Status, a.Text)
		}
	}
	for i := range 30 {
		ask(202, i, fmt.Sprintf("198.51.100.%d", i))
	}
	ask(429, 30, "198.51.100.200")
	ask(202, 0, "198.51.100.200") // had its e-mail: nothing is sent, and nobody is told
	ask(202, 0, "198.51.101.2")
	ask(202, 31, "198.51.101.1")
	w.SQL(t, `UPDATE signups SET asked = asked - 3600001`, nil)
	ask(202, 32, "198.51.100.200")
	w.SQL(t, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
		INSERT INTO signups (id, owner, source, email, proven, asked) SELECT i, s.owner, s.source, 'x', 1, s.asked
		FROM n, (SELECT * FROM signups ORDER BY asked DESC LIMIT 1) s`, nil)
	ask(429, 33, "192.0.2.1")
	ask(429, 0, "192.0.2.1") // a stranger does not learn that this one has signed up
	ask(202, 0, "198.51.100.200")
}

func TestAFormThatIsOffIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.Set(t, "forms", w.form, "active", false)
	for _, path := range []string{w.at, "/f/nonexistent0000", "/f/" + strings.Repeat("x", 300)} {
		w.Expect(t, 404, visitor, http.MethodPost, path, map[string]any{"email": ivan})
		if rec := w.Get(t, visitor, path, "Content-Type", ""); rec.Code != 404 || !strings.Contains(rec.Body.String(), "<html") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
		w.Expect(t, 404, visitor, http.MethodGet, path+"/challenge", nil)
	}
	w.Set(t, "forms", w.form, "active", true)
	w.Set(t, "users", w.IDs[anna], "blocked", true)
	w.Expect(t, 404, visitor, http.MethodPost, w.at, map[string]any{"email": ivan})
}

func TestWithoutAMailServerTheFormSaysSo(t *testing.T) {
	w := newWorld(t)
	settings := w.App.Settings()
	settings.SMTP.Enabled = false
	must(t, w.App.Save(settings))
	if a := w.signUp(t, 503, map[string]any{"email": ivan}); a.Code("form") != "unavailable" {
		t.Error(a.Text)
	}
	settings.SMTP.Enabled = true
	must(t, w.App.Save(settings))
	w.signUp(t, 202, map[string]any{"email": ivan}) // it had no e-mail yet
	if links := w.links(t, ivan); len(links) != 1 {
		t.Errorf("%d e-mails", len(links))
	}
}

func TestThePageOfAForm(t *testing.T) {
	w := newWorld(t)
	rec := w.Get(t, visitor, w.at, "Accept-Language", "en", "Content-Type", "")
	body := rec.Body.String()
	for _, part := range []string{
		"<h1>Our &lt;news&gt;</h1>", "<strong>week</strong>", "I agree to get emails.", `name="city"`, "<option>Tver</option>", `type="date"`, `type="checkbox"`, `name="website"`,
		// In the frame of another page, what the text links to opens beside it, and the form is answered in the frame.
		`<base target="_blank">`, `<form target="_self" method="post"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("%q is missing in %s", part, body)
		}
	}
	if strings.Contains(body, "<script>alert") {
		t.Error("the text of the owner is HTML")
	}
	policy := rec.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors *") || !strings.Contains(policy, "script-src 'self' 'sha256-") || strings.Contains(policy, "unsafe") || rec.Header().Get("X-Frame-Options") != "" {
		t.Errorf("%v", rec.Header())
	}
	w.Send(t, visitor, http.MethodHead, w.at)
	w.Get(t, visitor, w.at, "Sec-Purpose", "prefetch", "Content-Type", "")
	w.signUp(t, 202, map[string]any{"email": ivan})
	a := w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/forms/"+w.form+"/figures", nil)
	if !strings.Contains(a.Text, `"totals":{"shown":1,"requested":1,"confirmed":0}`) {
		t.Error(a.Text)
	}
	w.Expect(t, 200, marta, http.MethodGet, "/api/gonets/forms/"+w.form+"/figures", nil)
	w.Expect(t, 404, boris, http.MethodGet, "/api/gonets/forms/"+w.form+"/figures", nil)
	w.Expect(t, 401, visitor, http.MethodGet, "/api/gonets/forms/"+w.form+"/figures", nil)
}

func TestABodyThatIsTooLargeIsAnsweredInTheReadersLanguage(t *testing.T) {
	w := newWorld(t)
	large := "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n" + strings.Repeat("a", middleware.GuestBody) + "\r\n--x--\r\n"
	for _, path := range []string{w.at, w.requested(t, map[string]any{"email": ivan})} {
		for kind, body := range map[string]string{"multipart/form-data; boundary=x": large, "application/x-www-form-urlencoded": "email=" + large} {
			rec := w.send(path, kind, body, "Accept-Language", "ru")
			if rec.Code != http.StatusRequestEntityTooLarge || !strings.Contains(rec.Body.String(), "не больше 64 КБ") {
				t.Errorf("%s, %s: %d %s", path, kind, rec.Code, rec.Body)
			}
		}
	}
	if n := w.Count(t, "clients", nil); n != 0 {
		t.Errorf("%d clients", n)
	}
	if a := w.Expect(t, 404, visitor, http.MethodPost, "/f/none", map[string]any{"email": ivan}, "Accept-Language", "ru"); !strings.Contains(a.Text, "Такой формы нет") {
		t.Error(a.Text)
	}
}
