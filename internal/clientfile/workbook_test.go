package clientfile

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clientexport"
	"gonets/internal/clienttest"
)

// book makes a workbook of sheets of rows.
func book(t *testing.T, sheets ...[][]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, rows := range sheets {
		name := "Sheet" + string(rune('1'+i))
		if i > 0 {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for r, row := range rows {
			place, err := excelize.CoordinatesToCellName(1, r+1)
			must(t, err)
			must(t, f.SetSheetRow(name, place, &row))
			for c, cell := range row {
				if _, is := cell.(time.Time); is { // the short date, which Excel gives a date that is typed
					style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
					must(t, err)
					place, err := excelize.CoordinatesToCellName(c+1, r+1)
					must(t, err)
					must(t, f.SetCellStyle(name, place, place, style))
				}
			}
		}
	}
	var file bytes.Buffer
	must(t, f.Write(&file))
	return file.String()
}

func TestAWorkbookIsImported(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	header := []any{"E-mail", "ФИО", "Город", "Телефон", "Возраст", "Дата"}
	file := book(t,
		[][]any{
			{},
			header,
			{"anna@example.com", "Анна", "Тверь", 79001234567, 34, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
			{},
			{"broken", "x"},
		},
		[][]any{{"notes"}, {"someone@example.com"}},
		[][]any{header, {"ivan@example.com", "Иван", "Москва", "+7 900", 7.5, ""}},
	)
	// Sheets without the header are passed by; the header is in the second row here, and the first of the third sheet.
	result, report := imported(t, app, ImportOptions{Owner: owner}, file)
	if result.Added != 2 || result.Invalid != 1 || result.Encoding != "xlsx" || result.Delimiter != "" {
		t.Errorf("%+v", result)
	}
	if !strings.Contains(report, "\n5,bad_email,broken") {
		t.Errorf("the report does not name row 5: %q", report)
	}
	got := clientLines(t, app, owner)
	want := []string{"anna@example.com|Анна||", "ivan@example.com|Иван||"}
	for i, line := range got {
		if !strings.HasPrefix(line, want[i]) {
			t.Errorf("%q, want %q", line, want[i])
		}
	}
	for _, part := range []string{`"city":"Тверь"`, `"phone":"79001234567"`, `"age":"34"`, `2026-03-01`} {
		if !strings.Contains(got[0], part) {
			t.Errorf("no %s in %s", part, got[0])
		}
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

func TestAnExportedWorkbookComesBackWhole(t *testing.T) {
	app := apptest.New(t)
	owner, back := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "back@example.com")
	for _, c := range []map[string]any{
		{"email": "anna@example.com", "full_name": "Анна «Я»", "comment": "two\nlines", "attributes": `{"city":"Тверь","ключ":"я"}`},
		{"email": "formula@example.com", "full_name": `=1+1`, "comment": "@SUM(1)", "attributes": `{"minus":"-1","phone":"+7 900"}`},
		{"email": "quotes@example.com", "full_name": "'quoted'", "comment": "'=kept", "attributes": `{"apostrophes":"''+x","zip":"007"}`},
	} {
		clienttest.Client(t, app, owner, c["email"].(string), c)
	}
	var file bytes.Buffer
	must(t, clientexport.Workbook(context.Background(), app, audience.Wanted{Owner: owner}, &file))
	if result, _ := imported(t, app, ImportOptions{Owner: back}, file.String()); result.Added != 3 || result.Invalid != 0 {
		t.Errorf("%+v", result)
	}
	if got, want := clientLines(t, app, back), clientLines(t, app, owner); !slices.Equal(got, want) {
		t.Errorf("came back as\n%q, was\n%q", got, want)
	}
	if again, _ := imported(t, app, ImportOptions{Owner: owner, Conflict: Overwrite}, file.String()); again.Unchanged != 3 {
		t.Errorf("importing one's own export changes something: %+v", again)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
