package clientfile

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gonets/internal/apptest"
	"gonets/internal/workbook"
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

// archive makes an archive of parts.
func archive(t *testing.T, parts map[string]string) string {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for name, content := range parts {
		part, err := w.Create(name)
		must(t, err)
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	must(t, w.Close())
	return file.String()
}

func TestAWorkbookIsImported(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	app := apptest.New(t)
	owner := newOwner(t, app, "owner@example.com")
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
	owner, back := newOwner(t, app, "owner@example.com"), newOwner(t, app, "back@example.com")
	for _, c := range []map[string]any{
		{"email": "anna@example.com", "full_name": "Анна «Я»", "comment": "two\nlines", "attributes": `{"city":"Тверь","ключ":"я"}`},
		{"email": "formula@example.com", "full_name": `=1+1`, "comment": "@SUM(1)", "attributes": `{"minus":"-1","phone":"+7 900"}`},
		{"email": "quotes@example.com", "full_name": "'quoted'", "comment": "'=kept", "attributes": `{"apostrophes":"''+x","zip":"007"}`},
	} {
		newClient(t, app, owner, c["email"].(string), c)
	}
	var file bytes.Buffer
	must(t, ExportWorkbook(context.Background(), app, owner, &file))
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

func TestAWorkbookThatMeansHarmIsRefused(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	cells := func(n int, cell string) string { return strings.Repeat("<row>"+cell+"</row>", n) }
	sheet := func(rows string) map[string]string {
		return map[string]string{
			"xl/workbook.xml":            `<workbook><sheets><sheet name="Sheet1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
		}
	}
	for name, file := range map[string]string{
		"no archive at all":                  workbook.Start + "x",
		"an archive of something":            archive(t, map[string]string{"hello.txt": "hello"}),
		"a row that fills memory":            archive(t, sheet(`<row><c t="str"><v>`+strings.Repeat("a", 3*maxRecord))),
		"a row behind an end in a comment":   archive(t, sheet(`<!--</sheetData>--><row><c t="str"><v>`+strings.Repeat("a", 3*maxRecord))),
		"a header that is wider than a row":  archive(t, sheet(`<row><c r="A1" t="str"><v>email</v></c><c r="XFD1" t="str"><v>x</v></c></row>`)),
		"a document type":                    archive(t, map[string]string{"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`}),
		"a file larger than it may be":       workbook.Start + strings.Repeat("x", maxWorkbook),
		"rows of blank cells without an end": archive(t, sheet(cells(2_000_000, `<c r="XFD1" s="1"/>`))),
	} {
		t.Run(name, func(t *testing.T) {
			source, err := openSource(context.Background(), strings.NewReader(file), nil, importBounds)
			var wrong *FileError
			if !errors.As(err, &wrong) || wrong.Field != "file" {
				t.Errorf("%v %v", source, err)
			}
		})
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
