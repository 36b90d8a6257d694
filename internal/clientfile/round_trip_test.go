package clientfile

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/clientexport"
	"gonets/internal/clienttest"
	"gonets/internal/suppression"
)

func TestExportComesBackWhole(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	for _, c := range []map[string]any{
		{"email": "anna@example.com", "full_name": "Анна «Я», \"q\"; x", "comment": "two\nlines", "attributes": `{"city":"Тверь","ключ":"я"}`},
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
			if err := clientexport.CSV(context.Background(), app, owner, delimiter, &file); err != nil {
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
			for i := range want { // the stop list is not part of the file; key order and NULL are no loss
				want[i] = strings.NewReplacer("|bounced", "|active", "|||||", "|||{}|",
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
