package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"
	"testing"
	"time"
)

// sheetOf is a workbook of one sheet.
func sheetOf(rows string) map[string]string {
	return map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

// with is a workbook with another part, or another instead.
func with(parts map[string]string, name, content string) map[string]string {
	parts = maps.Clone(parts)
	parts[name] = content
	return parts
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for name, content := range parts {
		add(t, w, name, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func add(t testing.TB, w *zip.Writer, name, content string) {
	t.Helper()
	part, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		t.Fatal(err)
	}
}

func empty(t *testing.T, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v %v", left, err)
	}
}

// TestAWorkbookThatMeansHarm reads what takes much more than its file says. All of it is refused, or costs
// no more than an honest workbook.
func TestAWorkbookThatMeansHarm(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	small := Limits{Unpacked: 4 << 20, Cells: 10_000, Text: 1 << 20, Row: 64 << 10, Columns: 20, Strings: 1000, Time: time.Minute}
	times := strings.Repeat
	const shared = "xl/sharedStrings.xml"
	rowsOf := func(n int, cells string) map[string]string { return sheetOf(times("<row>"+cells+"</row>", n)) }
	twoSheets := func(parts map[string]string, n int) map[string]string {
		return with(parts, "xl/workbook.xml", `<workbook><sheets>`+times(`<sheet name="s" r:id="rId1"/>`, n)+`</sheets></workbook>`)
	}

	for name, c := range map[string]struct {
		parts map[string]string
		want  error // nil when it is read
	}{
		"a row behind an end of the sheet in a comment":    {sheetOf("<!--</sheetData>--><row><c><v>" + times("1", 2<<20) + "</v></c></row>"), ErrLongRow},
		"a comment without an end":                         {sheetOf("<!--" + times("a", 2<<20)), ErrLongRow},
		"an instruction without an end":                    {sheetOf("<?x " + times("a", 2<<20)), ErrLongRow},
		"a text of characters by number":                   {sheetOf(`<row><c t="inlineStr"><is><t>` + times("&#65;", 1<<19) + "</t></is></c></row>"), ErrLongRow},
		"an attribute without an end":                      {sheetOf(`<row a="` + times("a", 2<<20) + `"/>`), ErrLongRow},
		"a name without an end":                            {sheetOf("<" + times("a", 2<<20) + "/>"), ErrLongRow},
		"one text in many runs":                            {sheetOf(`<row><c t="inlineStr"><is>` + times("<r><t>"+times("a", 1000)+"</t></r>", 1000) + "</is></c></row>"), ErrLongRow},
		"one value in many pieces":                         {sheetOf("<row><c><v>" + times(times("a", 1000)+"<!-- -->", 1000) + "</v></c></row>"), ErrLongRow},
		"a row of many long cells":                         {sheetOf("<row>" + times("<c t=\"str\"><v>"+times("a", 10_000)+"</v></c>", 15) + "</row>"), ErrLongRow},
		"entities in entities":                             {with(sheetOf(""), "xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`), ErrBroken},
		"an entity that nobody has declared":               {sheetOf("<row><c><v>&lol;</v></c></row>"), ErrBroken},
		"elements in elements":                             {sheetOf(times("<row>", 100_000)), ErrBroken},
		"more unpacked than allowed":                       {sheetOf(times(" <!-- -->", 1<<19)), ErrTooLarge},
		"more unpacked than allowed, in rows":              {rowsOf(500_000, ""), ErrTooLarge},
		"more unpacked than allowed, in styles":            {with(sheetOf(""), "xl/styles.xml", "<styleSheet>"+times(" <!-- -->", 1<<19)), ErrTooLarge},
		"more unpacked than allowed, in texts":             {with(sheetOf(`<row><c t="s"><v>1</v></c></row>`), shared, "<sst>"+times(" <!-- -->", 1<<19)), ErrTooLarge},
		"more unpacked than allowed, in the list of parts": {with(sheetOf(""), "xl/_rels/workbook.xml.rels", "<Relationships>"+times(" <!-- -->", 1<<19)), ErrTooLarge},
		"more cells than allowed":                          {rowsOf(6000, "<c/><c/>"), ErrTooLarge},
		"one sheet under many names":                       {twoSheets(rowsOf(6000, "<c/>"), 2), ErrTooLarge},
		"more sheets than any book has":                    {twoSheets(sheetOf(""), maxSheets+1), ErrTooLarge},
		"one long text in many cells":                      {with(rowsOf(1000, `<c t="s"><v>0</v></c>`), shared, "<sst><si><t>"+times("a", 60_000)+"</t></si></sst>"), ErrTooLarge},
		"one long text many times in a row":                {with(sheetOf("<row>"+times(`<c t="s"><v>0</v></c>`, 10)+"</row>"), shared, "<sst><si><t>"+times("a", 60_000)+"</t></si></sst>"), ErrLongRow},
		"a shared text that fills memory":                  {with(sheetOf(`<row><c t="s"><v>0</v></c></row>`), shared, "<sst><si>"+times("<r><t>aaaaaaaaaaaaaaaa</t></r>", 10_000)+"</si></sst>"), ErrLongRow},
		"more shared texts than allowed":                   {with(sheetOf(`<row><c t="s"><v>9999</v></c></row>`), shared, "<sst>"+times("<si/>", 1001)+"</sst>"), ErrTooLarge},
		"more styles than allowed":                         {with(sheetOf(""), "xl/styles.xml", "<styleSheet><cellXfs>"+times("<xf/>", maxStyles+1)+"</cellXfs></styleSheet>"), ErrTooLarge},
		"more relations than allowed":                      {with(sheetOf(""), "xl/_rels/workbook.xml.rels", "<Relationships>"+times("<Relationship/>", maxRelations+1)+"</Relationships>"), ErrTooLarge},
		"a format that repeats a text": {with(with(sheetOf(`<row><c s="1" t="inlineStr"><is><t>`+times("a", 50_000)+`</t></is></c></row>`),
			"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="`+times("@", 250)+`"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>`), "x", ""), ErrLongRow},
		"a sheet that breaks off":              {with(sheetOf(""), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>1</v></c></row>"), ErrBroken},
		"a column that no sheet has":           {sheetOf(`<row><c r="XFE1"><v>1</v></c></row>`), ErrBroken},
		"a column with an endless name":        {sheetOf(`<row><c r="` + times("A", 1000) + `1"><v>1</v></c></row>`), ErrBroken},
		"a row that no sheet has":              {sheetOf(`<row r="1048577"><c><v>1</v></c></row>`), ErrBroken},
		"a row with a number that is none":     {sheetOf(`<row r="99999999999999999999"><c><v>1</v></c></row>`), nil},
		"blank cells in the last column":       {rowsOf(1000, `<c r="XFD1" s="1"/>`), nil},
		"values in the last column":            {rowsOf(1000, `<c r="XFD1"><v>1</v></c>`), nil},
		"a style that there is not":            {sheetOf(`<row><c s="99999999999"><v>1</v></c><c s="-1"><v>1</v></c></row>`), nil},
		"a shared text with an endless number": {sheetOf(`<row><c t="s"><v>99999999999999999999</v></c></row>`), nil},
		"a number of a thousand digits":        {sheetOf("<row><c><v>" + times("9", 1000) + "</v></c></row>"), nil},
		"no sheet":                             {map[string]string{"xl/workbook.xml": "<workbook/>"}, nil},
		"a sheet that is not there":            {with(map[string]string{}, "xl/workbook.xml", `<workbook><sheets><sheet name="s"/></sheets></workbook>`), ErrBroken},
		"an archive of something":              {map[string]string{"hello.txt": "hello"}, ErrBroken},
		"a workbook of words":                  {with(sheetOf(""), "xl/workbook.xml", "hello"), nil},
		"bytes instead of a sheet":             {with(sheetOf(""), "xl/worksheets/sheet1.xml", "\x00\x01\xff"), ErrBroken},
		"an encoding that there is not":        {with(sheetOf(""), "xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="x"?><worksheet/>`), ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := all(zipped(t, c.parts), small); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			empty(t, temporary)
		})
	}
}

func TestOnlyTheColumnsAllowedAreKept(t *testing.T) {
	got, wide, err := all(zipped(t, sheetOf(`<row><c><v>1</v></c><c r="XFD1"><v>2</v></c></row>`)), limits)
	must(t, err)
	if row := got["Sheet1"][1]; !wide || len(row) != 1 || cap(row) > 16 {
		t.Errorf("%q, wide: %t", row, wide)
	}
	if _, wide, err := all(zipped(t, sheetOf(`<row><c r="XFD1" s="1"/><c r="XFD1"/></row>`)), limits); wide || err != nil {
		t.Errorf("blank cells make a row wide: %v", err)
	}
}

func TestArchivesThatLie(t *testing.T) {
	honest := zipped(t, sheetOf(times10k("<row><c><v>1</v></c></row>")))

	t.Run("about the size of a part", func(t *testing.T) {
		file := bytes.Clone(honest)
		for at := range file { // the size unpacked, in the list of the parts
			if bytes.HasPrefix(file[at:], []byte("PK\x01\x02")) {
				binary.LittleEndian.PutUint32(file[at+24:], 1)
			}
		}
		if _, _, err := all(file, limits); !errors.Is(err, ErrBroken) {
			t.Errorf("%v", err)
		}
	})
	t.Run("about its parts, of which two have one name", func(t *testing.T) {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		for name, content := range sheetOf("") {
			add(t, w, name, content)
			add(t, w, strings.ToUpper(name), content)
		}
		must(t, w.Close())
		if _, _, err := all(file.Bytes(), limits); !errors.Is(err, ErrBroken) {
			t.Errorf("%v", err)
		}
	})
	t.Run("by a list of parts that is as long as the file", func(t *testing.T) {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		for n := range 40_000 {
			_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(n)})
			must(t, err)
		}
		must(t, w.Close())
		if _, _, err := all(file.Bytes(), limits); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%v", err)
		}
	})
	t.Run("by bytes that are none of an archive", func(t *testing.T) {
		for end := range 400 {
			if _, _, err := all(honest[:end], limits); !errors.Is(err, ErrBroken) {
				t.Errorf("the first %d bytes: %v", end, err)
			}
		}
	})
}

func times10k(s string) string { return strings.Repeat(s, 10_000) }

// FuzzRows: whatever a sheet, its texts and its styles are, reading ends, in one of the package's errors.
func FuzzRows(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s" s="1"><v>0</v></c></row>`, `<si><t>a_x0041_</t></si>`, `<cellXfs><xf/><xf numFmtId="14"/></cellXfs>`)
	f.Add(`<row><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c></row><!--</sheetData>-->`, `<si/>`, `<numFmts><numFmt numFmtId="170" formatCode="[h]:mm;@"/></numFmts>`)
	f.Add(`<row><c t="d"><v>20260301T000000Z</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`, ``, `<cellXfs><xf numFmtId="9"/></cellXfs>`)
	small := Limits{Unpacked: 1 << 20, Cells: 1000, Text: 1 << 20, Row: 16 << 10, Columns: 20, Strings: 1000, Time: 10 * time.Second}
	f.Fuzz(func(t *testing.T, rows, texts, styles string) {
		parts := with(with(sheetOf(rows), "xl/sharedStrings.xml", "<sst>"+texts+"</sst>"), "xl/styles.xml", "<styleSheet>"+styles+"</styleSheet>")
		_, _, err := all(zipped(t, parts), small)
		if err != nil && !errors.Is(err, ErrBroken) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrLongRow) {
			t.Error(err)
		}
	})
}
