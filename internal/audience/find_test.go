package audience

import (
	"errors"
	"strings"
	"testing"

	"gonets/internal/apptest"
)

// However a list is narrowed, its first page is read along an index in the order of the list: sorting
// all of an owner's clients for it would take a tenth of a second at 200 000.
func TestPagesAreReadAlongAnIndex(t *testing.T) {
	app := apptest.New(t)
	for name, c := range map[string]struct {
		wanted Wanted
		index  string
	}{
		"an owner's":           {Wanted{Owner: "x"}, "idx_clients_owner_created (owner=?)"},
		"found by words":       {Wanted{Owner: "x", Search: "ivan petrov"}, "idx_clients_owner_created (owner=?)"},
		"on a list":            {Wanted{Owner: "x", List: "y"}, "idx_clients_owner_created (owner=?)"},
		"found by a filter":    {Wanted{Owner: "x", Filter: `attributes.city = "Tver" && created > "2026-01-01"`}, "idx_clients_owner_created (owner=? AND created>?)"},
		"by address":           {Wanted{Owner: "x", Sort: "email"}, "(owner=?)"},
		"everybody's":          {Wanted{}, "idx_clients_created"},
		"everybody's, by word": {Wanted{Search: "ivan"}, "idx_clients_created"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := c.wanted.query()
			if err != nil {
				t.Fatal(err)
			}
			query := app.DB().Select("c.*").From("clients c").Where(f.where()).OrderBy(f.order...).Limit(50).Build()
			var steps []struct {
				Detail string `db:"detail"`
			}
			if err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + query.SQL()).Bind(query.Params()).All(&steps); err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for _, s := range steps {
				plan.WriteString(s.Detail + "\n")
			}
			if !strings.Contains(plan.String(), c.index) || strings.Contains(plan.String(), "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("no %s, or sorted, in\n%s", c.index, plan.String())
			}
		})
	}
}

func TestAnUnknownOrderIsInvalid(t *testing.T) {
	var invalid *InvalidError
	if _, err := (Wanted{Sort: "owner"}).query(); !errors.As(err, &invalid) || invalid.Code != "unknown_sort" {
		t.Errorf("%v", err)
	}
}
