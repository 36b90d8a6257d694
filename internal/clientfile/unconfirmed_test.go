package clientfile

import (
	"context"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// TestWhoHasNotConfirmedElsewhereIsNotMailedHere has one who is new, one who is a client already, and one who has left too.
func TestWhoHasNotConfirmedElsewhereIsNotMailedHere(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	list := clienttest.Record(t, app, "lists", map[string]any{"owner": owner, "name": "News"}).Id
	clienttest.Client(t, app, owner, "here@example.com")
	text := "email,status,unsubscribed\nanna@example.com,active,\nnew@example.com,unconfirmed,\nhere@example.com,unconfirmed,\nleft@example.com,unconfirmed,yes\n"
	path := writeFile(t, text)
	im := NewImporter(app)
	result, dry, err := im.Run(context.Background(), path, "x.csv", ImportOptions{Owner: owner, List: list, DryRun: true}, func(ImportResult) {})
	left := OptionsOf(dry).Left
	if err != nil || left["unconfirmed"] != 1 || left["unsubscribed"] != 1 || len(left) != 2 || result.Suppressed != 2 {
		t.Errorf("the dry run says %v, %d suppressed, %v", left, result.Suppressed, err)
	}
	_, record, err := im.Run(context.Background(), path, "x.csv", ImportOptions{Owner: owner, List: list}, func(ImportResult) {})
	if err != nil {
		t.Fatal(err)
	}
	read := func(sql string) (lines []string) {
		t.Helper()
		if err := app.DB().NewQuery(sql).Bind(dbx.Params{"owner": owner}).Column(&lines); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	want := []string{"anna@example.com active confirmed", "here@example.com active pending", "left@example.com unsubscribed confirmed", "new@example.com unsubscribed pending"}
	if got := read(`SELECT c.email || ' ' || c.status || ' ' || s.status FROM clients c JOIN subscriptions s ON s.client = c.id WHERE c.owner = {:owner} ORDER BY c.email`); !slices.Equal(got, want) {
		t.Errorf("clients %q, want %q", got, want)
	}
	want = []string{"left@example.com unsubscribed import: yes", "new@example.com manual import: unconfirmed"}
	if got := read(`SELECT value || ' ' || reason || ' ' || note FROM suppressions WHERE owner = {:owner} ORDER BY value`); !slices.Equal(got, want) {
		t.Errorf("on the stop list %q, want %q", got, want)
	}
	if _, err := im.Undo(record); err != nil {
		t.Fatal(err)
	}
	if got := read(`SELECT email FROM clients WHERE owner = {:owner}`); !slices.Equal(got, []string{"here@example.com"}) || len(read(`SELECT value FROM suppressions WHERE owner = {:owner}`)) > 0 {
		t.Errorf("undone, clients are %q", got)
	}
}
