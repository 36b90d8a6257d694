package forms_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"gonets/internal/keyedhash"
	"gonets/internal/proofofwork"
	"gonets/internal/signup"
	"gonets/internal/suppression"
)

// TestOneMailboxIsNotFilledUnderManyAddresses signs one person up under variants of the address, by forms of two owners.
func TestOneMailboxIsNotFilledUnderManyAddresses(t *testing.T) {
	w := newWorld(t)
	for i, email := range []string{
		"victim@gmail.com", "Victim@GMail.com", "v.ictim@gmail.com", "v.i.c.t.i.m+1@gmail.com", "victim+2@googlemail.com", " victim@gmail.com ", "vic.tim+3@gmail.com",
	} {
		if a := w.signUp(t, 202, map[string]any{"email": email}); strings.TrimSpace(a.Text) != `{"status":"confirm"}` {
			t.Errorf("%d: %s", i, a.Text)
		}
	}
	if n := w.mails(t); n != 3 {
		t.Errorf("%d e-mails to one mailbox", n)
	}
	w.requested(t, map[string]any{"email": "other@gmail.com"})
	theirs := w.Add(t, "forms", map[string]any{"owner": w.IDs[boris], "name": "Theirs", "active": true}).Id
	for i := range 10 {
		must(t, w.signups.Ask(t.Context(), signup.Request{
			Form: signup.Form{ID: theirs, Owner: w.IDs[boris]}, Language: "en", Proven: true, Answers: signup.Answers{Email: fmt.Sprintf("victim+%d@gmail.com", 10+i)},
		}))
	}
	if n := w.mails(t); n != 3+1+3 {
		t.Errorf("%d e-mails after the form of another owner", n)
	}
}

// bot is one way of programs to send a form without the work that people's browsers do.
type bot struct {
	name   string
	values url.Values
	asJSON bool
	status int
}

// bots are their ways. Two of them had to be paid for once: a solution that was used, and one that is too old.
func (w *world) bots(t *testing.T) []bot {
	t.Helper()
	key, err := suppression.NewTokens(w.App).Key("proof")
	must(t, err)
	solve := func(key *keyedhash.Hash, form string, made time.Time) string {
		solution, err := proofofwork.Solve(proofofwork.New(key, form, made))
		must(t, err)
		return solution
	}
	used := solve(key, w.form, time.Now())
	w.signUp(t, 202, map[string]any{"email": "first@example.com", "altcha": used})
	press := func(email string, shown time.Time) string {
		p, err := w.signups.Press(w.form, email, shown)
		must(t, err)
		return p
	}
	old := press("victim@example.com", time.Now().Add(-2*time.Hour))
	others := press("other@example.com", time.Now().Add(-time.Minute))
	proofs := map[string]string{
		"a solution that was used": used, "a solution that is too old": solve(key, w.form, time.Now().Add(-proofofwork.Lifetime-time.Minute)),
		"a solution for another form": solve(key, "another_form_00", time.Now()), "a solution of its own challenge": solve(keyedhash.New([]byte("guessed")), w.form, time.Now()),
		"no solution": "",
	}
	bots := []bot{
		{"the hidden field", url.Values{"website": {"https://spam.example"}}, false, 202}, // as for people: the bot is not told
		{"the hidden field, as JSON", url.Values{"website": {"x"}}, true, 202},
		{"a press of nothing", url.Values{"pressed": {"1.x"}}, false, 200},
		{"a press of long ago", url.Values{"pressed": {old}}, false, 200},
		{"a press for another address", url.Values{"pressed": {others}}, false, 200},
		{"a press that is too quick", url.Values{"pressed": {""}}, false, 200},
	}
	for name, solution := range proofs {
		bots = append(bots,
			bot{name, url.Values{"altcha": {solution}}, false, 200},
			bot{name + ", as JSON", url.Values{"altcha": {solution}}, true, 400})
	}
	return bots
}

func TestFiveThousandPostsOfBotsMailNobody(t *testing.T) {
	w := newWorld(t)
	bots := w.bots(t)
	rows := func() int {
		return w.mails(t) + w.Count(t, "signups", nil) + w.Count(t, "consents", nil) + w.Count(t, "clients", nil)
	}
	before := rows()
	for i := range 5000 {
		b, email := bots[i%len(bots)], fmt.Sprintf("victim-%d@example.com", i)
		if b.name == "a press that is too quick" {
			press, err := w.signups.Press(w.form, email, time.Now())
			must(t, err)
			b.values.Set("pressed", press)
		}
		if b.name == "a press of long ago" {
			email = "victim@example.com"
		}
		if rec := w.sendAs(t, b, email); rec.Code != b.status {
			t.Fatalf("%d, %s: %d %s", i, b.name, rec.Code, rec.Body)
		}
	}
	if n := rows() - before; n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

// sendAs sends the form as a bot does, from a network of its own.
func (w *world) sendAs(t *testing.T, b bot, email string) *httptest.ResponseRecorder {
	t.Helper()
	w.network++
	ip := fmt.Sprintf("198.%d.%d.1", w.network/200%200, w.network%200)
	if !b.asJSON {
		values := url.Values{"email": {email}, "adult": {"true"}}
		for name := range b.values {
			values.Set(name, b.values.Get(name))
		}
		return w.post(t, w.at, values, "X-Real-IP", ip)
	}
	values := map[string]any{"email": email, "adult": true}
	for name := range b.values {
		values[name] = b.values.Get(name)
	}
	body, err := json.Marshal(values)
	must(t, err)
	return w.send(w.at, "application/json", string(body), "X-Real-IP", ip)
}

// TestTenThousandPostsOfOneAddressAreRefused has one computer send the form over and over.
func TestTenThousandPostsOfOneAddressAreRefused(t *testing.T) {
	w := newWorld(t)
	settings := w.App.Settings()
	settings.RateLimits.Enabled = true
	must(t, w.App.Save(settings))
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	refused, before, began := 0, heap(), time.Now()
	for i := range 10_000 {
		values := url.Values{"email": {fmt.Sprintf("victim-%d@example.com", i)}, "adult": {"true"}}
		rec := w.post(t, w.at, values, "X-Real-IP", "198.51.100.7", "Accept-Language", "ru", "Accept", "text/html")
		if rec.Code != http.StatusTooManyRequests {
			continue
		}
		if refused++; refused == 1 && (rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "Слишком много запросов")) {
			t.Errorf("%v %s", rec.Header(), rec.Body)
		}
	}
	if took := time.Since(began); refused < 10_000-60*(2+int(took.Minutes())) {
		t.Errorf("only %d were refused in %s", refused, took)
	}
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("%d bytes more are held", grown)
	}
	if n := w.mails(t) + w.Count(t, "signups", nil) + w.Count(t, "consents", nil); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	if rec := w.post(t, w.at, url.Values{"email": {ivan}, "adult": {"true"}}, "X-Real-IP", "203.0.113.5"); rec.Code != 200 {
		t.Errorf("another computer is refused too: %d", rec.Code)
	}
}
