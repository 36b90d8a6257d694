package records_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gonets/hooks/hookstest"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// chosenID is an id that PocketBase would take for a record's.
const chosenID = "chosen000000001"

// formOf is a multipart body with the values, in the order given: name, value, name, value.
func formOf(t *testing.T, values ...string) *hookstest.Form {
	t.Helper()
	var fields [][2]string
	for i := 0; i+1 < len(values); i += 2 {
		fields = append(fields, [2]string{values[i], values[i+1]})
	}
	return hookstest.FieldsForm(t, fields)
}

// refusedID checks that the answer refuses the id, and nothing else.
func refusedID(t *testing.T, a answer) {
	t.Helper()
	if a.Status != http.StatusBadRequest || a.Code("id") != "cannot_choose_id" {
		t.Errorf("got %d: %s", a.Status, a.Text)
	}
}

func TestNobodyChoosesTheIdOfANewRecord(t *testing.T) {
	w := newWorld(t)
	for _, r := range matrix() {
		if r.body == nil || r.create == nobody {
			continue
		}
		t.Run(r.collection, func(t *testing.T) {
			for i, who := range everybody {
				if who == superuser || r.create[i] != 200 {
					continue
				}
				data, ok := r.body(t, w, who).(map[string]any)
				if !ok { // an image
					f := hookstest.FileForm(t, "file", "dot.gif", gif)
					a := w.Ask(t, who, http.MethodPost, recordsOf(r.collection)+"?id="+chosenID, f)
					refusedID(t, a)
					continue
				}
				data["id"] = chosenID
				refusedID(t, w.Ask(t, who, http.MethodPost, recordsOf(r.collection), data))
			}
		})
	}
	for _, table := range []string{"clients", "mailings", "messages", "images", "lists", "users"} {
		if n := w.Count(t, table, dbx.HashExp{"id": chosenID}); n != 0 {
			t.Errorf("%s: %d records have the chosen id", table, n)
		}
	}
}

func TestAnIdIsRefusedHoweverItIsWritten(t *testing.T) {
	w := newWorld(t)
	list := func(id map[string]any) map[string]any {
		id["name"] = unique("list %d")
		return id
	}
	for name, id := range map[string]map[string]any{
		"text":               {"id": chosenID},
		"a number":           {"id": 123456789012345},
		"true":               {"id": true},
		"a short one":        {"id": "a"},
		"a prefix":           {"id:autogenerate": "mine"},
		"both":               {"id": "", "id:autogenerate": "mine"},
		"one that is there":  {"id": w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "his"}).Id},
		"with another field": {"id": chosenID, "owner": w.IDs[anna]},
	} {
		t.Run(name, func(t *testing.T) {
			refusedID(t, w.Ask(t, anna, http.MethodPost, recordsOf("lists"), list(id)))
		})
	}
	t.Run("in the address of a form", func(t *testing.T) {
		refusedID(t, w.Ask(t, anna, http.MethodPost, recordsOf("lists")+"?id="+chosenID, formOf(t, "name", unique("list %d"))))
	})
	t.Run("in a form", func(t *testing.T) {
		refusedID(t, w.Ask(t, anna, http.MethodPost, recordsOf("lists"), formOf(t, "name", unique("list %d"), "id", chosenID)))
	})
	t.Run("in the JSON of a form", func(t *testing.T) {
		payload, err := json.Marshal(list(map[string]any{"id": chosenID}))
		must(t, err)
		refusedID(t, w.Ask(t, anna, http.MethodPost, recordsOf("lists"), formOf(t, "@jsonPayload", string(payload))))
	})

	// What chooses none: a form that sends all of its fields, empty ones too.
	for name, id := range map[string]map[string]any{
		"none": {}, "empty": {"id": ""}, "null": {"id": nil}, "a field of no name": {"Id": chosenID, "id+": chosenID, "+id": chosenID, "id-": chosenID},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.Expect(t, 200, anna, http.MethodPost, recordsOf("lists"), list(id))
			if a.ID() == chosenID || len(a.ID()) != 15 {
				t.Errorf("the id is %q", a.ID())
			}
		})
	}
}

func TestAnIdIsRefusedInABatch(t *testing.T) {
	w := newWorld(t)
	mine := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "mine"}).Id
	his := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "his"}).Id
	batch := func(method, url string, body map[string]any) map[string]any {
		return map[string]any{"requests": []any{map[string]any{"method": method, "url": url, "body": body}}}
	}
	path := recordsOf("lists")
	for name, body := range map[string]map[string]any{
		"create":                 batch("POST", path, map[string]any{"id": chosenID, "name": "a"}),
		"upsert of a new one":    batch("PUT", path, map[string]any{"id": chosenID, "name": "a"}),
		"upsert with a number":   batch("PUT", path, map[string]any{"id": 123456789012345, "name": "a"}),
		"upsert with a query":    batch("PUT", path+"?fields=id", map[string]any{"id": chosenID, "name": "a"}),
		"create with autoprefix": batch("POST", path, map[string]any{"id:autogenerate": "mine", "name": "a"}),
	} {
		t.Run(name, func(t *testing.T) {
			a := w.Expect(t, 400, anna, http.MethodPost, "/api/batch", body)
			if !strings.Contains(a.Text, `"id":{"code":"cannot_choose_id"`) {
				t.Errorf("told: %s", a.Text)
			}
		})
	}
	t.Run("multipart", func(t *testing.T) {
		payload, err := json.Marshal(batch("PUT", recordsOf("images"), map[string]any{"id": chosenID}))
		must(t, err)
		f := hookstest.FieldsForm(t, [][2]string{{"@jsonPayload", string(payload)}}, [3]string{"requests.0.file", "dot.gif", string(gif)})
		if a := w.Expect(t, 400, anna, http.MethodPost, "/api/batch", f); !strings.Contains(a.Text, "cannot_choose_id") {
			t.Errorf("told: %s", a.Text)
		}
	})

	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", batch("PUT", path, map[string]any{"id": mine, "name": "renamed"}))
	if got := w.Column(t, "lists", mine, "name"); got != "renamed" {
		t.Errorf("an upsert of an own record left its name at %q", got)
	}
	w.Expect(t, 200, anna, http.MethodPost, "/api/batch", batch("PATCH", path+"/"+mine, map[string]any{"id": mine, "name": "again"}))
	w.Expect(t, 400, anna, http.MethodPost, "/api/batch", batch("PUT", path, map[string]any{"id": his, "name": "stolen"}))
	w.Expect(t, 200, superuser, http.MethodPost, "/api/batch",
		batch("PUT", path, map[string]any{"id": chosenID, "name": "restored", "owner": w.IDs[anna]}))
}

func TestARecordKeepsItsId(t *testing.T) {
	w := newWorld(t)
	id := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "mine"}).Id
	w.Expect(t, 200, anna, http.MethodPatch, recordsOf("lists", id), map[string]any{"id": id, "name": "renamed"})
	if a := w.Expect(t, 400, anna, http.MethodPatch, recordsOf("lists", id), map[string]any{"id": chosenID}); a.Code("id") == "" {
		t.Errorf("told: %s", a.Text)
	}
	w.Expect(t, 200, superuser, http.MethodPost, recordsOf("lists"), map[string]any{"id": chosenID, "name": "restored", "owner": w.IDs[anna]})
}

func TestRegistrationChoosesNoId(t *testing.T) {
	w := newWorld(t)
	account := map[string]any{"email": "new@gonets.example", "password": password, "passwordConfirm": password, "id": chosenID}
	for _, who := range []string{anonymous, anna, marta} {
		refusedID(t, w.Ask(t, who, http.MethodPost, recordsOf("users"), account))
	}
	delete(account, "id")
	w.Expect(t, 200, anonymous, http.MethodPost, recordsOf("users"), account)
}

// foreignSignIn lets users sign in with another service, which knows one person, and returns who tries it.
func foreignSignIn(t *testing.T, w *world) func(create map[string]any) answer {
	t.Helper()
	foreign := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write([]byte(`{"access_token": "token", "token_type": "bearer", "sub": "person", "email": "person@gonets.example", "email_verified": true}`))
	}))
	t.Cleanup(foreign.Close)
	users, err := w.App.FindCollectionByNameOrId("users")
	must(t, err)
	users.OAuth2.Enabled = true
	users.OAuth2.Providers = []core.OAuth2ProviderConfig{{
		Name: "oidc", ClientId: "a", ClientSecret: "b", AuthURL: foreign.URL, TokenURL: foreign.URL, UserInfoURL: foreign.URL,
	}}
	must(t, w.App.Save(users))
	return func(create map[string]any) answer {
		return w.Ask(t, anonymous, http.MethodPost, "/api/collections/users/auth-with-oauth2",
			map[string]any{"provider": "oidc", "code": "c", "createData": create})
	}
}

func TestForeignSignInChoosesNoId(t *testing.T) {
	w := newWorld(t)
	signIn := foreignSignIn(t, w)
	refusedID(t, signIn(map[string]any{"id": chosenID}))
	refusedID(t, signIn(map[string]any{"id:autogenerate": "mine"}))
	if a := signIn(nil); a.Status != http.StatusOK {
		t.Errorf("without an id: %d %s", a.Status, a.Text)
	}
}
