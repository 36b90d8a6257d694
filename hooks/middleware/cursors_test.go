package middleware_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
)

// TestALogIsReadByCursor reads attempts page by page while others are added.
func TestALogIsReadByCursor(t *testing.T) {
	w := hookstest.New(t)
	add := func(n int, owner, status, created string) {
		w.SQL(t, `INSERT INTO attempts (id, mailing, client, owner, email, status, code, enhanced_code, response, try, duration_ms, created)
			VALUES ({:id}, 'm', '', {:owner}, 'a@example.com', {:status}, 250, '', '', 1, 1, {:created})`,
			dbx.Params{"id": fmt.Sprintf("a%014d", n), "owner": w.IDs[owner], "status": status, "created": created})
	}
	for n := range 7 { // several have the same time
		add(n, hookstest.Anna, "success", fmt.Sprintf("2026-11-23 09:0%d:00.000Z", n/3))
	}
	add(7, hookstest.Anna, "failure", "2026-11-23 09:01:00.000Z")
	add(8, hookstest.Boris, "success", "2026-11-23 09:01:00.000Z")

	list := hookstest.RecordsOf("attempts") + "?perPage=3&filter=" + url.QueryEscape(`status = "success"`) + "&cursor="
	for _, who := range []string{hookstest.Anna, hookstest.Marta, hookstest.Superuser} {
		var seen []string
		for next, pages := "", 0; pages == 0 || next != ""; pages++ {
			a := w.Expect(t, http.StatusOK, who, http.MethodGet, list+next, nil)
			for _, item := range a.Items() {
				seen = append(seen, fmt.Sprint(item["id"]))
			}
			next = a.Field("next")
			if pages > 5 || a.Body["totalItems"] != -1.0 {
				t.Fatalf("page %d: %s", pages, a.Text)
			}
			add(100+10*len(seen)+len(who)*1000, hookstest.Anna, "success", "2026-11-23 10:00:00.000Z") // newer than all
		}
		w.SQL(t, `DELETE FROM attempts WHERE created > '2026-11-23 09:30'`, nil)
		want := []string{"a00000000000006", "a00000000000005", "a00000000000004", "a00000000000003", "a00000000000002", "a00000000000001", "a00000000000000"}
		if who != hookstest.Anna {
			want = append(want[:1:1], append([]string{"a00000000000008"}, want[1:]...)...)
		}
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Errorf("%s sees %v, want %v", who, seen, want)
		}
	}

	a := w.Expect(t, http.StatusOK, hookstest.Anna, http.MethodGet, list+"&fields=items.id", nil)
	if len(a.Items()) != 3 || a.Field("next") == "" {
		t.Errorf("with fields: %s", a.Text)
	}
	for _, wrong := range []string{"x", "MjAyNi0xMS0yMyAwOTowMDowMC4wMDBafmEiIHx8IG93bmVyICE9ICI", "!!"} {
		if a := w.Expect(t, http.StatusBadRequest, hookstest.Anna, http.MethodGet, list+wrong, nil); a.Code("cursor") != "invalid_cursor" {
			t.Errorf("%q: %s", wrong, a.Text)
		}
	}
	if a := w.Expect(t, http.StatusOK, hookstest.Boris, http.MethodGet, list, nil); len(a.Items()) != 1 || a.Field("next") != "" {
		t.Errorf("another owner sees %s", a.Text)
	}
}
