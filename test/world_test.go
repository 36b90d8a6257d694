package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"gonets/internal/outbox"
)

const (
	rootEmail = "root@gonets.example"
	password  = "correct horse battery"
	// fromAddress is what the instance sends as.
	fromAddress = "news@gonets.example"
)

// world is one instance of Gonets with its folder, its superuser, and a mail server that catches everything.
type world struct {
	t      *testing.T
	ctx    context.Context // ends when the test takes too long
	folder string          // where gonets is started; empty at first
	data   string          // the data folder in it
	listen string          // "127.0.0.1:40123", the same after a restart
	flags  []string        // further ones of serve
	server *process
	outbox *outbox.Outbox
	nobody *client // not signed in
	root   *client // the superuser
}

// newWorld sets a folder up with a superuser, serves it, and points its mail at an outbox.
// limit is how long the test may take from here.
func newWorld(t *testing.T, limit time.Duration, mail outbox.Options) *world {
	t.Helper()
	w := emptyWorld(t, limit)
	w.catchMail(mail)
	if err := os.CopyFS(w.data, os.DirFS(prepared(t))); err != nil {
		t.Fatal(err)
	}
	w.serve()
	w.signInRoot()
	w.useMailServer(w.outbox.Addr())
	return w
}

// prepared is a data folder with a superuser, made once a run.
func prepared(t *testing.T) string {
	t.Helper()
	preparing.Lock()
	defer preparing.Unlock()
	folder := filepath.Join(scratch, "prepared")
	if _, err := os.Stat(folder); err != nil {
		command(deadline(t, time.Minute), t, scratch, "superuser", "upsert", rootEmail, password, "--dir", folder).wantCode(t, 0)
	}
	return folder
}

var preparing sync.Mutex

// emptyWorld is a folder with nothing in it.
func emptyWorld(t *testing.T, limit time.Duration) *world {
	t.Helper()
	w := &world{t: t, ctx: deadline(t, limit), folder: t.TempDir(), listen: freeAddress(t)}
	w.data = filepath.Join(w.folder, "data")
	w.nobody = &client{t: t, ctx: w.ctx, base: "http://" + w.listen}
	return w
}

// in is the same world for a subtest, which then reports what goes wrong as its own.
func (w *world) in(t *testing.T) *world {
	other := *w
	other.t = t
	other.nobody = w.nobody.in(t)
	if w.root != nil {
		other.root = w.root.in(t)
	}
	return &other
}

// catchMail starts the world's mail server, which lives as long as the test.
func (w *world) catchMail(options outbox.Options) {
	w.t.Helper()
	var err error
	if w.outbox, err = outbox.Start(context.Background(), options); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.outbox.Close() })
}

// serve starts `gonets serve` and waits until it answers.
func (w *world) serve() {
	w.t.Helper()
	// Connections to the server before a restart are dead, which a POST finds out only by failing.
	http.DefaultClient.CloseIdleConnections()
	w.server = start(w.ctx, w.t, w.folder, append([]string{"serve", "--dir", w.data, "--http", w.listen}, w.flags...)...)
	w.server.answers(w.ctx, w.nobody.base)
}

// restart kills the server as a power cut would, and starts it again.
func (w *world) restart() {
	w.t.Helper()
	w.server.kill()
	w.serve()
}

// command runs a gonets command on the world's data folder.
func (w *world) command(args ...string) result {
	w.t.Helper()
	return command(w.ctx, w.t, w.folder, append(args, "--dir", w.data)...)
}

// background starts a gonets command on the world's data folder.
func (w *world) background(args ...string) *process {
	w.t.Helper()
	return start(w.ctx, w.t, w.folder, append(args, "--dir", w.data)...)
}

// wantCode fails the test unless the command ended with this exit code.
func (r result) wantCode(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n--- stdout\n%s--- stderr\n%s", r.code, code, ends(r.stdout), ends(r.stderr))
	}
	return r
}

// signInRoot signs the superuser in.
func (w *world) signInRoot() {
	w.t.Helper()
	var s signedIn
	w.nobody.signIn("_superusers", rootEmail, password).want(200).into(&s)
	w.root = w.nobody.as(s)
}

// useMailServer makes addr the instance's own mail server.
func (w *world) useMailServer(addr string) {
	w.t.Helper()
	host, digits, err := net.SplitHostPort(addr)
	if err != nil {
		w.t.Fatal(err)
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		w.t.Fatal(err)
	}
	w.root.patch("/api/settings", object{
		"smtp": object{"enabled": true, "host": host, "port": port, "tls": false},
		"meta": object{"appName": "Gonets", "appURL": w.nobody.base, "senderName": "Gonets", "senderAddress": fromAddress},
	}).want(200)
}

// user is a new user with a verified address and no quota, signed in.
func (w *world) user(email, role string) *client {
	w.t.Helper()
	w.root.post("/api/collections/users/records", object{
		"email": email, "password": password, "passwordConfirm": password,
		"verified": true, "role": role, "name": email, "language": "en", "daily_quota": 0,
	}).want(200)
	var s signedIn
	w.nobody.signIn("users", email, password).want(200).into(&s)
	return w.nobody.as(s)
}

// addClients gives an owner clients quickly, by PocketBase's batch API: email and full name of each come from
// address(i), i from 0.
func (w *world) addClients(owner *client, n int, address func(i int) string) {
	w.t.Helper()
	const chunk = 1000 // what one request may take without keeping other writes waiting for long
	w.root.patch("/api/settings", object{"batch": object{"enabled": true, "maxRequests": chunk, "timeout": 30}}).want(200)
	for first := 0; first < n; first += chunk {
		requests := make([]object, 0, chunk)
		for i := first; i < min(first+chunk, n); i++ {
			requests = append(requests, object{
				"method": "POST", "url": "/api/collections/clients/records",
				"body": object{"owner": owner.id, "email": address(i), "full_name": fmt.Sprintf("Client %d", i)},
			})
		}
		w.root.post("/api/batch", object{"requests": requests}).want(200)
	}
	w.root.patch("/api/settings", object{"batch": object{"enabled": false}}).want(200)
}

// numbered is an address for addClients.
func numbered(i int) string {
	return fmt.Sprintf("client%05d@example.org", i)
}

// message is a new message of the owner; fields replace or add to those of a usual one.
func (c *client) message(fields object) string {
	c.t.Helper()
	return c.post("/api/collections/messages/records", merged(object{
		"name": "Spring news", "subject": "News for {{ client.full_name }}", "format": "html",
		"body": `<p>Hello {{ client.full_name }}</p><p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>`,
	}, fields)).want(200).id()
}

// mailing is a new mailing of the owner to everyone; fields replace or add to those of a usual one.
func (c *client) mailing(message string, fields object) string {
	c.t.Helper()
	return c.post("/api/collections/mailings/records", merged(object{
		"name": "Spring", "message": message, "audience": "everyone",
	}, fields)).want(200).id()
}

func merged(objects ...object) object {
	all := object{}
	for _, o := range objects {
		for key, value := range o {
			all[key] = value
		}
	}
	return all
}

// verb asks for one of a mailing's verbs, "send", "pause", ….
func (c *client) verb(mailing, verb string, body any) reply {
	c.t.Helper()
	return c.post("/api/gonets/mailings/"+mailing+"/"+verb, body)
}

// mailing is the record of a mailing.
type mailing struct {
	ID            string          `json:"id"`
	Status        string          `json:"status"`
	Blocked       bool            `json:"blocked"`
	Total         int             `json:"total"`
	Sent          int             `json:"sent"`
	Failed        int             `json:"failed"`
	Uncertain     int             `json:"uncertain"`
	Skipped       int             `json:"skipped"`
	Bounced       int             `json:"bounced"`
	Complained    int             `json:"complained"`
	Deferred      int             `json:"deferred"`
	WaitingReason json.RawMessage `json:"waiting_reason"`
}

// read is the mailing as the API shows it now.
func (c *client) read(id string) mailing {
	c.t.Helper()
	var m mailing
	c.get("/api/collections/mailings/records/" + id).want(200).into(&m)
	return m
}

// reaches waits until the mailing has a status.
func (c *client) reaches(id, status string) mailing {
	c.t.Helper()
	var m mailing
	eventually(c.ctx, c.t, "mailing "+id+" is "+status, func() bool {
		m = c.read(id)
		return m.Status == status
	})
	return m
}
