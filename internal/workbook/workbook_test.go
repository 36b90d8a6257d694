package workbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var limits = Limits{
	Unpacked: 64 << 20, Cells: 100_000, Text: 8 << 20, Row: 1 << 20, Columns: 200, Strings: 50_000, Time: time.Minute,
}

// all reads every sheet: its rows by their numbers, blank ones left out.
func all(file []byte, l Limits) (sheets map[string]map[int][]string, wide bool, err error) {
	b, err := Open(context.Background(), bytes.NewReader(file), int64(len(file)), l)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	sheets = map[string]map[int][]string{}
	for n, name := range b.Sheets() {
		rows, err := b.Rows(n)
		if err != nil {
			return nil, wide, err
		}
		defer rows.Close()
		sheets[name] = map[int][]string{}
		for {
			row, err := rows.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, wide, err
			}
			wide = wide || row.Wide
			if len(row.Cells) > 0 {
				sheets[name][row.Line] = slices.Clone(row.Cells)
			}
		}
	}
	return sheets, wide, nil
}

// asExcelize reads the same by the library.
func asExcelize(t *testing.T, file []byte) map[string]map[int][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{ShortDatePattern: "yyyy-mm-dd"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := map[string]map[int][]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		sheets[name] = map[int][]string{}
		for n, cells := range rows {
			if len(cells) > 0 {
				sheets[name][n+1] = cells
			}
		}
	}
	return sheets
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestValuesAreAsPeopleSeeThem compares with the library that wrote the workbook: every kind of value in
// every kind of format.
func TestValuesAreAsPeopleSeeThem(t *testing.T) {
	for _, date1904 := range []bool{false, true} {
		f := excelize.NewFile()
		defer f.Close()
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}))
		values := []any{
			0, 1, -1, 34, 79001234567, 1234567890123456789, 0.1, -0.1, 7.5, 1e21, 1e-7, 123456.789, 45000.75, 0.5, 2958465.5, -3.25,
			"text", "Анна «Я» & <b>", "  spaces  ", "two\nlines", "007", "12", "1e5", "_x0041_ and _x005F_x", true, false,
			time.Date(2026, 3, 1, 13, 5, 9, 0, time.UTC), time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC),
		}
		styles := []int{0}
		for id := range 164 {
			style, err := f.NewStyle(&excelize.Style{NumFmt: id})
			must(t, err)
			styles = append(styles, style)
		}
		for _, code := range []string{
			"dd.mm.yyyy", "yyyy-mm-dd hh:mm:ss", "d mmmm yyyy", "[$-419]d mmmm yyyy;@", "0.00%", "# ##0.00", `#,##0.00 "₽"`, "[h]:mm",
			`_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-`, ";;;", `"+"0`, `"Mr. "@`, "@@", "000-00-00", "0.00E+00", "[Red]0;[Blue]-0;zero;@", "General",
		} {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			must(t, err)
			styles = append(styles, style)
		}
		for s, style := range styles {
			for v, value := range values {
				place, err := excelize.CoordinatesToCellName(v+1, s+1)
				must(t, err)
				must(t, f.SetCellValue("Sheet1", place, value))
				must(t, f.SetCellStyle("Sheet1", place, place, style))
			}
		}
		var file bytes.Buffer
		must(t, f.Write(&file))
		got, _, err := all(file.Bytes(), limits)
		must(t, err)
		for line, want := range asExcelize(t, file.Bytes())["Sheet1"] {
			for column, text := range want {
				row := got["Sheet1"][line]
				if have := at(row, column); have != text && have != "1234567890123456789" { // which excelize rounds
					t.Errorf("1904 is %t, style %d, value %#v: %q, excelize has %q", date1904, styles[line-1], values[column], have, text)
				}
			}
		}
	}
}

func at(row []string, column int) string {
	if column < len(row) {
		return row[column]
	}
	return ""
}

// TestWhatOtherProgramsWrite reads documents that differ from what Excel makes.
func TestWhatOtherProgramsWrite(t *testing.T) {
	for name, c := range map[string]struct {
		parts map[string]string
		want  map[int][]string
	}{
		"cells and rows without their places": {
			sheetOf(`<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row><row><c t="str"><v>b</v></c></row>`),
			map[int][]string{1: {"a", "1"}, 2: {"b"}},
		},
		"gaps between cells and rows": {
			sheetOf(`<row r="3"><c r="C3"><v>1</v></c></row><row r="7"><c r="A7"><v>2</v></c></row>`),
			map[int][]string{3: {"", "", "1"}, 7: {"2"}},
		},
		"runs of one text and how they are pronounced": {
			sheetOf(`<row><c t="inlineStr"><is><r><t>東</t></r><r><rPr/><t>京</t></r><rPh sb="0" eb="1"><t>とう</t></rPh></is></c></row>`),
			map[int][]string{1: {"東京"}},
		},
		"formulas with what they came to": {
			sheetOf(`<row><c t="str"><f>A1&amp;"x"</f><v>x</v></c><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c></row>`),
			map[int][]string{1: {"x", "2", "#N/A"}},
		},
		"a sheet that ends in a comment only": {
			sheetOf(`<row><c><v>1</v></c></row><!--</sheetData>--><row><c><v>2</v></c></row>`),
			map[int][]string{1: {"1"}, 2: {"2"}},
		},
		"a date in words of ISO 8601": {
			with(sheetOf(`<row><c s="1" t="d"><v>2026-03-01T00:00:00Z</v></c></row>`),
				"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`),
			map[int][]string{1: {"2026-03-01"}},
		},
		"texts that are shared, and numbers of none": {
			with(sheetOf(`<row><c t="s"><v>1</v></c><c t="s"><v> 0 </v></c><c t="s"><v>2</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c></row>`),
				"xl/sharedStrings.xml", `<sst><si><t>first</t></si><si><r><t>se</t></r><r><t>cond</t></r></si></sst>`),
			map[int][]string{1: {"second", "first", "", "", "first"}},
		},
		"prefixes, and names of parts in other letters": {
			map[string]string{
				"_rels/.rels":                `<x:Relationships xmlns:x="r"><x:Relationship Id="1" Type="t/officeDocument" Target="\XL\Book.xml"/></x:Relationships>`,
				"xl/_rels/book.xml.rels":     `<Relationships><Relationship Id="r" Type="t/worksheet" Target="/xl/Sheets/One.xml"/></Relationships>`,
				"xl/book.xml":                `<x:workbook><x:sheets><x:sheet name="Sheet1" r:id="r"/></x:sheets></x:workbook>`,
				`xl\sheets\ONE.xml`:          `<?xml version="1.0" encoding="windows-1251"?><x:worksheet><x:sheetData><x:row><x:c><x:v>` + "\xc0" + `</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
				"docProps/whatever/else.xml": "<<<",
			},
			map[int][]string{1: {"А"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := all(zipped(t, c.parts), limits)
			must(t, err)
			for line := range 10 {
				if !slices.Equal(got["Sheet1"][line], c.want[line]) {
					t.Errorf("row %d is %q, want %q", line, got["Sheet1"][line], c.want[line])
				}
			}
		})
	}
}

func TestManySharedTextsGoThroughAFile(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	const n = 40_000
	var texts, rows strings.Builder
	for i := range n {
		fmt.Fprintf(&texts, "<si><t>%0200d</t></si>", i)
	}
	order := []int{n - 1, 0, 1, n / 2, n/2 + 1, 5, n - 2, n}
	for _, i := range order {
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, i)
	}
	got, _, err := all(zipped(t, with(sheetOf(rows.String()), "xl/sharedStrings.xml", "<sst>"+texts.String()+"</sst>")), limits)
	must(t, err)
	for line, i := range order {
		want := fmt.Sprintf("%0200d", i)
		if i == n {
			want = ""
		}
		if have := at(got["Sheet1"][line+1], 0); have != want {
			t.Errorf("text %d is %q", i, have)
		}
	}
	empty(t, temporary)
}
