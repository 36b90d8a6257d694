package tablefile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gonets/internal/workbook"
)

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
			table, err := Open(t.Context(), strings.NewReader(file), Options{}, ToEnd)
			for err == nil {
				if _, err = table.Read(); err != nil {
					must(t, table.Close())
				}
			}
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Field != "file" {
				t.Errorf("%v", err)
			}
		})
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "*")); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

func TestRowsBeyondTheEndOfASheetGoOnInTheNext(t *testing.T) {
	b, err := newWorkbook("clients", []string{"email"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, email := range []string{"a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example"} {
		if err := b.Write([]string{email}); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := b.Finish(&file); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	names := book.GetSheetList()
	if !slices.Equal(names, []string{"clients", "clients 2", "clients 3"}) {
		t.Errorf("%q", names)
	}
	var lines []string
	for _, name := range names {
		rows, err := book.GetRows(name)
		must(t, err)
		for _, row := range rows {
			lines = append(lines, strings.Join(row, " "))
		}
	}
	if !slices.Equal(lines, []string{"email", "a@x.example", "b@x.example", "email", "c@x.example", "d@x.example", "email", "e@x.example"}) {
		t.Errorf("%q", lines)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
