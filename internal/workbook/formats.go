package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	maxFormats = 1000     // formats in use; Excel allows some 200 of one's own
	maxCode    = 255      // bytes of the code of a format: Excel's limit
	heldValues = 16 << 10 // formatted numbers that are remembered
	maxNumber  = 400      // bytes of a number: no double is longer
)

// formats write numbers, dates and texts as their cells show them: by number formats (§ 18.8.30). The
// rules are excelize's. It gets one value at a time, in a cell of a sheet that it holds for each format.
type formats struct {
	archive *archive
	of      []int          // the id of the format, by style
	codes   map[int]string // of the workbook's own formats, by id

	file   *excelize.File
	cells  map[int]formatCell // by id
	values map[formatted]string
}

// formatCell is where a format is applied.
type formatCell struct {
	place    string // "" when the value stays as it is
	template string // what the format makes of placeholder
}

type formatted struct {
	format int
	value  string
}

// placeholder stands for any text: formats treat all texts alike.
const placeholder = "\ue000"

const formatSheet = "Sheet1"

// readFormats reads the styles of a workbook. It has to be closed.
func readFormats(a *archive, name string, date1904 bool) (f *formats, err error) {
	f = &formats{archive: a, codes: map[int]string{}, cells: map[int]formatCell{}, values: map[formatted]string{}}
	if err := f.read(name); err != nil {
		return nil, err
	}
	f.file = excelize.NewFile(excelize.Options{ShortDatePattern: "yyyy-mm-dd"}) // the same for every reader
	if err := f.file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the number formats: %w", err), f.close())
	}
	return f, nil
}

func (f *formats) close() error { return f.file.Close() }

// read reads the formats (numFmts) and which of them each style of cells has (cellXfs).
func (f *formats) read(name string) error {
	p, err := f.archive.open(name)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	defer p.close()
	in := ""
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch local := t.Name.Local; {
			case local == "numFmts" || local == "cellXfs":
				in = local
			case local == "numFmt" && in == "numFmts":
				f.addCode(t)
			case local == "xf" && in == "cellXfs":
				f.of = append(f.of, number(attribute(t, "numFmtId")))
			}
			if len(f.of) > maxStyles || len(f.codes) > maxStyles {
				return ErrTooLarge
			}
		case xml.EndElement:
			if t.Name.Local == in {
				in = ""
			}
		}
	}
}

func (f *formats) addCode(t xml.StartElement) {
	code, id := attribute(t, "formatCode16"), number(attribute(t, "numFmtId"))
	if code == "" {
		code = attribute(t, "formatCode")
	}
	if _, has := f.codes[id]; !has && len(code) <= maxCode {
		f.codes[id] = code
	}
}

// number is a number as a cell of that style shows it. What is none is a text.
func (f *formats) number(style int, value string) (string, error) {
	value, is := plainNumber(value)
	if !is {
		return f.text(style, value)
	}
	cell := f.cell(style)
	if cell.place == "" || rounded(value) != value && slices.Contains(asTyped, f.of[style]) {
		return value, nil
	}
	key := formatted{f.of[style], value}
	if shown, has := f.values[key]; has {
		return shown, nil
	}
	shown := f.apply(cell.place, rounded(value))
	if len(f.values) == heldValues {
		clear(f.values)
	}
	f.values[key] = shown
	return shown, nil
}

// text is a text as a cell of that style shows it.
func (f *formats) text(style int, value string) (string, error) {
	cell := f.cell(style)
	if cell.place == "" || cell.template == placeholder || value == "" {
		return value, nil
	}
	if strings.Count(cell.template, placeholder)*len(value) > f.archive.limits.Row {
		return "", ErrLongRow
	}
	return strings.ReplaceAll(cell.template, placeholder, value), nil
}

// cell is where the format of a style is applied. Style 0 and unknown formats change nothing.
func (f *formats) cell(style int) formatCell {
	if style <= 0 || style >= len(f.of) {
		return formatCell{}
	}
	id := f.of[style]
	cell, has := f.cells[id]
	if !has {
		cell = f.newCell(id)
		f.cells[id] = cell
	}
	return cell
}

func (f *formats) newCell(id int) formatCell {
	const firstOwn = 164 // what is below are the formats that every program has
	code, own := f.codes[id]
	if len(f.cells) >= maxFormats || !own && (id < 0 || id >= firstOwn) {
		return formatCell{}
	}
	style := &excelize.Style{NumFmt: id, Font: &excelize.Font{Bold: true}} // bold: the plainest style shows no format
	if own {
		style.NumFmt, style.CustomNumFmt = 0, &code
	}
	known, err := f.file.NewStyle(style)
	if err != nil {
		return formatCell{}
	}
	place := "A" + strconv.Itoa(len(f.cells)+1)
	if err := f.file.SetCellStyle(formatSheet, place, place, known); err != nil {
		return formatCell{}
	}
	return formatCell{place, f.apply(place, placeholder)}
}

// apply shows a value in a cell. What the format cannot show stays as it is.
func (f *formats) apply(place, value string) (shown string) {
	defer func() {
		if p := recover(); p != nil { // the code of the format is the author's of the file
			shown = value
		}
	}()
	if err := f.file.SetCellDefault(formatSheet, place, value); err != nil {
		return value
	}
	shown, err := f.file.GetCellValue(formatSheet, place)
	if err != nil {
		return value
	}
	return shown
}

// plainNumber is a number without exponent. A whole number keeps all digits that are written, or that a double holds
// exactly: numbers of cards, accounts and phones. Others have those of a spreadsheet.
func plainNumber(value string) (plain string, is bool) {
	if len(value) > maxNumber || strings.Contains(value, "_") {
		return value, false
	}
	if isWhole(value) {
		return value, true
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value, false
	}
	plain = strconv.FormatFloat(n, 'f', -1, 64)
	const exact = 1 << 53 // every whole number up to it is a double
	if len(plain)-strings.Count(plain, ".") > digits && (n != math.Trunc(n) || math.Abs(n) > exact) {
		plain = strconv.FormatFloat(n, 'G', digits, 64)
	}
	return plain, true
}

// asTyped are the formats that show a number as it is: the general one, 0 and @.
var asTyped = []int{0, 1, 49}

// digits are those that spreadsheets have of a number.
const digits = 15

// rounded is a plain number as spreadsheets format it.
func rounded(plain string) string {
	if isWhole(plain) && len(plain) > digits && len(strings.TrimRight(strings.TrimPrefix(plain, "-"), "0")) > digits {
		if n, err := strconv.ParseFloat(plain, 64); err == nil {
			return strconv.FormatFloat(n, 'G', digits, 64)
		}
	}
	return plain
}

// isWhole reports whether a text has digits only, maybe after a minus.
func isWhole(value string) bool {
	value = strings.TrimPrefix(value, "-")
	return value != "" && strings.Trim(value, "0123456789") == "" && (value == "0" || value[0] != '0')
}

// serial is a date in the form of ISO 8601 as the number of days that other cells have (§ 18.17.4.1); what
// is none stays as it is.
func serial(value string) string {
	for _, layout := range []string{"20060102T150405.999", "20060102T150405Z", "2006-01-02T15:04:05Z", "2006-01-02 15:04:05Z"} {
		at, err := time.Parse(layout, strings.ReplaceAll(value, ",", "."))
		if err == nil {
			epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
			return strconv.FormatFloat(at.Sub(epoch).Hours()/24, 'G', 15, 64)
		}
	}
	return value
}
