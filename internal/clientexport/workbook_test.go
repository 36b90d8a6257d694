package clientexport

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clienttest"
)

// sheets reads a workbook back: the rows of its sheets by their order.
func sheets(t *testing.T, file []byte) (names []string, rows [][][]string, book *excelize.File) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	names = book.GetSheetList()
	for _, name := range names {
		sheet, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, sheet)
	}
	return names, rows, book
}

func TestAWorkbookHoldsWhatTheCSVHolds(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	for _, c := range []map[string]any{
		{"email": "anna@example.com", "full_name": "Анна «Я» & <b>", "comment": "two\nlines", "attributes": `{"city":"Тверь","ключ":"я"}`},
		{"email": "formula@example.com", "full_name": `=HYPERLINK("http://evil.example","x")`, "comment": "@SUM(1)", "attributes": `{"phone":"+7 900","minus":"-1"}`},
		{"email": "number@example.com", "full_name": "  spaces  ", "attributes": `{"zip":"007","born":"2001-02-03","vip":true,"age":34}`},
	} {
		clienttest.Client(t, app, owner, c["email"].(string), c)
	}
	clienttest.Client(t, app, other, "secret@example.com")

	var file bytes.Buffer
	if err := Workbook(context.Background(), app, audience.Wanted{Owner: owner}, &file); err != nil {
		t.Fatal(err)
	}
	_, rows, book := sheets(t, file.Bytes())
	want := [][]string{{
		"email", "full_name", "comment", "status", "lists", "lists_left", "created",
		"attributes.age", "attributes.born", "attributes.city", "attributes.minus", "attributes.phone", "attributes.vip", "attributes.zip", "attributes.ключ",
	}}
	for _, email := range []string{"anna@example.com", "formula@example.com", "number@example.com"} {
		r, err := app.FindFirstRecordByData("clients", "email", email)
		if err != nil {
			t.Fatal(err)
		}
		line := []string{email, r.GetString("full_name"), r.GetString("comment"), "active", "", "", r.GetString("created")}
		switch email {
		case "anna@example.com":
			line = append(line, "", "", "Тверь", "", "", "", "", "я")
		case "formula@example.com":
			line = append(line, "", "", "", "-1", "+7 900")
		default:
			line = append(line, "34", "2001-02-03", "", "", "", "true", "007")
		}
		want = append(want, line)
	}
	if len(rows) != 1 || !slices.EqualFunc(rows[0], want, slices.Equal) {
		t.Errorf("the workbook holds\n%q, want\n%q", rows, want)
	}

	sheet := book.GetSheetList()[0]
	for _, place := range []string{"B3", "H4", "I4", "N4"} {
		if kind, err := book.GetCellType(sheet, place); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v (%v), not text", place, kind, err)
		}
		if formula, err := book.GetCellFormula(sheet, place); err != nil || formula != "" {
			t.Errorf("%s is the formula %q (%v)", place, formula, err)
		}
		id, err := book.GetCellStyle(sheet, place)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := book.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("%s is not formatted as text (%v)", place, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

func TestAWorkbookThatIsBrokenOffLeavesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Client(t, app, owner, "anna@example.com")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Workbook(ctx, app, audience.Wanted{Owner: owner}, os.Stdout); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	broken := errors.New("the client has gone")
	if err := Workbook(context.Background(), app, audience.Wanted{Owner: owner}, brokenWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
