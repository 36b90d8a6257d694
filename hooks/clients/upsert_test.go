package clients_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/clients"
)

const upsertRoute = "/api/gonets/clients/upsert"

func TestManyClientsAreAddedOrChangedAtOnce(t *testing.T) {
	w := newWorld(t, clients.BindUpsert)
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "Guests"}).Id
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "kind": "address", "value": "left@example.com", "reason": "unsubscribed"})
	known := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "known@example.com", "full_name": "Old", "attributes": map[string]any{"city": "Tver"}}).Id
	off := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "off@example.com"}).Id
	w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[anna], "list": list, "client": off, "status": "unsubscribed"})
	w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "new@example.com", "full_name": "His"})

	stored := func(id string) (s string) {
		must(t, w.App.DB().NewQuery(`SELECT full_name || '|' || comment || '|' || attributes || '|' || owner FROM clients WHERE id = {:id}`).
			Bind(dbx.Params{"id": id}).Row(&s))
		return s
	}
	rows := []any{
		map[string]any{"email": " New@Example.COM ", "full_name": "New", "attributes": map[string]any{"age": 30, "tags": []string{"a"}, "empty": "", "none": nil}},
		map[string]any{"email": "known@example.com", "full_name": "Known", "attributes": map[string]any{"city": "Omsk", "age": 7}},
		map[string]any{"email": "not an address", "full_name": "X"},
		map[string]any{"email": "left@example.com"},
		map[string]any{"email": "new@example.com", "full_name": "Second"},
		map[string]any{"email": "off@example.com"},
		map[string]any{"email": "bad@example.com", "attributes": map[string]any{" city": "x"}},
		map[string]any{"full_name": "Nobody"},
	}
	send := func(conflict string) answer {
		return w.Expect(t, 200, anna, http.MethodPost, upsertRoute, map[string]any{"clients": rows, "lists": []string{list, list}, "on_conflict": conflict})
	}
	expect := func(a answer, counts map[string]float64, results ...string) {
		t.Helper()
		for name, n := range counts {
			if a.Body[name] != n {
				t.Errorf("%s is %v, want %v: %s", name, a.Body[name], n, a.Text)
			}
		}
		items := a.Items()
		if len(items) != len(results) {
			t.Fatalf("%d answers: %s", len(items), a.Text)
		}
		for i, want := range results {
			problem := ""
			if problems := items[i]["problems"].([]any); len(problems) > 0 {
				problem = fmt.Sprint(problems[0].(map[string]any)["code"])
			}
			if got := fmt.Sprint(items[i]["email"], " ", items[i]["result"], " ", items[i]["suppressed"], " ", problem); got != want {
				t.Errorf("row %d: %q, want %q", i, got, want)
			}
		}
	}

	first := send("overwrite")
	expect(first, map[string]float64{"added": 2, "changed": 1, "unchanged": 2, "invalid": 3, "suppressed": 1},
		"new@example.com added false ", "known@example.com changed false ", "not an address invalid false bad_email", "left@example.com added true ",
		"new@example.com unchanged false duplicate", "off@example.com unchanged false left_list", "bad@example.com invalid false attribute_name",
		" invalid false no_email")
	if id := first.Items()[1]["id"]; id != known {
		t.Errorf("the id of the client who exists is %v, want %s", id, known)
	}
	added := fmt.Sprint(first.Items()[0]["id"])
	if got := stored(added); got != `New||{"age":30,"tags":["a"]}|`+w.IDs[anna] {
		t.Errorf("added %s", got)
	}
	if got := stored(known); got != `Known||{"age":7,"city":"Omsk"}|`+w.IDs[anna] {
		t.Errorf("changed to %s", got)
	}
	if n := w.Count(t, "subscriptions", dbx.HashExp{"list": list, "status": "confirmed"}); n != 3 {
		t.Errorf("%d are on the list, want the three who have not left it", n)
	}

	// The same again changes nothing.
	again := send("overwrite")
	expect(again, map[string]float64{"added": 0, "changed": 0, "unchanged": 5, "invalid": 3, "suppressed": 1},
		"new@example.com unchanged false ", "known@example.com unchanged false ", "not an address invalid false bad_email", "left@example.com unchanged true ",
		"new@example.com unchanged false duplicate", "off@example.com unchanged false left_list", "bad@example.com invalid false attribute_name",
		" invalid false no_email")

	rows = []any{map[string]any{"email": "known@example.com", "full_name": "Other", "comment": "Called"}}
	expect(send("keep"), map[string]float64{"unchanged": 1}, "known@example.com unchanged false ")
	expect(send(""), map[string]float64{"changed": 1}, "known@example.com changed false ") // fills the comment
	if got := stored(known); !strings.HasPrefix(got, "Known|Called|") {
		t.Errorf("filled to %s", got)
	}
}

func TestAnUpsertThatIsNotTaken(t *testing.T) {
	w := newWorld(t, clients.BindUpsert)
	his := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "His"}).Id
	one := []any{map[string]any{"email": "one@example.com"}}
	many := make([]any, 1001)
	for i := range many {
		many[i] = map[string]any{"email": fmt.Sprintf("c%d@example.com", i)}
	}
	for _, c := range []struct {
		name, who   string
		status      int
		body        map[string]any
		field, code string
	}{
		{"nobody", anonymous, 401, map[string]any{"clients": one}, "", ""},
		{"a blocked user", kirill, 401, map[string]any{"clients": one}, "", ""},
		{"another's clients", marta, 403, map[string]any{"clients": one, "owner": w.IDs[anna]}, "owner", "not_own"},
		{"a superuser for nobody", superuser, 400, map[string]any{"clients": one}, "owner", "required"},
		{"no clients", anna, 400, map[string]any{"clients": []any{}}, "clients", "required"},
		{"too many", anna, 400, map[string]any{"clients": many}, "clients", "too_many"},
		{"another's list", anna, 400, map[string]any{"clients": one, "lists": []string{his}}, "lists", "unknown_list"},
		{"too many lists", anna, 400, map[string]any{"clients": one, "lists": make([]string, 21)}, "lists", "too_many"},
		{"a choice that there is not", anna, 400, map[string]any{"clients": one, "on_conflict": "replace"}, "on_conflict", "unknown_value"},
		{"no JSON of this kind", anna, 400, map[string]any{"clients": "one@example.com"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := w.Expect(t, c.status, c.who, http.MethodPost, upsertRoute, c.body); a.Code(c.field) != c.code {
				t.Errorf("%s", a.Text)
			}
		})
	}
	if n := w.Count(t, "clients", nil); n != 0 {
		t.Errorf("%d clients were added", n)
	}
	if a := w.Expect(t, 200, anna, http.MethodPost, upsertRoute, map[string]any{"clients": many[:1000]}); a.Body["added"] != 1000.0 {
		t.Errorf("of 1000 %v were added", a.Body["added"])
	}
}
