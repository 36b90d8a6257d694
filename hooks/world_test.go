package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/apptest"
)

// password is everybody's in the tests.
const password = "correct horse battery"

// Who asks, in the tests.
const (
	anonymous  = "anonymous"
	anna       = "owner"         // an owner; what the tests ask for is hers
	boris      = "other owner"   // another one
	marta      = "manager"       // a manager, with data of her own
	kirill     = "blocked owner" // was blocked after he had signed in
	superuser  = "superuser"
	unverified = "unverified owner"
)

// world is a running application with a few people and their records. The tests of one file share
// one: passwords and databases are slow to make.
type world struct {
	app    *tests.TestApp
	http   http.Handler
	ids    map[string]string // of users
	tokens map[string]string
}

// newWorld serves the records, and the routes that bind adds.
func newWorld(t *testing.T, bind ...func(core.App)) *world {
	t.Helper()
	app := apptest.NewTestApp(t)
	bindRecords(app)
	bindUserRoutes(app)
	for _, b := range bind {
		b(app)
	}

	settings := app.Settings()
	settings.RateLimits.Enabled = false
	settings.Batch.Enabled = true
	settings.SMTP.Enabled = true
	settings.Meta.AppURL = "https://gonets.example/"
	must(t, app.Save(settings))

	w := &world{app: app, ids: map[string]string{}, tokens: map[string]string{}}
	for _, who := range []string{anna, boris, marta, kirill, unverified} {
		w.addUser(t, who)
	}
	w.addSuperuser(t)
	w.serve(t)
	// Kirill's token is from before the block, and has to be worth nothing after it.
	w.set(t, "users", w.ids[kirill], "blocked", true)
	return w
}

func (w *world) addUser(t *testing.T, who string) {
	t.Helper()
	role := "owner"
	if who == marta {
		role = "manager"
	}
	r := w.add(t, "users", map[string]any{
		"email": emailOf(who), "password": password, "verified": who != unverified,
		"name": who, "role": role, "language": "en", "timezone": "Europe/Moscow",
	})
	w.ids[who], w.tokens[who] = r.Id, token(t, r)
}

func (w *world) addSuperuser(t *testing.T) {
	t.Helper()
	r := w.add(t, core.CollectionNameSuperusers, map[string]any{"email": emailOf(superuser), "password": password})
	w.ids[superuser], w.tokens[superuser] = r.Id, token(t, r)
}

func token(t *testing.T, r *core.Record) string {
	t.Helper()
	s, err := r.NewAuthToken()
	must(t, err)
	return s
}

func emailOf(who string) string { return strings.ReplaceAll(who, " ", "-") + "@gonets.example" }

// serve builds the routes as `serve` does, without a listener.
func (w *world) serve(t *testing.T) {
	t.Helper()
	router, err := apis.NewRouter(w.app)
	must(t, err)
	event := &core.ServeEvent{App: w.app, Router: router}
	must(t, w.app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		w.http, err = e.Router.BuildMux()
		return err
	}))
}

// add saves a record beside the API, through hooks and validation.
func (w *world) add(t *testing.T, collection string, data map[string]any) *core.Record {
	t.Helper()
	c, err := w.app.FindCollectionByNameOrId(collection)
	must(t, err)
	r := core.NewRecord(c)
	r.Load(data)
	if err := w.app.Save(r); err != nil {
		t.Fatalf("add to %s %v: %v", collection, data, err)
	}
	return r
}

// set changes one field through hooks and validation.
func (w *world) set(t *testing.T, collection, id, field string, value any) {
	t.Helper()
	r, err := w.app.FindRecordById(collection, id)
	must(t, err)
	r.Set(field, value)
	must(t, w.app.Save(r))
}

// sql runs a statement beside all hooks, as the engine does.
func (w *world) sql(t *testing.T, statement string, params dbx.Params) {
	t.Helper()
	if _, err := w.app.DB().NewQuery(statement).Bind(params).Execute(); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// column reads one value from the database.
func (w *world) column(t *testing.T, collection, id, field string) string {
	t.Helper()
	var s string
	must(t, w.app.DB().Select(field).From(collection).Where(dbx.HashExp{"id": id}).Row(&s))
	return s
}

func (w *world) count(t *testing.T, table string, where dbx.HashExp) int {
	t.Helper()
	var n int
	must(t, w.app.DB().Select("COUNT(*)").From(table).Where(where).Row(&n))
	return n
}

// addAttempt writes an attempt as the engine does.
func (w *world) addAttempt(t *testing.T, id, owner, mailing string) {
	t.Helper()
	w.sql(t, `INSERT INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
		VALUES ({:id}, {:mailing}, '', {:owner}, 'anna@example.com', 'success', 250, '2.0.0', 'Ok: queued', 1, 12, {:now})`,
		dbx.Params{"id": id, "mailing": mailing, "owner": owner, "now": types.NowDateTime().String()})
}

// answer is what came back: the status and the body, decoded and as text.
type answer struct {
	status int
	text   string
	body   map[string]any
}

// items are the records of a list.
func (a answer) items() []map[string]any {
	var all []map[string]any
	list, _ := a.body["items"].([]any)
	for _, item := range list {
		all = append(all, item.(map[string]any))
	}
	return all
}

// id is the id of the record that came back.
func (a answer) id() string { s, _ := a.body["id"].(string); return s }

// code is the code of a field's error, "" when there is none.
func (a answer) code(field string) string {
	data, _ := a.body["data"].(map[string]any)
	detail, _ := data[field].(map[string]any)
	s, _ := detail["code"].(string)
	return s
}

// ask sends a request as somebody. A body that is no io.Reader goes as JSON.
func (w *world) ask(t *testing.T, who, method, path string, body any, headers ...string) answer {
	t.Helper()
	return w.askWithin(t, t.Context(), who, method, path, body, headers...)
}

// askWithin is ask with the context of the request, which ends when the client leaves.
func (w *world) askWithin(t *testing.T, ctx context.Context, who, method, path string, body any, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
	case *form:
		reader, contentType = &b.body, b.contentType
	case io.Reader:
		reader = b
	default:
		raw, err := json.Marshal(b)
		must(t, err)
		reader = bytes.NewReader(raw)
	}
	req := httptest.NewRequestWithContext(ctx, method, path, reader)
	req.Header.Set("Content-Type", contentType)
	if token := w.tokens[who]; token != "" {
		req.Header.Set("Authorization", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, req)
	return decoded(rec)
}

func decoded(rec *httptest.ResponseRecorder) answer {
	a := answer{status: rec.Code, text: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &a.body)
	return a
}

// expect is ask with the status that must come back.
func (w *world) expect(t *testing.T, status int, who, method, path string, body any, headers ...string) answer {
	t.Helper()
	a := w.ask(t, who, method, path, body, headers...)
	if a.status != status {
		t.Errorf("%s %s %s: got %d, want %d: %s", who, method, path, a.status, status, a.text)
	}
	return a
}

// form is a multipart body with one file.
type form struct {
	body        bytes.Buffer
	contentType string
}

func fileForm(t *testing.T, field, name string, content []byte) *form {
	t.Helper()
	f := &form{}
	m := multipart.NewWriter(&f.body)
	part, err := m.CreateFormFile(field, name)
	must(t, err)
	_, err = part.Write(content)
	must(t, err)
	must(t, m.Close())
	f.contentType = m.FormDataContentType()
	return f
}

// records is the path of a collection's records, or of one.
func records(collection string, id ...string) string {
	return strings.Join(append([]string{"/api/collections", collection, "records"}, id...), "/")
}

// eventually waits for a condition.
func (w *world) eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unique makes names and addresses that no other record has.
var unique = func() func(string) string {
	n := 0
	return func(pattern string) string { n++; return fmt.Sprintf(pattern, n) }
}()
