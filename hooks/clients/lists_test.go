package clients_test

import (
	"net/http"
	"testing"

	"gonets/hooks/clients"
)

func TestClientsOnListsAreCountedAtOnce(t *testing.T) {
	w := newWorld(t, clients.BindLists)
	list := map[string]string{}
	for _, l := range []struct{ owner, name string }{{anna, "Guests"}, {anna, "Empty"}, {boris, "His"}} {
		list[l.name] = w.Add(t, "lists", map[string]any{"owner": w.IDs[l.owner], "name": l.name}).Id
	}
	for _, s := range []struct{ owner, list, email, status string }{
		{anna, "Guests", "one@example.org", "confirmed"},
		{anna, "Guests", "two@example.org", "confirmed"},
		{anna, "Guests", "three@example.org", "pending"},
		{anna, "Guests", "four@example.org", "unsubscribed"},
		{boris, "His", "five@example.org", "confirmed"},
	} {
		client := w.Add(t, "clients", map[string]any{"owner": w.IDs[s.owner], "email": s.email}).Id
		w.Add(t, "subscriptions", map[string]any{"owner": w.IDs[s.owner], "list": list[s.list], "client": client, "status": s.status})
	}
	const path = "/api/gonets/lists/counts"
	for _, c := range []struct {
		name, who, query string
		want             map[string]float64
	}{
		{"one's own", anna, "", map[string]float64{"Guests": 2, "Empty": 0}},
		{"another owner's are others", boris, "", map[string]float64{"His": 1}},
		{"everybody's for a manager", marta, "", map[string]float64{"Guests": 2, "Empty": 0, "His": 1}},
		{"those of one owner for a manager", marta, "?owner=" + w.IDs[boris], map[string]float64{"His": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.Expect(t, 200, c.who, http.MethodGet, path+c.query, nil)
			if len(a.Body) != len(c.want) {
				t.Errorf("got %s", a.Text)
			}
			for name, n := range c.want {
				if a.Body[list[name]] != n {
					t.Errorf("%s has %v, want %v", name, a.Body[list[name]], n)
				}
			}
		})
	}
	w.Expect(t, 404, boris, http.MethodGet, path+"?owner="+w.IDs[anna], nil)
	w.Expect(t, 401, anonymous, http.MethodGet, path, nil)
}
