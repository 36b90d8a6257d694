package clientfile

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonets/internal/apptest"
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
			if err := ExportCSV(context.Background(), app, owner, delimiter, &file); err != nil {
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

func TestExportPages(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	list := clienttest.List(t, app, owner)
	clienttest.Fill(t, app, owner, list, 2*exportPage+1)
	var file bytes.Buffer
	if err := ExportCSV(context.Background(), app, owner, ',', &file); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(file.String(), "\r\n"); lines != 2*exportPage+2 {
		t.Errorf("%d lines", lines)
	}
}

// TestManyAttributesDoNotCostEveryClientAColumn exports more attributes than have a column of their own.
func TestManyAttributesDoNotCostEveryClientAColumn(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	const clients, each = 60, 200
	for n := range clients {
		attributes := map[string]any{"city": fmt.Sprintf("Tver %d", n), strings.Repeat("k", maxKeyBytes+1): "long"}
		for k := range each {
			attributes[fmt.Sprintf("a%d_%d", n, k)] = fmt.Sprintf("v%d_%d", n, k)
		}
		clienttest.Client(t, app, owner, fmt.Sprintf("client%03d@example.com", n), map[string]any{"attributes": attributes})
	}
	var file, book bytes.Buffer
	must(t, ExportCSV(context.Background(), app, owner, ',', &file))
	must(t, ExportWorkbook(context.Background(), app, owner, &book))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Bytes(), []byte("\ufeff")))).ReadAll()
	must(t, err)
	header := rows[0]
	if len(header) != len(exportColumns)+maxExportKeys+1 || header[len(header)-1] != restColumn || !slices.Contains(header, "attributes.city") {
		t.Fatalf("%d columns, the last is %q", len(header), header[len(header)-1])
	}
	if limit := clients*maxExportKeys*2 + clients*each*40; file.Len() > limit {
		t.Errorf("%d bytes", file.Len())
	}
	for n, row := range rows[1:] {
		got := map[string]string{}
		must(t, json.Unmarshal([]byte(row[len(row)-1]), &got))
		for i, name := range header[len(exportColumns) : len(header)-1] {
			if value := row[len(exportColumns)+i]; value != "" {
				got[strings.TrimPrefix(name, "attributes.")] = value
			}
		}
		if len(got) != each+2 || got["city"] != fmt.Sprintf("Tver %d", n) {
			t.Errorf("client %d has %d attributes", n, len(got))
		}
		for k := range each {
			if got[fmt.Sprintf("a%d_%d", n, k)] != fmt.Sprintf("v%d_%d", n, k) {
				t.Fatalf("attribute %d of client %d is %q", k, n, got[fmt.Sprintf("a%d_%d", n, k)])
			}
		}
	}
	_, sheet, _ := sheets(t, book.Bytes())
	for n, row := range sheet[0] {
		if !slices.Equal(row, rows[n][:len(row)]) {
			t.Errorf("row %d of the workbook differs", n)
		}
	}
}

func TestPagesOfLargeClientsAreShort(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	const clients = 400
	for n := range clients {
		clienttest.Client(t, app, owner, fmt.Sprintf("client%03d@example.com", n), map[string]any{"attributes": map[string]any{"a": strings.Repeat("x", 15<<10)}})
	}
	x, err := newExporting(context.Background(), app, owner)
	must(t, err)
	page, err := x.page(context.Background(), "")
	if must(t, err); len(page) > exportBytes/(15<<10)+1 {
		t.Errorf("%d clients in a page", len(page))
	}
	seen := 0
	must(t, x.cells(context.Background(), func([]string) error { seen++; return nil }))
	if seen != clients {
		t.Errorf("%d clients", seen)
	}
}
