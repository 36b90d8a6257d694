package pages_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/pages"
	"gonets/internal/suppression"
)

// view opens an address in a browser of that language.
func (p *post) view(path, language string) *http.Response {
	req := httptest.NewRequest("GET", path, nil)
	req.Header.Set("Accept-Language", language)
	rec := httptest.NewRecorder()
	p.HTTP.ServeHTTP(rec, req)
	return rec.Result()
}

func (p *post) token(t *testing.T, purpose suppression.Purpose) string {
	t.Helper()
	token, err := suppression.NewTokens(p.App).Make(purpose, p.Mailing.Id, p.Client.Id)
	must(t, err)
	return token
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	_, err := io.Copy(&b, r.Body)
	must(t, err)
	return b.String()
}

func TestTheMailInTheBrowser(t *testing.T) {
	p := newPost(t, nil)
	p.Launch(t)
	p.Set(t, "messages", p.Message.Id, "body", "<p>Changed since</p>")
	token := p.token(t, suppression.PurposeView)

	r := p.view("/v/"+token, "ru")
	body := bodyOf(t, r)
	if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.Contains(body, "Hello Ольга of Тверь") {
		t.Fatalf("got %d %s", r.StatusCode, body)
	}
	if !strings.Contains(body, "https://gonets.example/u/"+p.token(t, suppression.PurposeUnsubscribe)) {
		t.Errorf("the way to opt out is not the client's: %s", body)
	}
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("policy %q lets scripts run on our origin", policy)
	}
	if r.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("headers %v", r.Header)
	}

	must(t, p.App.Delete(p.Client))
	if r := p.view("/v/"+token, "ru"); r.StatusCode != 200 {
		t.Errorf("after the client was deleted: %d", r.StatusCode)
	}
	p.SQL(t, `UPDATE mailings SET blocked = TRUE WHERE id = {:id}`, dbx.Params{"id": p.Mailing.Id})
	if r := p.view("/v/"+token, "ru"); r.StatusCode != 404 {
		t.Errorf("after the mailing was blocked: %d", r.StatusCode)
	}
}

func TestATextMailInTheBrowserShowsItsTextAndNoHTMLOfItsOwn(t *testing.T) {
	p := newPost(t, nil)
	p.Set(t, "messages", p.Message.Id, "format", "text")
	p.Set(t, "messages", p.Message.Id, "body", "1 < 2 <script>alert(1)</script>\nSee https://example.com/a?b=1&c=2.")
	p.Launch(t)
	body := bodyOf(t, p.view("/v/"+p.token(t, suppression.PurposeView), "en"))
	if !strings.Contains(body, "1 &lt; 2 &lt;script&gt;") || strings.Contains(body, "<script>") ||
		!strings.Contains(body, `<a href="https://example.com/a?b=1&amp;c=2">`) {
		t.Errorf("got %s", body)
	}
}

func TestALinkToNoMailGetsAFriendlyPage(t *testing.T) {
	p := newPost(t, nil)
	token := p.token(t, suppression.PurposeView)
	expect := func(name, path, language string, status int, words string) {
		t.Helper()
		r := p.view(path, language)
		if body := bodyOf(t, r); r.StatusCode != status || !strings.Contains(body, words) || r.Header.Get("Content-Security-Policy") != pages.ViewPolicy {
			t.Errorf("%s: got %d %s", name, r.StatusCode, body)
		}
	}
	expect("a mailing that was not launched", "/v/"+token, "ru", 404, "Письма здесь нет")
	p.Launch(t)
	expect("a token with another end", "/v/"+token[:len(token)-2]+"xx", "en", 404, "There is no email here")
	expect("no token", "/v/x", "de", 404, "There is no email here")
	expect("a token of another purpose", "/v/"+p.token(t, suppression.PurposeUnsubscribe), "en", 404, "There is no email here")
	expect("the link of a preview", "/v/preview", "ru", 200, "Это пробное письмо")
	must(t, p.App.Delete(p.Client))
	p.SQL(t, `DELETE FROM recipients`, nil)
	expect("a client of whom nothing is left", "/v/"+token, "en", 404, "There is no email here")
	p.SQL(t, `DELETE FROM mailings`, nil)
	expect("a mailing that was deleted", "/v/"+token, "en", 404, "There is no email here")
}
