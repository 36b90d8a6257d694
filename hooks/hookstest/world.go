// Package hookstest gives the tests of hooks a running application, a few people in it, and requests in their names.
package hookstest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/subscriptions"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks"
	"gonets/hooks/api"
	"gonets/internal/apptest"
	"gonets/internal/delivery"
)

// Password is everybody's in the tests.
const Password = "correct horse battery"

// Who asks, in the tests.
const (
	Anonymous  = "anonymous"
	Anna       = "owner"         // an owner; what the tests ask for is hers
	Boris      = "other owner"   // another one
	Marta      = "manager"       // a manager, with data of her own
	Kirill     = "blocked owner" // was blocked after he had signed in
	Superuser  = "superuser"
	Unverified = "unverified owner"
)

// World is a running application with a few people and their records. The tests of one file share
// one: passwords and databases are slow to make.
type World struct {
	App    *tests.TestApp
	HTTP   http.Handler
	IDs    map[string]string // of users
	Tokens map[string]string
}

// New serves the records, and the routes that bind adds.
func New(t *testing.T, bind ...func(core.App)) *World {
	t.Helper()
	app := apptest.NewTestApp(t)
	hooks.BindRecords(app)
	api.BindUsers(app)
	for _, b := range bind {
		b(app)
	}

	settings := app.Settings()
	settings.RateLimits.Enabled = false
	settings.Batch.Enabled = true
	settings.SMTP.Enabled = true
	settings.Meta.AppURL = "https://gonets.example/"
	Must(t, app.Save(settings))

	w := &World{App: app, IDs: map[string]string{}, Tokens: map[string]string{}}
	for _, who := range []string{Anna, Boris, Marta, Kirill, Unverified} {
		w.addUser(t, who)
	}
	w.signIn(t, Superuser, core.CollectionNameSuperusers, map[string]any{"email": EmailOf(Superuser), "password": Password})
	w.serve(t)
	// Kirill's token is from before the block, and has to be worth nothing after it.
	w.Set(t, "users", w.IDs[Kirill], "blocked", true)
	return w
}

func (w *World) addUser(t *testing.T, who string) {
	t.Helper()
	role := "owner"
	if who == Marta {
		role = "manager"
	}
	w.signIn(t, who, "users", map[string]any{
		"email": EmailOf(who), "password": Password, "verified": who != Unverified,
		"name": who, "role": role, "language": "en", "timezone": "Europe/Moscow",
	})
}

func (w *World) signIn(t *testing.T, who, collection string, data map[string]any) {
	t.Helper()
	r := w.Add(t, collection, data)
	token, err := r.NewAuthToken()
	Must(t, err)
	w.IDs[who], w.Tokens[who] = r.Id, token
}

// EmailOf is the address of somebody.
func EmailOf(who string) string { return strings.ReplaceAll(who, " ", "-") + "@gonets.example" }

// serve builds the routes as `serve` does, without a listener.
func (w *World) serve(t *testing.T) {
	t.Helper()
	router, err := apis.NewRouter(w.App)
	Must(t, err)
	event := &core.ServeEvent{App: w.App, Router: router}
	Must(t, w.App.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		w.HTTP, err = e.Router.BuildMux()
		return err
	}))
}

// Add saves a record beside the API, through hooks and validation.
func (w *World) Add(t *testing.T, collection string, data map[string]any) *core.Record {
	t.Helper()
	c, err := w.App.FindCollectionByNameOrId(collection)
	Must(t, err)
	r := core.NewRecord(c)
	r.Load(data)
	if err := w.App.Save(r); err != nil {
		t.Fatalf("add to %s %v: %v", collection, data, err)
	}
	return r
}

// Set changes one field through hooks and validation.
func (w *World) Set(t *testing.T, collection, id, field string, value any) {
	t.Helper()
	r, err := w.App.FindRecordById(collection, id)
	Must(t, err)
	r.Set(field, value)
	Must(t, w.App.Save(r))
}

// SQL runs a statement beside all hooks, as the engine does.
func (w *World) SQL(t *testing.T, statement string, params dbx.Params) {
	t.Helper()
	if _, err := w.App.DB().NewQuery(statement).Bind(params).Execute(); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Column reads one value from the database.
func (w *World) Column(t *testing.T, collection, id, field string) string {
	t.Helper()
	var s string
	Must(t, w.App.DB().Select(field).From(collection).Where(dbx.HashExp{"id": id}).Row(&s))
	return s
}

// Count counts the rows of a table.
func (w *World) Count(t *testing.T, table string, where dbx.HashExp) int {
	t.Helper()
	var n int
	Must(t, w.App.DB().Select("COUNT(*)").From(table).Where(where).Row(&n))
	return n
}

// AddAttempt writes an attempt as the engine does.
func (w *World) AddAttempt(t *testing.T, id, owner, mailing string) {
	t.Helper()
	w.SQL(t, `INSERT INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
		VALUES ({:id}, {:mailing}, '', {:owner}, 'anna@example.com', 'success', 250, '2.0.0', 'Ok: queued', 1, 12, {:now})`,
		dbx.Params{"id": id, "mailing": mailing, "owner": owner, "now": types.NowDateTime().String()})
}

// AddBounce writes a bounce the way they are booked: by SQL.
func (w *World) AddBounce(t *testing.T, id, owner string) {
	t.Helper()
	w.SQL(t, `INSERT INTO bounces (id, owner, email, kind, code, source, created)
		VALUES ({:id}, {:owner}, 'anna@example.com', 'hard', 250, 'smtp', {:now})`,
		dbx.Params{"id": id, "owner": owner, "now": types.NowDateTime().String()})
}

// RecordsOf is the path of a collection's records, or of one.
func RecordsOf(collection string, id ...string) string {
	return strings.Join(append([]string{"/api/collections", collection, "records"}, id...), "/")
}

// Eventually waits for a condition.
func (w *World) Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// Must ends the test with an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Unique makes names and addresses that no other record has.
var Unique = func() func(string) string {
	n := 0
	return func(pattern string) string { n++; return fmt.Sprintf(pattern, n) }
}()

// Mailing adds one of Anna's and puts it into a status as the engine does.
func (w *World) Mailing(t *testing.T, status string, data map[string]any) string {
	t.Helper()
	all := map[string]any{"owner": w.IDs[Anna], "name": "Spring"}
	maps.Copy(all, data)
	id := w.Add(t, "mailings", all).Id
	w.SQL(t, `UPDATE mailings SET status = {:status}, total = 10, sent = 3 WHERE id = {:id}`, dbx.Params{"status": status, "id": id})
	return id
}

// Sendable adds a mailing of Anna's that could be sent.
func (w *World) Sendable(t *testing.T, more map[string]any) string {
	t.Helper()
	message := w.Add(t, "messages", map[string]any{"owner": w.IDs[Anna], "subject": "Hello", "format": "text", "body": "Hello"})
	data := map[string]any{"owner": w.IDs[Anna], "name": "Spring", "message": message.Id}
	maps.Copy(data, more)
	return w.Add(t, "mailings", data).Id
}

// MailingRoutes binds the routes of an engine that does not send: nobody starts it.
func MailingRoutes(app core.App) { api.BindMailings(app, delivery.New(app)) }

// Route is the path of a verb of a mailing.
func Route(id, verb string) string { return "/api/gonets/mailings/" + id + "/" + verb }

// Connect makes a realtime connection of somebody.
func (w *World) Connect(t *testing.T, who string) *subscriptions.DefaultClient {
	t.Helper()
	r, err := w.App.FindRecordById("users", w.IDs[who])
	Must(t, err)
	client := subscriptions.NewDefaultClient()
	client.Set(apis.RealtimeClientAuthKey, r)
	w.App.SubscriptionsBroker().Register(client)
	return client
}

// SenderData is a sender that everyone may use.
func SenderData() map[string]any {
	return map[string]any{
		"name": Unique("sender %d"), "from_email": "news@example.com", "from_name": "News",
		"host": "smtp.example.com", "port": 587, "username": "news", "password": "s3cret", "dkim_key": "PEM of a key",
		"dkim_selector_2": "second", "dkim_key_2": "PEM of another key",
		"access": "everyone",
	}
}

// Everybody is who the access matrix asks as, in the order of its columns. Kirill was blocked after
// he had signed in: his token must be worth what no token is.
var Everybody = []string{Anonymous, Kirill, Boris, Marta, Anna, Superuser}

// Verdicts are the statuses that everybody gets, in that order.
type Verdicts [6]int
