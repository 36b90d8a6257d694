package tablefile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WorkbookWriter writes a workbook of Excel (Office Open XML, ECMA-376). Every cell is text and says so, so that no
// program takes one for a formula, a number or a date, and "+7 900" and "007" stay as they are. When a sheet is full,
// the rows go on in another one with the same header.
//
// The sheets are prepared in files of the temporary folder, except for the first 16 MB of each.
type WorkbookWriter struct {
	name      string // of the sheets
	file      *excelize.File
	text      int // the style of cells that are text
	bold      int // that of the header
	header    []string
	perSheet  int // rows, the header too
	sheets    int
	sheet     *excelize.StreamWriter // the last one
	rows      int                    // on it
	converted []any                  // the row being written, as excelize takes it
}

// NewWorkbook begins a workbook, which must be closed.
func NewWorkbook(name string, header []string) (*WorkbookWriter, error) {
	return newWorkbook(name, header, excelize.TotalRows)
}

func newWorkbook(name string, header []string, perSheet int) (*WorkbookWriter, error) {
	b := &WorkbookWriter{name: name, file: excelize.NewFile(), header: header, perSheet: perSheet, converted: make([]any, len(header))}
	const textFormat = 49 // "@", ECMA-376 part 1 § 18.8.30
	var err, err2 error
	b.text, err = b.file.NewStyle(&excelize.Style{NumFmt: textFormat})
	b.bold, err2 = b.file.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err := errors.Join(err, err2, b.addSheet()); err != nil {
		return nil, errors.Join(fmt.Errorf("begin a workbook: %w", err), b.file.Close())
	}
	return b, nil
}

// addSheet begins the next sheet with the header, which stays in view.
func (b *WorkbookWriter) addSheet() error {
	b.sheets++
	name := b.name
	if b.sheets == 1 {
		if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else {
		if err := b.sheet.Flush(); err != nil {
			return err
		}
		name = fmt.Sprintf("%s %d", b.name, b.sheets)
		if _, err := b.file.NewSheet(name); err != nil {
			return err
		}
	}
	var err error
	if b.sheet, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	b.rows = 0
	const characters = 24 // an address is mostly shorter
	err = errors.Join(
		b.sheet.SetColWidth(1, len(b.header), characters),
		b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	)
	if err != nil {
		return err
	}
	return b.add(b.header, b.bold)
}

// Close removes the temporary files.
func (b *WorkbookWriter) Close() error { return b.file.Close() }

// Write adds a row.
func (b *WorkbookWriter) Write(cells []string) error {
	if b.rows == b.perSheet {
		if err := b.addSheet(); err != nil {
			return fmt.Errorf("begin the next sheet: %w", err)
		}
	}
	return b.add(cells, b.text)
}

func (b *WorkbookWriter) add(cells []string, style int) error {
	b.rows++
	for i, cell := range cells {
		b.converted[i] = nil
		if cell != "" {
			b.converted[i] = excelize.Cell{StyleID: style, Value: asCell(cell)}
		}
	}
	place, err := excelize.CoordinatesToCellName(1, b.rows)
	if err != nil {
		return err
	}
	if err := b.sheet.SetRow(place, b.converted); err != nil {
		return fmt.Errorf("write row %d of a sheet: %w", b.rows, err)
	}
	return nil
}

// asCell returns the content of the cell for a text. A cell that says that it is text needs no guard, but whoever reads
// the workbook cannot know whether it was a guarded CSV file once, and applies Unguard. So a text that Unguard would
// change is guarded.
func asCell(text string) string {
	if strings.HasPrefix(text, "'") {
		return Guard(text)
	}
	return text
}

// Finish compresses the workbook into w, to which nothing was written before. (excelize's Write alone would build all of
// it in memory first.)
func (b *WorkbookWriter) Finish(w io.Writer) error {
	if err := b.sheet.Flush(); err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	b.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }
	if err := b.file.Write(io.Discard); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}
