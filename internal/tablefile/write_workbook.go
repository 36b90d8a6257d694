package tablefile

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/xuri/excelize/v2"
)

// ExportWorkbook writes all clients of the owner as a workbook of Excel (Office Open XML, ECMA-376), in
// the columns of ExportCSV. Every cell is text and says so, so that a program never takes one for a
// formula, a number or a date, and "+7 900" and "007" stay what they are. What does not fit on a sheet of
// 1 048 576 rows goes on in the next one.
//
// The sheets are prepared in files of the temporary folder and compressed straight into w, nothing of
// which has been written when it fails before that. 16 MB of a sheet are held in memory.
func ExportWorkbook(ctx context.Context, app core.App, owner string, w io.Writer) (err error) {
	x, err := newExporting(ctx, app, owner)
	if err != nil {
		return err
	}
	b, err := newWorkbook(x.header(), excelize.TotalRows)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := x.cells(ctx, b.write); err != nil {
		return err
	}
	return b.finish(w)
}

// workbookWriter is a workbook under way.
type workbookWriter struct {
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

// newWorkbook begins a workbook; its file has to be closed.
func newWorkbook(header []string, perSheet int) (*workbookWriter, error) {
	b := &workbookWriter{file: excelize.NewFile(), header: header, perSheet: perSheet, converted: make([]any, len(header))}
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
func (b *workbookWriter) addSheet() error {
	b.sheets++
	name := "clients"
	if b.sheets == 1 {
		if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else {
		if err := b.sheet.Flush(); err != nil {
			return err
		}
		name = fmt.Sprintf("clients %d", b.sheets)
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

// write adds the line of a client.
func (b *workbookWriter) write(cells []string) error {
	if b.rows == b.perSheet {
		if err := b.addSheet(); err != nil {
			return fmt.Errorf("begin the next sheet: %w", err)
		}
	}
	return b.add(cells, b.text)
}

func (b *workbookWriter) add(cells []string, style int) error {
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

// asCell is the text as Import reads it back. A cell of a workbook that says that it is text needs no
// guard, but Import cannot know whether one comes from a CSV file that was saved as a workbook, and takes
// away what looks like a guard: what has an apostrophe of its own there gets another.
func asCell(text string) string {
	if strings.HasPrefix(text, "'") {
		return guard(text)
	}
	return text
}

// finish compresses the workbook into w. (File.Write would put the whole of it together in memory first.)
func (b *workbookWriter) finish(w io.Writer) error {
	if err := b.sheet.Flush(); err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	b.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }
	if err := b.file.Write(io.Discard); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}
