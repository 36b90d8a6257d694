package clients_test

import (
	"net/http"
	"strings"
	"testing"

	"gonets/hooks/clients"
)

const bulkRoute = "/api/gonets/clients/bulk"

func TestTheSameIsDoneWithAllClientsThatMatch(t *testing.T) {
	w := newWorld(t, clients.BindBulk, clients.BindExport)
	add := func(owner, email, name string) string {
		return w.Add(t, "clients", map[string]any{"owner": w.IDs[owner], "email": email, "full_name": name}).Id
	}
	one, _, _ := add(anna, "one@example.com", "Ann One"), add(anna, "two@example.com", "Ann Two"), add(anna, "three@example.com", "Bob")
	add(boris, "ann@example.com", "Ann of Boris")
	list := w.Add(t, "lists", map[string]any{"owner": w.IDs[anna], "name": "Guests"}).Id
	his := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "His"}).Id
	anns := map[string]any{"search": "ann"}

	for _, c := range []struct {
		name, who string
		status    int
		body      map[string]any
		code      string // of the field
	}{
		{"nobody", anonymous, 401, map[string]any{"act": "delete", "matching": anns}, ""},
		{"neither clients nor what they match", anna, 400, map[string]any{"act": "delete"}, "clients required"},
		{"both", anna, 400, map[string]any{"act": "delete", "clients": []string{one}, "matching": anns}, "clients required"},
		{"no act", anna, 400, map[string]any{"act": "mail", "matching": anns}, "act unknown_value"},
		{"another's list", anna, 400, map[string]any{"act": "join", "list": his, "matching": anns}, "list unknown_list"},
		{"no list", anna, 400, map[string]any{"act": "leave", "matching": anns}, "list unknown_list"},
		{"a status that nobody joins with", anna, 400, map[string]any{"act": "join", "list": list, "status": "unsubscribed", "matching": anns}, "status unknown_value"},
		{"a filter that cannot be read", anna, 400, map[string]any{"act": "delete", "matching": map[string]any{"filter": "x >"}}, "filter filter_unreadable"},
		{"more than were shown", anna, 409, map[string]any{"act": "delete", "matching": anns, "expected": 1}, "clients more_match"},
		{"another's clients", marta, 403, map[string]any{"act": "delete", "owner": w.IDs[anna], "matching": anns}, "owner not_own"},
		{"too many", anna, 400, map[string]any{"act": "delete", "clients": strings.Split(strings.Repeat("x,", 50_001), ",")}, "clients too_many_clients"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, c.status, c.who, http.MethodPost, bulkRoute, c.body)
			if field, code, _ := strings.Cut(c.code, " "); code != "" && a.Code(field) != code {
				t.Errorf("%s", a.Text)
			}
		})
	}

	a := w.Expect(t, 200, anna, http.MethodPost, bulkRoute, map[string]any{"act": "join", "list": list, "matching": anns, "expected": 2})
	joined, _ := a.Body["clients"].([]any)
	if len(joined) != 2 || a.Body["refused"] != 0.0 {
		t.Errorf("joined: %s", a.Text)
	}
	a = w.Expect(t, 200, anna, http.MethodPost, bulkRoute, map[string]any{"act": "leave", "list": list, "clients": joined})
	if left, _ := a.Body["confirmed"].([]any); len(left) != 2 {
		t.Errorf("left: %s", a.Text)
	}

	for query, want := range map[string]int{"?search=ann": 2, "?filter=" + `full_name%3D%22Bob%22`: 1, "": 3, "?status=bounced": 0} {
		lines := strings.Count(w.Expect(t, 200, anna, http.MethodGet, "/api/gonets/clients/export.csv"+query, nil).Text, "\r\n") - 1
		if lines != want {
			t.Errorf("the export%s has %d clients, want %d", query, lines, want)
		}
	}
	w.Expect(t, 400, anna, http.MethodGet, "/api/gonets/clients/export.csv?filter=x", nil)
	w.Expect(t, 400, anna, http.MethodGet, "/api/gonets/clients/export.xlsx?filter=x", nil)

	a = w.Expect(t, 200, superuser, http.MethodPost, bulkRoute, map[string]any{"act": "delete", "owner": w.IDs[anna], "matching": anns})
	if a.Body["deleted"] != 2.0 || w.Count(t, "clients", nil) != 2 {
		t.Errorf("deleted: %s", a.Text)
	}
}
