package clients_test

import (
	"net/http"
	"testing"

	"gonets/hooks/clients"
)

const countPath = "/api/gonets/audience/count"

func TestCountOfAnAudience(t *testing.T) {
	w := newWorld(t, clients.BindAudience)
	one := w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "one@example.com", "full_name": "One"}).Id
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": "two@example.com"})
	w.Add(t, "suppressions", map[string]any{"owner": w.IDs[anna], "value": "two@example.com"})
	his := w.Add(t, "clients", map[string]any{"owner": w.IDs[boris], "email": "his@example.com"}).Id
	hisList := w.Add(t, "lists", map[string]any{"owner": w.IDs[boris], "name": "his"}).Id

	for _, c := range []struct {
		name, who         string
		body              map[string]any
		status            int
		field, code       string
		count, suppressed float64
	}{
		{name: "everyone", who: anna, body: map[string]any{"audience": "everyone"}, status: 200, count: 2, suppressed: 1},
		{name: "nothing said is everyone", who: anna, body: map[string]any{}, status: 200, count: 2, suppressed: 1},
		{name: "the picked", who: anna, body: map[string]any{"audience": "picked", "recipients": []string{one}}, status: 200, count: 1},
		{name: "a manager counts own clients", who: marta, body: map[string]any{"audience": "everyone"}, status: 200},
		{name: "a manager cannot count another's", who: marta, body: map[string]any{"owner": w.IDs[anna]}, status: 403},
		{name: "a superuser names the owner", who: superuser, body: map[string]any{"owner": w.IDs[anna]}, status: 200, count: 2, suppressed: 1},
		{name: "a superuser who does not", who: superuser, body: map[string]any{}, status: 400, field: "owner", code: "required"},
		{name: "nobody is signed in", who: anonymous, body: map[string]any{}, status: 401},
		{name: "another's client", who: anna, body: map[string]any{"audience": "picked", "recipients": []string{his}}, status: 400, field: "recipients", code: "unknown_client"},
		{name: "another's list", who: anna, body: map[string]any{"audience": "lists", "lists": []string{hisList}}, status: 400, field: "lists", code: "unknown_list"},
		{name: "a filter out of bounds", who: anna, body: map[string]any{"filter": `@collection.users.email != ""`}, status: 400, field: "filter", code: "filter_unknown_field"},
		{name: "a kind that is none", who: anna, body: map[string]any{"audience": "all"}, status: 400, field: "audience", code: "unknown_audience"},
		{name: "a body of another shape", who: anna, body: map[string]any{"lists": 5}, status: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, c.status, c.who, http.MethodPost, countPath, c.body)
			if c.status == 200 && (a.Body["count"] != c.count || a.Body["suppressed"] != c.suppressed || a.Body["capped"] != false) {
				t.Errorf("%s", a.Text)
			}
			if c.code != "" && a.Code(c.field) != c.code {
				t.Errorf("%s", a.Text)
			}
		})
	}

	sample := w.Ask(t, anna, http.MethodPost, countPath, map[string]any{}).Body["sample"].([]any)
	if len(sample) != 1 || sample[0].(map[string]any)["id"] != one || sample[0].(map[string]any)["full_name"] != "One" {
		t.Errorf("%v", sample)
	}
}
