package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
	"gonets/internal/suppression"
)

// world is an instance with one owner, a mail server and what it takes to send a mailing.
type base struct {
	t     testing.TB
	app   core.App
	dir   string
	owner string
}

// world is a base with an engine.
type world struct{ *base }

func newWorld(t testing.TB) *world {
	t.Helper()
	return &world{newBase(t)}
}

func newBase(t testing.TB) *base {
	t.Helper()
	dir := apptest.Folder(t)
	w := &base{t: t, dir: dir, app: apptest.Open(t, dir)}
	w.app.Settings().Meta.AppURL = "https://mail.example.org"
	if err := w.app.Save(w.app.Settings()); err != nil {
		t.Fatal(err)
	}
	w.owner = w.newUser("owner@example.org")
	return w
}

// save saves a record past all hooks but the schema's and those of secrets.
func (w *base) save(collection string, fields map[string]any) *core.Record {
	w.t.Helper()
	c, err := w.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		w.t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := w.app.Save(r); err != nil {
		w.t.Fatalf("save %s %v: %v", collection, fields, err)
	}
	return r
}

func (w *base) newUser(email string) string {
	w.t.Helper()
	c, err := w.app.FindCachedCollectionByNameOrId("users")
	if err != nil {
		w.t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.SetEmail(email)
	r.SetVerified(true)
	r.Set("role", "owner")
	r.Set("password:hash", "x")
	r.RefreshTokenKey()
	if err := w.app.SaveNoValidate(r); err != nil {
		w.t.Fatal(err)
	}
	return r.Id
}

// useServer makes the peer the mail server of PocketBase's own mail settings.
func (w *base) useServer(p *smtptest.Server) {
	w.t.Helper()
	s := w.app.Settings()
	s.SMTP.Enabled, s.SMTP.Host, s.SMTP.Port, s.SMTP.TLS = true, p.Host(), p.Port(), false
	if err := w.app.Save(s); err != nil {
		w.t.Fatal(err)
	}
}

// newSender saves a sender that sends through the peer.
func (w *base) newSender(p *smtptest.Server, more map[string]any) string {
	w.t.Helper()
	fields := map[string]any{
		"name": "sender " + fmt.Sprint(p.Port()), "from_email": "news@example.org", "host": p.Host(), "port": p.Port(), "tls": "none",
		"access": "everyone",
	}
	for k, v := range more {
		fields[k] = v
	}
	return w.save("senders", fields).Id
}

// newClients saves n clients, by SQL, for tests that need many.
func (w *base) newClients(n int) {
	w.t.Helper()
	_, err := w.app.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < {:n} - 1)
		INSERT INTO clients (id, owner, email, full_name, attributes, status, created, updated)
		SELECT printf('c%014d', i), {:owner}, printf('person%d@example%d.com', i, i % 7), printf('Person %d', i),
			printf('{"city":"City %d"}', i % 100), 'active', '2026-01-01 00:00:00.000Z', '2026-01-01 00:00:00.000Z'
		FROM k`).Bind(dbx.Params{"n": n, "owner": w.owner}).Execute()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *base) newClient(email string) string {
	w.t.Helper()
	return w.save("clients", map[string]any{"owner": w.owner, "email": email, "full_name": "Anna", "status": "active"}).Id
}

// newMailing saves a mailing to everyone.
func (w *base) newMailing(more map[string]any) string {
	w.t.Helper()
	message := w.save("messages", map[string]any{
		"owner": w.owner, "name": "letter", "subject": "Hello {{ client.full_name }}", "format": "html",
		"body": "<p>Dear {{ client.full_name }} of {{ client.attributes.city }}</p>",
	})
	fields := map[string]any{
		"owner": w.owner, "name": "mailing", "message": message.Id, "audience": "everyone", "status": "created", "repeat": "none",
	}
	for k, v := range more {
		fields[k] = v
	}
	return w.save("mailings", fields).Id
}

// start starts an engine that stops with the test.
func (w *world) start(options ...Option) *Engine {
	w.t.Helper()
	e := New(w.app, options...)
	e.Start(context.Background())
	w.t.Cleanup(func() { e.Stop(context.Background()) })
	return e
}

// launcher is an engine, or the verbs of somebody.
type launcher interface {
	Launch(ctx context.Context, id, key string) (Launched, error)
}

// launch launches a mailing that can be launched.
func (w *world) launch(e launcher, id string) Launched {
	w.t.Helper()
	l, err := e.Launch(context.Background(), id, "")
	if err != nil {
		w.t.Fatalf("launch: %v", err)
	}
	return l
}

// until waits for a condition on the progress of a mailing.
func (w *world) until(id, what string, holds func(Progress) bool) Progress {
	w.t.Helper()
	e := New(w.app)
	for nap := newNap(); ; {
		p, err := e.ProgressOf(id)
		if err != nil {
			w.t.Fatal(err)
		}
		if holds(p) {
			return p
		}
		if nap.over() {
			w.t.Fatalf("waited in vain until the mailing was %s: %+v, %s", what, p, p.Reason)
		}
	}
}

func (w *world) untilStatus(id string, status mailing.Status) Progress {
	w.t.Helper()
	return w.until(id, string(status), func(p Progress) bool { return p.Status == status })
}

// waits waits until the engine says that a mailing waits for this.
func (w *world) waits(e *Engine, id, code string) {
	w.t.Helper()
	for nap := newNap(); ; {
		p, err := e.ProgressOf(id)
		if err != nil {
			w.t.Fatal(err)
		}
		if reasonCode(p) == code {
			return
		}
		if nap.over() {
			w.t.Fatalf("waited in vain for %s: %s %s", code, p.Status, p.Reason)
		}
	}
}

// states counts the recipients of a mailing by state.
func (w *base) states(id string) map[mailing.State]int {
	w.t.Helper()
	var rows []struct {
		State mailing.State `db:"state"`
		N     int           `db:"n"`
	}
	err := w.app.ConcurrentDB().NewQuery(`SELECT state, COUNT(*) AS n FROM recipients WHERE mailing = {:id} GROUP BY state`).
		Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		w.t.Fatal(err)
	}
	states := map[mailing.State]int{}
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states
}

// balanced checks that the counters of a mailing say what its recipients do, and that attempts and
// rollups agree with them.
func (w *world) balanced(id string) {
	w.t.Helper()
	p, err := New(w.app).ProgressOf(id)
	if err != nil {
		w.t.Fatal(err)
	}
	states := w.states(id)
	all := 0
	for _, n := range states {
		all += n
	}
	got := map[mailing.State]int{mailing.Sent: p.Sent, mailing.Failed: p.Failed, mailing.Uncertain: p.Uncertain, mailing.Skipped: p.Skipped, mailing.Deferred: p.Deferred}
	for state, n := range got {
		if n != states[state] {
			w.t.Errorf("the mailing counts %d %s, there are %d", n, state, states[state])
		}
	}
	if p.Total != all {
		w.t.Errorf("the mailing counts %d recipients, there are %d", p.Total, all)
	}
	left := states[mailing.Pending] + states[mailing.Sending] + states[mailing.Deferred]
	if p.Total != p.Sent+p.Failed+p.Uncertain+p.Skipped+left {
		w.t.Errorf("the books do not balance: %+v, %d left", p, left)
	}
	var attempts, rolled int
	err = w.app.ConcurrentDB().NewQuery(`
		SELECT (SELECT COUNT(*) FROM attempts WHERE mailing = {:id}),
			(SELECT COALESCE(SUM(attempts), 0) FROM rollups WHERE mailing = {:id})`).
		Bind(dbx.Params{"id": id}).Row(&attempts, &rolled)
	if err != nil {
		w.t.Fatal(err)
	}
	if attempts != rolled {
		w.t.Errorf("%d attempts, %d in the rollups", attempts, rolled)
	}
}

// once checks that nobody was mailed twice, and returns how many were mailed.
func once(t testing.TB, mails []smtptest.Mail) int {
	t.Helper()
	seen := map[string]int{}
	for _, m := range mails {
		seen[m.To[0]]++
	}
	for to, n := range seen {
		if n > 1 {
			t.Errorf("%s was mailed %d times", to, n)
		}
	}
	return len(seen)
}

// record reads a mailing.
func (w *base) record(id string) *core.Record {
	w.t.Helper()
	m, err := w.app.FindRecordById("mailings", id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// recipient reads one recipient of a mailing.
func (w *world) recipient(id, email string) Recipient {
	w.t.Helper()
	page, err := RecipientsOf(context.Background(), w.app, id, Query{Search: email})
	if err != nil || len(page.Items) != 1 {
		w.t.Fatalf("recipient %s: %+v, %v", email, page, err)
	}
	return page.Items[0]
}

// stopped says whether the owner must not mail the address any more.
func (w *base) stopped(email string) bool {
	w.t.Helper()
	found, err := suppression.Reasons(w.app.ConcurrentDB(), w.owner, []string{email})
	if err != nil {
		w.t.Fatal(err)
	}
	return found[email] != ""
}

// reasonCode is the code of the reason why a mailing waits, "" when it does not.
func reasonCode(p Progress) string {
	var r mailing.Reason
	_ = json.Unmarshal(p.Reason, &r)
	return r.Code
}

// setUser changes the owner.
func (w *base) setUser(field string, value any) {
	w.t.Helper()
	u, err := w.app.FindRecordById("users", w.owner)
	if err != nil {
		w.t.Fatal(err)
	}
	u.Set(field, value)
	if err := w.app.SaveNoValidate(u); err != nil {
		w.t.Fatal(err)
	}
}
