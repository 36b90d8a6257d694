package audience

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/deadline"
)

// TestAFilterIsEvaluatedBeforeTheWriteLock changes clients between the two: what is inserted is whom the filter found
// before, but for those who have left or must not be mailed.
func TestAFilterIsEvaluatedBeforeTheWriteLock(t *testing.T) {
	app := apptest.New(t)
	anna := clienttest.Owner(t, app, "anna@example.com")
	inTver := map[string]any{"attributes": map[string]any{"city": "Tver"}}
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		ids[name] = clienttest.Client(t, app, anna, name+"@example.com", inTver)
	}
	clienttest.Client(t, app, anna, "aa@example.com")
	list := clienttest.List(t, app, anna, ids["a"], ids["b"], ids["c"], ids["d"], ids["e"], ids["f"])
	a := Audience{Kind: Lists, Lists: []string{list}, Filter: `attributes.city = "Tver"`}
	s, err := a.Query(app, anna)
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.Find(t.Context(), app, Cursor{ID: firstID(t, app)}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		`UPDATE clients SET attributes = '{"city": "York"}'`,
		`DELETE FROM clients WHERE id = '` + ids["b"] + `'`,
		`UPDATE subscriptions SET status = 'unsubscribed' WHERE client = '` + ids["c"] + `'`,
		`UPDATE clients SET status = 'bounced' WHERE id = '` + ids["d"] + `'`,
		`INSERT INTO suppressions (id, owner, kind, value, reason) VALUES ('s00000000000001', '` + anna + `', 'address', 'e@example.com', 'complained')`,
	} {
		if _, err := app.NonconcurrentDB().NewQuery(change).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	var chunk Chunk
	err = app.RunInTransaction(func(tx core.App) (err error) {
		chunk, err = s.InsertChunk(tx.DB(), "m00000000000001", at, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a pending", "d skipped bounced", "e skipped complained", "f pending"}
	if got := recipients(t, app, "m00000000000001"); !slices.Equal(got, want) || chunk.Pending != 2 || chunk.Skipped != 2 || !chunk.Done {
		t.Errorf("inserted %v, %+v", got, chunk)
	}
}

func TestWorkOfAFilterEndsInTime(t *testing.T) {
	app := apptest.New(t)
	anna := clienttest.Owner(t, app, "anna@example.com")
	client := clienttest.Client(t, app, anna, "a@example.com")
	list := clienttest.List(t, app, anna, client)
	deadline.Limit(app, time.Nanosecond)
	filtered := Audience{Kind: Lists, Lists: []string{list}, Filter: `email ~ "a"`}
	for name, of := range map[string]struct {
		audience Audience
		slow     bool
	}{
		"everyone":      {Audience{Kind: Everyone}, false},
		"a list":        {Audience{Kind: Lists, Lists: []string{list}}, false},
		"picked":        {Audience{Kind: Picked, Recipients: []string{client}, Filter: filtered.Filter}, false},
		"a filter":      {Audience{Kind: Everyone, Filter: filtered.Filter}, true},
		"both":          {filtered, true},
		"a blank space": {Audience{Kind: Everyone, Filter: " "}, false},
	} {
		s, err := of.audience.Query(app, anna)
		if err != nil {
			t.Fatal(err)
		}
		works := map[string]error{}
		_, works["count"] = of.audience.Count(t.Context(), app, anna)
		_, works["joined"] = of.audience.Joined(t.Context(), app, anna, "m00000000000001")
		_, works["first"] = s.First(t.Context(), app)
		_, works["find"] = s.Find(t.Context(), app, Cursor{}, 10)
		_, works["find those who have moved"] = s.FindMoved(t.Context(), app, Cursor{}, 0)
		for work, err := range works {
			var invalid *InvalidError
			if slow := errors.As(err, &invalid) && invalid.Field == "filter" && invalid.Code == FilterTooSlow; slow != of.slow || !slow && err != nil {
				t.Errorf("%s of %s: %v", work, name, err)
			}
		}
	}
}

func TestASearchForALongTextIsRefused(t *testing.T) {
	app := apptest.New(t)
	for n, refused := range map[int]bool{256: false, 257: true} {
		for field, w := range map[string]Wanted{
			"search": {Search: "a " + strings.Repeat("ж", n)},
			"filter": {Filter: fmt.Sprintf("email ~ %q", strings.Repeat("ж", n))},
		} {
			_, err := w.Total(t.Context(), app)
			var invalid *InvalidError
			if got := errors.As(err, &invalid) && invalid.Field == field && invalid.Code == FilterPattern; got != refused {
				t.Errorf("%s for %d characters: %v", field, n, err)
			}
		}
	}
}
