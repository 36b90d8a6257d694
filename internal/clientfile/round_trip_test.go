package clientfile

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clientexport"
	"gonets/internal/clienttest"
	"gonets/internal/suppression"
)

func TestExportComesBackWhole(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	for _, c := range []map[string]any{
		{"email": "anna@example.com", "full_name": "Анна «Я», \"q\"; x", "comment": "two\nlines", "attributes": `{"Favourite tea":"green","a.b":"c","city":"Тверь","ключ":"я","№ 5%":"x"}`},
		{"email": "formula@example.com", "full_name": `=HYPERLINK("http://evil.example","x")`, "comment": "@SUM(1)", "attributes": `{"phone":"+7 900","minus":"-1","plain":"a=b"}`},
		{"email": "quotes@example.com", "full_name": "'quoted'", "comment": "'=kept", "attributes": `{"apostrophes":"''+x","zip":"007"}`},
		{"email": "empty@example.com", "attributes": `{}`},
	} {
		clienttest.Client(t, app, owner, c["email"].(string), c)
	}
	clienttest.Client(t, app, owner, "none@example.com") // attributes NULL
	if err := suppression.Add(app.NonconcurrentDB(), owner, "anna@example.com", suppression.ReasonBounced, "", ""); err != nil {
		t.Fatal(err)
	}
	clienttest.Client(t, app, other, "secret@example.com")

	for _, delimiter := range []rune{';', ','} {
		t.Run(string(delimiter), func(t *testing.T) {
			var file bytes.Buffer
			if err := clientexport.CSV(context.Background(), app, audience.Wanted{Owner: owner}, delimiter, &file); err != nil {
				t.Fatal(err)
			}
			text := file.String()
			if !strings.HasPrefix(text, "\ufeffemail") || strings.Contains(text, "secret@") {
				t.Errorf("%q", text)
			}
			for line := range strings.SplitSeq(text, "\r\n") {
				for cell := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == delimiter }) {
					if strings.ContainsAny(strings.Trim(cell, `"`)[:min(1, len(strings.Trim(cell, `"`)))], "=+-@") {
						t.Errorf("a spreadsheet would take %q for a formula", cell)
					}
				}
			}

			back := clienttest.Owner(t, app, fmt.Sprintf("back%d@example.com", delimiter))
			result, _ := imported(t, app, ImportOptions{Owner: back}, text)
			if result.Added != 5 || result.Invalid != 0 {
				t.Errorf("%+v", result)
			}
			got, want := clientLines(t, app, back), clientLines(t, app, owner)
			for i := range want { // key order and NULL are no loss
				want[i] = strings.NewReplacer("|||||", "|||{}|",
					`{"phone":"+7 900","minus":"-1","plain":"a=b"}`, `{"minus":"-1","phone":"+7 900","plain":"a=b"}`).Replace(want[i])
				if strings.HasPrefix(want[i], "none@") {
					want[i] = "none@example.com|||{}|active"
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("came back as\n%q, was\n%q", got, want)
			}

			again, _ := imported(t, app, ImportOptions{Owner: owner, Conflict: Overwrite}, text)
			if again.Unchanged != 5 {
				t.Errorf("importing one's own export changes something: %+v", again)
			}
		})
	}
}

// TestWhoHasLeftStaysAwayInAnotherAccount has one who unsubscribed, one who left a list and one who is on it.
func TestWhoHasLeftStaysAwayInAnotherAccount(t *testing.T) {
	app := apptest.New(t)
	owner, back := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "back@example.com")
	for _, email := range []string{"on@example.com", "left@example.com", "gone@example.com"} {
		clienttest.Client(t, app, owner, email)
	}
	find := func(owner, email string) string {
		r, err := app.FindFirstRecordByFilter("clients", "owner = {:owner} && email = {:email}", dbx.Params{"owner": owner, "email": email})
		if err != nil {
			t.Fatal(err)
		}
		return r.Id
	}
	list := clienttest.Record(t, app, "lists", map[string]any{"owner": owner, "name": `News, "weekly"`}).Id
	clienttest.Subscribe(t, app, owner, list, find(owner, "on@example.com"), "confirmed")
	clienttest.Subscribe(t, app, owner, list, find(owner, "gone@example.com"), "confirmed")
	clienttest.Subscribe(t, app, owner, list, find(owner, "left@example.com"), "unsubscribed")
	if err := suppression.Add(app.NonconcurrentDB(), owner, "gone@example.com", suppression.ReasonUnsubscribed, "", ""); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := clientexport.CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', &file); err != nil {
		t.Fatal(err)
	}
	im := NewImporter(app)
	path := writeFile(t, file.String())
	_, dry, err := im.Run(context.Background(), path, "x.csv", ImportOptions{Owner: back, DryRun: true}, func(ImportResult) {})
	if options := OptionsOf(dry); err != nil || options.Left["unsubscribed"] != 1 || !slices.Equal(options.NewLists, []string{`News, "weekly"`}) {
		t.Errorf("the dry run says %+v, %v", options, err)
	}
	_, record, err := im.Run(context.Background(), path, "x.csv", ImportOptions{Owner: back}, func(ImportResult) {})
	if err != nil {
		t.Fatal(err)
	}
	var on []string
	err = app.DB().NewQuery(`
		SELECT l.name || ': ' || c.email || ' ' || s.status || ' ' || c.status
		FROM lists l JOIN subscriptions s ON s.list = l.id JOIN clients c ON c.id = s.client
		WHERE l.owner = {:owner} ORDER BY c.email`).Bind(dbx.Params{"owner": back}).Column(&on)
	want := []string{
		`News, "weekly": gone@example.com confirmed unsubscribed`, `News, "weekly": left@example.com unsubscribed active`,
		`News, "weekly": on@example.com confirmed active`,
	}
	if err != nil || !slices.Equal(on, want) {
		t.Errorf("on the list: %q, %v", on, err)
	}
	if _, err := im.Undo(record); err != nil {
		t.Fatal(err)
	}
	for _, collection := range []string{"clients", "subscriptions", "suppressions"} {
		if n, err := app.CountRecords(collection, dbx.HashExp{"owner": back}); err != nil || n != 0 {
			t.Errorf("undone, %d of %s are left, %v", n, collection, err)
		}
	}
}
