package audience

import (
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

func TestTheFirstOfAnAudienceIsSomebodyWhoMayBeMailed(t *testing.T) {
	app := apptest.New(t)
	anna, boris := clienttest.Owner(t, app, "anna@gonets.example"), clienttest.Owner(t, app, "boris@gonets.example")
	clienttest.Client(t, app, boris, "a@example.com")
	clienttest.Client(t, app, anna, "b@example.com", map[string]any{"status": "unsubscribed"})
	second := clienttest.Client(t, app, anna, "d@example.com")
	first := clienttest.Client(t, app, anna, "c@example.com")
	list := clienttest.List(t, app, anna, second)

	for _, c := range []struct {
		name     string
		audience Audience
		want     string
	}{
		{"of everyone", Audience{Kind: Everyone}, first},
		{"of a list", Audience{Kind: Lists, Lists: []string{list}}, second},
		{"of those picked", Audience{Kind: Picked, Recipients: []string{second}}, second},
		{"of a filter", Audience{Kind: Everyone, Filter: `email = "d@example.com"`}, second},
		{"of nobody", Audience{Kind: Everyone, Filter: `email = "x@example.com"`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := c.audience.Query(app, anna)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.First(t.Context(), app); got != c.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}
