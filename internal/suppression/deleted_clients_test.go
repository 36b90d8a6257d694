package suppression

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// mailTo makes a recipient of a mailing, as a launch does, and returns what finds the recipient of its link.
func mailTo(t *testing.T, app core.App, mailing, client, email string) dbx.Params {
	t.Helper()
	params := dbx.Params{"mailing": mailing, "client": client, "email": email}
	if _, err := app.DB().NewQuery(`INSERT INTO recipients (mailing, client, email) VALUES ({:mailing}, {:client}, {:email})`).Bind(params).Execute(); err != nil {
		t.Fatal(err)
	}
	return params
}

func emailsBy(t *testing.T, app core.App, query string, params dbx.Params) []string {
	t.Helper()
	var emails []string
	if err := app.DB().NewQuery(query).Bind(params).Column(&emails); err != nil {
		t.Fatal(err)
	}
	return emails
}

func TestALinkFindsItsRecipientWithoutASearch(t *testing.T) {
	app := apptest.New(t)
	var steps []struct {
		Detail string `db:"detail"`
	}
	err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + linkAddresses).Bind(dbx.Params{"mailing": "m", "client": "c"}).All(&steps)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range steps {
		if strings.Contains(s.Detail, "SCAN") {
			t.Errorf("%s", s.Detail)
		}
		if strings.Contains(s.Detail, "SEARCH r ") && strings.Contains(s.Detail, "(mailing=? AND email=?)") {
			found++
		}
	}
	if found != 3 {
		t.Errorf("the plan is %v", steps)
	}
}

func TestTheAddressOfADeletedClientIsKeptWhileALinkNeedsIt(t *testing.T) {
	app := apptest.New(t)
	owner, nobody := clienttest.Owner(t, app, "anna@example.org"), clienttest.Owner(t, app, "boris@example.org")
	mailing := clienttest.Record(t, app, "mailings", map[string]any{"owner": owner, "status": "created", "audience": "everyone"}).Id
	if _, err := app.DB().NewQuery(`INSERT INTO contents (mailing, owner, letter) VALUES ({:mailing}, {:owner}, '{}')`).
		Bind(dbx.Params{"mailing": mailing, "owner": owner}).Execute(); err != nil {
		t.Fatal(err)
	}
	links := map[string]dbx.Params{}
	for _, name := range []string{"record", "sql", "moved"} {
		email := name + "@example.com"
		links[email] = mailTo(t, app, mailing, clienttest.Client(t, app, owner, email), email)
	}
	exec := func(sql string, params dbx.Params) {
		t.Helper()
		if _, err := app.DB().NewQuery(sql).Bind(params).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	record, err := app.FindRecordById("clients", links["record@example.com"]["client"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Delete(record); err != nil {
		t.Fatal(err)
	}
	exec(`DELETE FROM clients WHERE id = {:client}`, links["sql@example.com"])
	moved := links["moved@example.com"]
	exec(`UPDATE clients SET email = 'new@example.com' WHERE id = {:client}`, moved)

	exec(`DELETE FROM clients WHERE id = {:client}`, moved)
	never := clienttest.Client(t, app, owner, "never@example.com")
	exec(`DELETE FROM clients WHERE id = {:client}`, dbx.Params{"client": never})
	other := clienttest.Client(t, app, nobody, "unmailed@example.com")
	exec(`DELETE FROM clients WHERE id = {:client}`, dbx.Params{"client": other})

	linked := func() {
		t.Helper()
		for email, params := range links {
			if got := emailsBy(t, app, linkAddresses, params); !slices.Equal(got, []string{email}) {
				t.Errorf("%s: the link finds %v", email, got)
			}
		}
	}
	const kept = `SELECT email FROM deleted_clients ORDER BY email`
	linked()
	if got := emailsBy(t, app, kept, nil); slices.Contains(got, "unmailed@example.com") || len(emailsBy(t, app, `SELECT email FROM former_addresses`, nil)) != 0 {
		t.Errorf("kept too much: %v", got)
	}
	if err := ForgetDeletedClients(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	linked()
	if got := emailsBy(t, app, kept, nil); !slices.Equal(got, []string{"moved@example.com", "record@example.com", "sql@example.com"}) {
		t.Errorf("kept %v", got)
	}
	exec(`DELETE FROM recipients WHERE mailing = {:mailing}`, dbx.Params{"mailing": mailing})
	if err := ForgetDeletedClients(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	if got := emailsBy(t, app, kept, nil); len(got) != 0 {
		t.Errorf("kept although no mail is left: %v", got)
	}
}
