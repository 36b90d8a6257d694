package hooks

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestExportOverTheAPI(t *testing.T) {
	w := newImports(t)
	const path = "/api/gonets/clients/export.csv"
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ivan@example.com", "full_name": "=1+1"})
	w.set(t, "users", w.ids[anna], "language", "ru")

	a := w.expect(t, 200, anna, http.MethodGet, path, nil)
	if !strings.HasPrefix(a.text, "\ufeffemail;full_name;") || !strings.Contains(a.text, "ivan@example.com;'=1+1;") {
		t.Errorf("%q", a.text)
	}
	for _, who := range []string{marta, superuser} { // the rule is that of the owner, whoever asks
		if b := w.expect(t, 200, who, http.MethodGet, path+"?owner="+w.ids[anna], nil); b.text != a.text {
			t.Errorf("%s gets %q", who, b.text)
		}
	}
	if a = w.expect(t, 200, anna, http.MethodGet, path+"?delimiter=comma", nil); !strings.HasPrefix(a.text, "\ufeffemail,full_name,") {
		t.Errorf("%q", a.text)
	}
	for _, c := range []struct {
		who, query string
		status     int
		sees       bool
	}{
		{anonymous, "", 401, false},
		{kirill, "", 401, false},
		{boris, "", 200, false},
		{boris, "?owner=" + w.ids[anna], 404, false},
		{marta, "", 200, false},
		{marta, "?owner=" + w.ids[anna], 200, true},
		{marta, "?owner=nobody", 404, false},
		{superuser, "", 400, false},
		{superuser, "?owner=" + w.ids[anna], 200, true},
		{anna, "?delimiter=pipe", 400, false},
	} {
		if a := w.expect(t, c.status, c.who, http.MethodGet, path+c.query, nil); strings.Contains(a.text, "ivan@") != c.sees {
			t.Errorf("%s %s: %q", c.who, c.query, a.text)
		}
	}
}

func TestExportAsAWorkbook(t *testing.T) {
	w := newImports(t)
	const path = "/api/gonets/clients/export.xlsx"
	w.add(t, "clients", map[string]any{"owner": w.ids[anna], "email": "ivan@example.com", "full_name": "=1+1"})

	for _, c := range []struct {
		who, query string
		status     int
		sees       bool
	}{
		{anonymous, "", 401, false},
		{kirill, "", 401, false},
		{anna, "", 200, true},
		{boris, "", 200, false},
		{boris, "?owner=" + w.ids[anna], 404, false},
		{marta, "?owner=" + w.ids[anna], 200, true},
		{superuser, "", 400, false},
	} {
		a := w.expect(t, c.status, c.who, http.MethodGet, path+c.query, nil)
		if c.status != 200 {
			continue
		}
		book, err := excelize.OpenReader(strings.NewReader(a.text))
		must(t, err)
		rows, err := book.GetRows(book.GetSheetList()[0])
		must(t, err)
		must(t, book.Close())
		if sees := len(rows) == 2 && rows[1][0] == "ivan@example.com" && rows[1][1] == "=1+1"; sees != c.sees {
			t.Errorf("%s %s: %q", c.who, c.query, rows)
		}
	}
}
