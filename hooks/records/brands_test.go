package records_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
)

// forgetBrand deletes the brand of the user who would own the next one.
func forgetBrand(t *testing.T, w *world, user string) {
	t.Helper()
	owner := w.IDs[holder(user)]
	if _, err := w.App.NonconcurrentDB().Delete("brands", dbx.HashExp{"owner": owner}).Execute(); err != nil {
		t.Fatal(err)
	}
}

func TestABrandIsCheckedField(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct{ field, value string }{
		"an address of two lines": {"postal_address", "1 High Street\nYork"},
		"a name with a tab":       {"name", "Tea\tCo"},
		"a long address":          {"postal_address", strings.Repeat("a", 301)},
		"a colour by name":        {"colour", "red"},
		"a colour with a style":   {"colour", "#3b53e0;"},
		"a script as the site":    {"site", "javascript:alert(1)"},
		"a file as the site":      {"site", "file:///etc/passwd"},
		"a site that is a name":   {"site", "example"},
		"a long site":             {"site", "https://example.com/" + strings.Repeat("a", 300)},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.Expect(t, 400, anna, http.MethodPost, recordsOf("brands"), map[string]any{c.field: c.value})
			if !strings.Contains(a.Text, `"`+c.field+`"`) {
				t.Errorf("the answer does not name %s: %s", c.field, a.Text)
			}
		})
	}

	made := w.Expect(t, 200, anna, http.MethodPost, recordsOf("brands"), map[string]any{
		"name": " Tea & Co ", "colour": "#3B53E0", "postal_address": "1 High Street, York", "site": "https://tea.example",
	})
	for _, part := range []string{`"name":"Tea \u0026 Co"`, `"colour":"#3b53e0"`} {
		if !strings.Contains(made.Text, part) {
			t.Errorf("%s lacks %s", made.Text, part)
		}
	}
	w.Expect(t, 400, anna, http.MethodPost, recordsOf("brands"), map[string]any{"name": "Another"})
	w.Expect(t, 400, boris, http.MethodPost, recordsOf("brands"), map[string]any{"owner": w.IDs[anna]})

	logo := w.Expect(t, 200, anna, http.MethodPatch, recordsOf("brands")+"/"+made.ID(), hookstest.FileForm(t, "logo", "dot.gif", gif))
	if !strings.Contains(logo.Text, `"logo":"dot_`) {
		t.Errorf("the logo was not kept: %s", logo.Text)
	}
	w.Expect(t, 400, anna, http.MethodPatch, recordsOf("brands")+"/"+made.ID(), hookstest.FileForm(t, "logo", "logo.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")))
}
