package results

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/mailing"
	"gonets/internal/search"
)

func TestRecipientsAreFoundTheSameInManyAndInFew(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Fill(t, app, owner, clienttest.List(t, app, owner), 60)
	clienttest.Client(t, app, owner, "artem@example.com", map[string]any{"full_name": "Артём Иванов"})
	id := clienttest.Record(t, app, "mailings", map[string]any{"owner": owner, "name": "m"}).Id
	const no = 3
	for _, sql := range []string{
		`INSERT INTO contents (no, mailing, owner, letter, last) VALUES ({:no}, {:mailing}, {:owner}, '', 61)`,
		`INSERT INTO recipients (id, mailing, client, email, state)
		 SELECT ({:no} << 32) + ROW_NUMBER() OVER (ORDER BY email), {:mailing}, id, email, iif(rowid % 3 = 0, 'failed', 'sent') FROM clients WHERE owner = {:owner}`,
		`UPDATE clients SET email = 'moved@example.com' WHERE full_name = 'Артём Иванов'`,
	} {
		params := dbx.Params{"no": no, "mailing": id, "owner": owner}
		if _, err := app.NonconcurrentDB().NewQuery(sql).Bind(params).Execute(); err != nil {
			t.Fatal(err)
		}
	}

	answers := func() (all []string) {
		for _, text := range []string{"артем", "artem@", "1", "example", "nobody", "артём иванов", "moved"} {
			for _, state := range []mailing.State{"", mailing.Sent, mailing.Failed, Complained} {
				for _, q := range []Query{{Page: 1, PerPage: 4}, {Page: 3, PerPage: 4}, {Page: 99}, {Cursor: Start, PerPage: 4}, {Cursor: "9", PerPage: 4}} {
					q.Search, q.State = text, state
					p, err := Recipients(t.Context(), app, id, q)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, fmt.Sprintf("%+v: %+v", q, p))
				}
			}
		}
		return all
	}
	compared := answers()
	finder := search.New(app, 1)
	defer finder.Close()
	search.Use(app, finder)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		if found, err := searchRecipients(t.Context(), app, id, Query{Search: "1"}); err != nil || found.known {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the search is not prepared")
		}
	}
	for i, got := range answers() {
		if got != compared[i] {
			t.Errorf("found %s,\nwant %s", got, compared[i])
		}
	}
}
