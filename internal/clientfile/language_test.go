package clientfile

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clientexport"
	"gonets/internal/clienttest"
	"gonets/internal/consent"
)

func TestLanguagesAreImportedAndExported(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	languages := func(owner string) []string {
		var all []string
		err := app.DB().NewQuery(`SELECT email || ' ' || language FROM clients WHERE owner = {:o} ORDER BY email`).Bind(dbx.Params{"o": owner}).Column(&all)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	as := Reading{Mapping: map[string]string{"lang": "language"}}
	file := "email;lang\na@example.com;RU\nb@example.com;pt-br\nc@example.com;klingon language\nd@example.com;\n"
	result, _ := imported(t, app, ImportOptions{Owner: owner, Reading: as}, file)
	want := []string{"a@example.com ru", "b@example.com pt-BR", "c@example.com ", "d@example.com "}
	if got := languages(owner); result.Added != 4 || !slices.Equal(got, want) {
		t.Errorf("%+v, %q", result, got)
	}
	if len(result.Problems) != 1 || result.Problems[0].Code != "bad_language" || result.Problems[0].Line != 4 {
		t.Errorf("the problems are %+v", result.Problems)
	}

	im := NewImporter(app)
	path := writeFile(t, "email;lang\na@example.com;en\nd@example.com;en\n")
	_, changed, err := im.Run(context.Background(), path, "x.csv", ImportOptions{Owner: owner, Reading: as, Conflict: Overwrite}, func(ImportResult) {})
	if err != nil {
		t.Fatal(err)
	}
	if got := languages(owner); got[0] != "a@example.com en" || got[3] != "d@example.com en" {
		t.Errorf("overwritten: %q", got)
	}
	if _, err := im.Undo(changed); err != nil {
		t.Fatal(err)
	}
	if got := languages(owner); !slices.Equal(got, want) {
		t.Errorf("undone: %q", got)
	}

	var text bytes.Buffer
	if err := clientexport.CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', &text); err != nil {
		t.Fatal(err)
	}
	back := clienttest.Owner(t, app, "back@example.com")
	imported(t, app, ImportOptions{Owner: back}, text.String())
	if got := languages(back); !slices.Equal(got, want) {
		t.Errorf("came back as %q from %q", got, text.String())
	}
}

func TestConsentsAreExportedAndNotImported(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	client := clienttest.Client(t, app, owner, "anna@example.com", map[string]any{"attributes": `{"city":"York"}`})
	clienttest.Client(t, app, owner, "olga@example.com", map[string]any{"attributes": `{"city":"Tver"}`})
	list := clienttest.Record(t, app, "lists", map[string]any{"owner": owner, "name": "News"}).Id
	for _, e := range []consent.Entry{{List: list, Event: consent.Confirmed}, {Event: consent.Withdrawn}} {
		e.Owner, e.Client, e.Email = owner, client, "anna@example.com"
		if err := consent.Add(app.NonconcurrentDB(), e); err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := clientexport.CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', &text); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\r\n")
	if !strings.HasSuffix(lines[0], ",created,consents,attributes.city") {
		t.Errorf("the header is %s", lines[0])
	}
	if !strings.Contains(lines[1], "Z confirmed News") || !strings.Contains(lines[1], "Z withdrawn") || !strings.HasSuffix(lines[1], ",York") || !strings.HasSuffix(lines[2], ",,Tver") {
		t.Errorf("the lines are %q", lines[1:])
	}
	back := clienttest.Owner(t, app, "back@example.com")
	imported(t, app, ImportOptions{Owner: back}, text.String())
	if got := clientLines(t, app, back); len(got) != 2 || strings.Contains(strings.Join(got, " "), "confirmed") || !strings.Contains(got[0], `{"city":"York"}`) {
		t.Errorf("came back as %q", got)
	}
}
