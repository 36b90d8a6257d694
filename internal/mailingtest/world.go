// Package mailingtest is an instance with clients and mailings, for the tests of the packages that send them.
package mailingtest

import (
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/smtptest"
)

// World is an instance with one owner and what it takes to prepare a mailing.
type World struct {
	T     testing.TB
	App   core.App
	Dir   string
	Owner string
}

// New makes an instance in a folder of its own.
func New(t testing.TB) *World {
	t.Helper()
	dir := apptest.Folder(t)
	w := &World{T: t, Dir: dir, App: apptest.Open(t, dir)}
	w.App.Settings().Meta.AppURL = "https://mail.example.org"
	if err := w.App.Save(w.App.Settings()); err != nil {
		t.Fatal(err)
	}
	w.Owner = w.NewUser("owner@example.org")
	return w
}

// Save saves a record past all hooks but the schema's and those of secrets.
func (w *World) Save(collection string, fields map[string]any) *core.Record {
	w.T.Helper()
	c, err := w.App.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		w.T.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := w.App.Save(r); err != nil {
		w.T.Fatalf("save %s %v: %v", collection, fields, err)
	}
	return r
}

// NewUser saves an owner who may send.
func (w *World) NewUser(email string) string {
	w.T.Helper()
	c, err := w.App.FindCachedCollectionByNameOrId("users")
	if err != nil {
		w.T.Fatal(err)
	}
	r := core.NewRecord(c)
	r.SetEmail(email)
	r.SetVerified(true)
	r.Set("role", "owner")
	r.Set("password:hash", "x")
	r.RefreshTokenKey()
	if err := w.App.SaveNoValidate(r); err != nil {
		w.T.Fatal(err)
	}
	return r.Id
}

// UseServer makes the peer the mail server of PocketBase's own mail settings.
func (w *World) UseServer(p *smtptest.Server) {
	w.T.Helper()
	s := w.App.Settings()
	s.SMTP.Enabled, s.SMTP.Host, s.SMTP.Port, s.SMTP.TLS = true, p.Host(), p.Port(), false
	if err := w.App.Save(s); err != nil {
		w.T.Fatal(err)
	}
}

// NewSender saves a sender that sends through the peer.
func (w *World) NewSender(p *smtptest.Server, more map[string]any) string {
	w.T.Helper()
	fields := map[string]any{
		"name": "sender " + fmt.Sprint(p.Port()), "from_email": "news@example.org", "host": p.Host(), "port": p.Port(), "tls": "none",
		"access": "everyone",
	}
	for k, v := range more {
		fields[k] = v
	}
	return w.Save("senders", fields).Id
}

// NewClients saves n clients, by SQL, for tests that need many.
func (w *World) NewClients(n int) {
	w.T.Helper()
	_, err := w.App.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < {:n} - 1)
		INSERT INTO clients (id, owner, email, full_name, attributes, status, created, updated)
		SELECT printf('c%014d', i), {:owner}, printf('person%d@example%d.com', i, i % 7), printf('Person %d', i),
			printf('{"city":"City %d"}', i % 100), 'active', '2026-01-01 00:00:00.000Z', '2026-01-01 00:00:00.000Z'
		FROM k`).Bind(dbx.Params{"n": n, "owner": w.Owner}).Execute()
	if err != nil {
		w.T.Fatal(err)
	}
}

// NewClient saves a client and returns its id.
func (w *World) NewClient(email string) string {
	w.T.Helper()
	return w.Save("clients", map[string]any{"owner": w.Owner, "email": email, "full_name": "Anna", "status": "active"}).Id
}

// NewMailing saves a mailing to everyone.
func (w *World) NewMailing(more map[string]any) string {
	w.T.Helper()
	message := w.Save("messages", map[string]any{
		"owner": w.Owner, "name": "message", "subject": "Hello {{ client.full_name }}", "format": "html",
		"body": "<p>Dear {{ client.full_name }} of {{ client.attributes.city }}</p>",
	})
	fields := map[string]any{
		"owner": w.Owner, "name": "mailing", "message": message.Id, "audience": "everyone", "status": "created", "repeat": "none",
	}
	for k, v := range more {
		fields[k] = v
	}
	return w.Save("mailings", fields).Id
}

// SetUser changes the owner.
func (w *World) SetUser(field string, value any) {
	w.T.Helper()
	u, err := w.App.FindRecordById("users", w.Owner)
	if err != nil {
		w.T.Fatal(err)
	}
	u.Set(field, value)
	if err := w.App.SaveNoValidate(u); err != nil {
		w.T.Fatal(err)
	}
}
