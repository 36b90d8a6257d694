package audience

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/search"
)

func TestClientsAreFoundTheSameInManyAndInFew(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	list := clienttest.List(t, app, owner)
	clienttest.Fill(t, app, owner, list, 60)
	clienttest.Client(t, app, owner, "artem@example.com", map[string]any{"full_name": "Артём Иванов"})
	clienttest.Client(t, app, clienttest.Owner(t, app, "other@example.com"), "other1@example.com", map[string]any{"full_name": "Артём Другой"})

	var wanted []Wanted
	for _, words := range []string{"", "артем", "1", "1 2", "example", "nobody", "ИВАНОВ артём"} {
		for _, sort := range []string{"", "email", "-full_name"} {
			for _, w := range []Wanted{{}, {List: list}, {Status: "active"}, {Filter: `email ~ "1"`}} {
				w.Owner, w.Search, w.Sort = owner, words, sort
				wanted = append(wanted, w)
			}
		}
	}
	answers := func() (all []string) {
		for _, w := range wanted {
			found, err := w.Find(t.Context(), app, 2, 5)
			if err != nil {
				t.Fatal(err)
			}
			total, err := w.Total(t.Context(), app)
			if err != nil {
				t.Fatal(err)
			}
			ids, err := w.IDs(t.Context(), app, 100)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(ids)
			all = append(all, fmt.Sprintf("%+v: %d %q %q", w, total, emails(found), ids))
		}
		return all
	}
	compared := answers()
	finder := search.New(app, 1)
	defer finder.Close()
	search.Use(app, finder)
	for deadline := time.Now().Add(20 * time.Second); !(Wanted{Owner: owner, Search: "1"}).searched(t.Context(), app).known; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the search is not prepared")
		}
	}
	for i, got := range answers() {
		if got != compared[i] {
			t.Errorf("found %s,\nwant %s", got, compared[i])
		}
	}

	w := Wanted{Owner: owner, Search: "artem"}
	f, err := w.query()
	if err != nil {
		t.Fatal(err)
	}
	w.searched(t.Context(), app).narrow(f)
	q := app.ConcurrentDB().Select("c.*").From("clients c").Where(f.where()).OrderBy(f.order...).Limit(5).Build()
	clienttest.Seeks(t, app, q.SQL(), q.Params(), "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)")
}

func emails(clients []*core.Record) (list []string) {
	for _, c := range clients {
		list = append(list, c.GetString("email"))
	}
	return list
}
