package metrics

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/measure"
	"gonets/internal/smtptest"
)

// scrape reads a figure by its name with labels; -1 when it is missing.
func scrape(t *testing.T, f *figures, name string) float64 {
	t.Helper()
	f.at = time.Time{}
	var all bytes.Buffer
	if err := f.Write(&all); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(all.String())
	if m == nil {
		return -1
	}
	value, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// launch starts an engine until the test ends, and a mailing.
func launch(t *testing.T, e *delivery.Engine, id string) {
	t.Helper()
	e.Start(t.Context())
	t.Cleanup(func() { e.Stop(t.Context()) })
	if _, err := e.Launch(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
}

func TestTheFiguresAreThoseOfTheRecipients(t *testing.T) {
	w := mailingtest.New(t)
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
		smtptest.To("person1@example1.com", smtptest.RCPT, smtptest.Say("550 5.7.1 no")), smtptest.To("person2@example2.com", smtptest.RCPT, smtptest.Say("451 4.7.1 later")),
	}})
	w.NewClients(10)
	sender := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": sender})
	e := delivery.New(w.App)
	f := newFigures(w.App, e)
	for _, name := range []string{
		"gonets_ready", `gonets_breaker_open{sender="` + sender + `"}`, `gonets_attempts_total{sender="` + sender + `",class="success"}`,
	} {
		if value := scrape(t, f, name); value != 0 {
			t.Errorf("%s is %v before the start", name, value)
		}
	}
	launch(t, e, id)
	w.Eventually("all but one are settled", func() bool {
		return w.States(id)[mailing.Sent]+w.States(id)[mailing.Failed] == 9 && w.States(id)[mailing.Deferred] == 1
	})
	for name, want := range map[string]float64{
		`gonets_recipients{state="sent"}`:                                  8,
		`gonets_recipients{state="failed"}`:                                1,
		`gonets_recipients{state="deferred"}`:                              1,
		`gonets_recipients{state="pending"}`:                               0,
		`gonets_recipients{state="sending"}`:                               0,
		`gonets_ready`:                                                     1,
		`gonets_attempts_total{sender="` + sender + `",class="success"}`:   8,
		`gonets_attempts_total{sender="` + sender + `",class="permanent"}`: 1,
		`gonets_attempts_total{sender="` + sender + `",class="temporary"}`: 1,
		`gonets_breaker_open{sender="` + sender + `"}`:                     0,
	} {
		if got := scrape(t, f, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if waits := scrape(t, f, "gonets_oldest_waiting_seconds"); waits <= 0 || waits > 300 {
		t.Errorf("the deferred recipient has waited for %v seconds", waits)
	}

	// An engine that ends takes what it knew of the mail servers along, and its counters stay.
	e.Stop(t.Context())
	if open := scrape(t, f, `gonets_breaker_open{sender="`+sender+`"}`); open != 0 {
		t.Errorf("the breaker is %v after the end", open)
	}
	if sent := scrape(t, f, `gonets_attempts_total{sender="`+sender+`",class="success"}`); sent != 8 {
		t.Errorf("%v attempts after the end", sent)
	}
}

func TestAnOpenBreakerIsShown(t *testing.T) {
	w := mailingtest.New(t)
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Say("421 4.3.2 closed"))}})
	w.NewClients(1)
	sender := w.NewSender(p, nil)
	id := w.NewMailing(map[string]any{"sender": sender})
	e := delivery.New(w.App)
	f := newFigures(w.App, e)
	launch(t, e, id)
	w.Eventually("the breaker is open", func() bool { return scrape(t, f, `gonets_breaker_open{sender="`+sender+`"}`) == 1 })
}

// TestWhoIsBeingMailedIsCounted: a mail server that does not answer keeps one recipient for each of the two connections.
func TestWhoIsBeingMailedIsCounted(t *testing.T) {
	w := mailingtest.New(t)
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Body, smtptest.Stall())}})
	w.NewClients(5)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 2})})
	e := delivery.New(w.App)
	f := newFigures(w.App, e)
	launch(t, e, id)
	w.Eventually("two are being mailed", func() bool { return scrape(t, f, `gonets_recipients{state="sending"}`) == 2 })
	if waiting := scrape(t, f, `gonets_recipients{state="pending"}`); waiting != 3 {
		t.Errorf("%v wait", waiting)
	}
}

func TestManySendersShareALabel(t *testing.T) {
	d := measure.New()
	for i := range 1000 {
		d.Attempt("sender"+strconv.Itoa(i), measure.Success)
	}
	d.Attempt("", measure.Uncertain)
	d.Know([]string{"another"})
	var all bytes.Buffer
	d.Write(&all)
	if n := strings.Count(all.String(), `class="success"`); n != 201 {
		t.Errorf("%d senders are told apart", n)
	}
	if !strings.Contains(all.String(), `{sender="other",class="success"} 800`) {
		t.Errorf("the others are missing:\n%s", all.String())
	}
}

func TestAPortAloneIsOneOfThisMachine(t *testing.T) {
	for address, want := range map[string]string{
		"9464": "127.0.0.1:9464", ":9464": "127.0.0.1:9464", "0.0.0.0:9464": "0.0.0.0:9464", "[::1]:9464": "[::1]:9464", "localhost": "", "": "", "99999": "",
	} {
		got, err := complete(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", address, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "--metrics") {
			t.Errorf("%v does not name the flag", err)
		}
	}
}

// BenchmarkScrape has 10 000 mailings with a million recipients; what was read is thrown away before each scrape.
func BenchmarkScrape(b *testing.B) {
	w := mailingtest.New(b)
	user := w.NewUser("many@example.org")
	for _, sql := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO mailings (id, owner, name, status, total, sent, started_at, created, updated, audience)
		SELECT printf('m%014d', i), {:owner}, 'Mailing with a name ' || i, IIF(i % 1000, 'completed', 'running'), 100, IIF(i % 1000, 100, 50), {:now}, {:now}, {:now}, 'everyone' FROM n`,
		`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
		INSERT INTO recipients (id, mailing, client, email, state)
		SELECT ((i / 100 + 1) << 32) + i % 100 + 1, printf('m%014d', i / 100 + 1), printf('c%014d', i), i || '@example.org', 'sent' FROM n`,
	} {
		if _, err := w.App.NonconcurrentDB().NewQuery(sql).Bind(dbx.Params{"owner": user, "now": database.Stamp(time.Now())}).Execute(); err != nil {
			b.Fatal(err)
		}
	}
	f := newFigures(w.App, delivery.New(w.App))
	var all bytes.Buffer
	for b.Loop() {
		all.Reset()
		f.at = time.Time{}
		if err := f.Write(&all); err != nil {
			b.Fatal(err)
		}
	}
}
