package audience

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// Whatever is done with clients and subscriptions, the kept counts are those that counting finds.
func TestKeptCountsAreThoseOfCounting(t *testing.T) {
	app := apptest.New(t)
	anna, boris := clienttest.Owner(t, app, "anna@example.com"), clienttest.Owner(t, app, "boris@example.com")
	owners := []string{anna, boris}
	do := func(sql string, params dbx.Params) {
		t.Helper()
		if _, err := app.NonconcurrentDB().NewQuery(sql).Bind(params).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	lists := map[string][]string{}
	for _, owner := range owners {
		lists[owner] = []string{clienttest.List(t, app, owner), clienttest.List(t, app, owner)}
	}
	random := rand.New(rand.NewPCG(1, 2))
	anyOf := func(table, owner string) (id string) {
		t.Helper()
		var ids []string
		if err := app.DB().Select("id").From(table).Where(dbx.HashExp{"owner": owner}).Column(&ids); err != nil {
			t.Fatal(err)
		}
		if len(ids) > 0 {
			id = ids[random.IntN(len(ids))]
		}
		return id
	}
	statuses := []string{"confirmed", "pending", "unsubscribed"}
	for i := range 400 {
		owner, status := owners[random.IntN(2)], statuses[random.IntN(3)]
		list := lists[owner][random.IntN(2)]
		client, subscription := anyOf("clients", owner), anyOf("subscriptions", owner)
		switch step := random.IntN(12); {
		case step < 3 || client == "":
			clienttest.Client(t, app, owner, fmt.Sprintf("c%d@example.com", i))
		case step < 6:
			var there int
			if err := app.DB().Select("COUNT(*)").From("subscriptions").Where(dbx.HashExp{"list": list, "client": client}).Row(&there); err != nil {
				t.Fatal(err)
			}
			if there == 0 {
				clienttest.Subscribe(t, app, owner, list, client, status)
			}
		case step < 8:
			do(`UPDATE subscriptions SET status = {:status} WHERE id = {:id}`, dbx.Params{"id": subscription, "status": status})
		case step == 8:
			do(`UPDATE OR IGNORE subscriptions SET list = {:list}, status = {:status} WHERE id = {:id}`, dbx.Params{"id": subscription, "list": list, "status": status})
		case step == 9:
			do(`DELETE FROM subscriptions WHERE id = {:id}`, dbx.Params{"id": subscription})
		case step == 10: // with what belongs to it
			record, err := app.FindRecordById("clients", client)
			if err == nil {
				err = app.Delete(record)
			}
			if err != nil {
				t.Fatal(err)
			}
		default:
			do(`UPDATE clients SET full_name = full_name || 'x' WHERE id = {:id}`, dbx.Params{"id": client})
		}
	}
	do(`UPDATE clients SET owner = {:boris} WHERE id IN (SELECT id FROM clients WHERE owner = {:anna} LIMIT 2)`, dbx.Params{"anna": anna, "boris": boris})
	wantCounted(t, app, owners, lists)

	do(`DELETE FROM subscriptions`, nil)
	do(`DELETE FROM clients`, nil)
	wantCounted(t, app, owners, lists)

	do(`DELETE FROM lists`, nil)
	do(`DELETE FROM users`, nil)
	var left int
	if err := app.DB().Select("COUNT(*)").From("client_counts").Row(&left); err != nil || left != 0 {
		t.Errorf("%d counts are left of owners and lists that are gone (%v)", left, err)
	}
}

// wantCounted compares kept counts with those of the rows.
func wantCounted(t *testing.T, app core.App, owners []string, lists map[string][]string) {
	t.Helper()
	count := func(table string, where dbx.HashExp) (n int) {
		t.Helper()
		if err := app.DB().Select("COUNT(*)").From(table).Where(where).Row(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	wantTotal := func(w Wanted, want int) {
		t.Helper()
		if got, err := w.Total(t.Context(), app); err != nil || got != want {
			t.Errorf("%+v: %d clients (%v), want %d", w, got, err, want)
		}
	}
	wantTotal(Wanted{}, count("clients", nil))
	for i, owner := range owners {
		n, other := count("clients", dbx.HashExp{"owner": owner}), owners[1-i]
		wantTotal(Wanted{Owner: owner}, n)
		wantTotal(Wanted{Without: []string{other}}, n)
		onLists, err := OnLists(t.Context(), app, owner)
		if err != nil || len(onLists) != len(lists[owner]) {
			t.Errorf("lists of %s: %v, %v", owner, onLists, err)
		}
		for _, list := range lists[owner] {
			confirmed := count("subscriptions", dbx.HashExp{"list": list, "status": "confirmed"})
			wantTotal(Wanted{Owner: owner, List: list}, confirmed)
			wantTotal(Wanted{Owner: other, List: list}, 0)
			if onLists[list] != confirmed {
				t.Errorf("list %s has %d clients, want %d", list, onLists[list], confirmed)
			}
		}
	}
}
