package forms_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/clients"
	"gonets/hooks/forms"
	"gonets/hooks/hookstest"
	"gonets/hooks/pages"
	"gonets/internal/proofofwork"
	"gonets/internal/signup"
	"gonets/internal/transactional"
)

const (
	anna    = hookstest.Anna
	boris   = hookstest.Boris
	marta   = hookstest.Marta
	visitor = hookstest.Anonymous
	ivan    = "ivan@example.com"
)

var must = hookstest.Must

// world has a form of Anna's to a public list and to one that is not.
type world struct {
	*hookstest.World
	signups                   *signup.Service
	public, private, form, at string
	network                   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	w.World = hookstest.New(t, pages.BindErrorPages, clients.BindUpsert, func(app core.App) {
		w.signups = signup.New(app, transactional.New(app, func() {}))
		forms.Bind(app, w.signups)
	})
	settings := w.App.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port = true, "127.0.0.1", 1
	settings.Meta.SenderAddress, settings.Meta.AppURL = "news@gonets.example", "https://mail.example.com"
	settings.TrustedProxy.Headers = []string{"X-Real-IP"}
	must(t, w.App.Save(settings))
	owner := w.IDs[anna]
	w.public = w.Add(t, "lists", map[string]any{"owner": owner, "name": "Recipes", "public": true}).Id
	w.private = w.Add(t, "lists", map[string]any{"owner": owner, "name": "Debtors"}).Id
	w.form = w.Add(t, "forms", map[string]any{
		"owner": owner, "name": "Site", "title": "Our <news>", "text": "Once a **week**. <script>alert(1)</script>", "active": true,
		"lists": []string{w.public, w.private}, "consent_text": "I agree to get emails.", "success_url": "https://shop.example/thanks",
		"fields": []signup.Field{
			{Name: "full_name", Type: "text"},
			{Name: "city", Label: "Your city", Type: "choice", Choices: []string{"Tver", "York"}},
			{Name: "birthday", Type: "date"},
			{Name: "adult", Label: "I am 18", Type: "checkbox", Required: true},
		},
	}).Id
	w.at = "/f/" + w.form
	return w
}

// solved is the solution of a fresh challenge.
func (w *world) solved(t *testing.T) string {
	t.Helper()
	a := w.Expect(t, 200, visitor, http.MethodGet, w.at+"/challenge", nil)
	var c proofofwork.Challenge
	must(t, json.Unmarshal([]byte(a.Text), &c))
	solution, err := proofofwork.Solve(c)
	must(t, err)
	return solution
}

// ip is an address in a network of its own.
func (w *world) ip() string {
	w.network++
	return "203." + string(rune('0'+w.network/100%10)) + string(rune('0'+w.network/10%10)) + "." + string(rune('0'+w.network%10)) + ".7"
}

// signUp sends the form as JSON with a proof of work, from a network of its own.
func (w *world) signUp(t *testing.T, status int, values map[string]any) hookstest.Answer {
	t.Helper()
	all := map[string]any{"adult": true, "altcha": w.solved(t)}
	for name, value := range values {
		all[name] = value
	}
	return w.Expect(t, status, visitor, http.MethodPost, w.at, all, "X-Real-IP", w.ip())
}

// post sends the form as a browser does, in English.
func (w *world) post(t *testing.T, path string, values url.Values, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return w.send(path, "application/x-www-form-urlencoded", values.Encode(), headers...)
}

// send posts a body of some kind, as a program outside does.
func (w *world) send(path, kind, body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, req)
	return rec
}

// links are those of the e-mails to an address, the oldest first.
func (w *world) links(t *testing.T, email string) (links []string) {
	t.Helper()
	must(t, w.App.DB().NewQuery(`
		SELECT json_extract(c.letter, '$.data.url') FROM transactional t JOIN contents c ON c.no = t.no
		WHERE t.source = 'service' AND t.addresses = {:e} AND json_extract(c.letter, '$.data.url') != '' ORDER BY t.no`).
		Bind(dbx.Params{"e": email}).Column(&links))
	for i, link := range links {
		links[i] = strings.TrimPrefix(link, "https://mail.example.com")
	}
	return links
}

// requested signs up and returns the link.
func (w *world) requested(t *testing.T, values map[string]any) string {
	t.Helper()
	w.signUp(t, 202, values)
	links := w.links(t, values["email"].(string))
	if len(links) == 0 {
		t.Fatalf("%s got no e-mail", values["email"])
	}
	return links[len(links)-1]
}

// client is one of Anna's, nil if there is none.
func (w *world) client(t *testing.T, email string) *core.Record {
	t.Helper()
	all, err := w.App.FindAllRecords("clients", dbx.HashExp{"owner": w.IDs[anna], "email": email})
	must(t, err)
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// events are those of the log about an address, in order.
func (w *world) events(t *testing.T, email string) (all []string) {
	t.Helper()
	must(t, w.App.DB().NewQuery(`SELECT event || ' ' || COALESCE((SELECT name FROM lists WHERE id = list), 'all') || ' ' || text || ' ' || ip
		FROM consents WHERE email = {:e} ORDER BY rowid`).Bind(dbx.Params{"e": email}).Column(&all))
	return all
}

func (w *world) mails(t *testing.T) int { return w.Count(t, "transactional", nil) }
