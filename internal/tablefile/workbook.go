package tablefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"gonets/internal/excerpt"
	"gonets/internal/workbook"
)

const (
	maxWorkbook    = 32 << 20 // bytes of the file: some million clients
	workbookAdvice = "save it as CSV in the spreadsheet program"
)

// workbookLimits are far above what a workbook of maxWorkbook bytes holds that people have made.
var workbookLimits = workbook.Limits{
	Unpacked: 1 << 30, Cells: 16_000_000, Text: 512 << 20, Row: maxRecord, Columns: maxColumns, Strings: 8_000_000, Time: 2 * time.Minute,
}

// sheetRows reads the rows of a workbook's first sheet. Later sheets with the same header go on with it,
// as ExportWorkbook writes them; others are passed by.
type sheetRows struct {
	book   *workbook.Book
	rows   *workbook.Rows
	later  int      // the next sheet to come
	header []string // the first row that is not blank
	line   int
}

// openWorkbook starts to read a workbook. The error is a *FileError when it is none, or a larger one
// than may be read.
func openWorkbook(ctx context.Context, file File, limits workbook.Limits) (*sheetRows, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	if size > maxWorkbook {
		return nil, badFile("workbook", "the workbook is larger than %d MB: %s", maxWorkbook>>20, workbookAdvice)
	}
	book, err := workbook.Open(ctx, file, size, limits)
	if err != nil {
		return nil, badWorkbook(err, 0)
	}
	s := &sheetRows{book: book}
	if err := s.nextSheet(); err != nil {
		if errors.Is(err, io.EOF) {
			err = badWorkbook(workbook.ErrBroken, 0)
		}
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// badWorkbook says what is wrong with a workbook after a row of it; 0 before the first.
func badWorkbook(err error, line int) error {
	switch {
	case errors.Is(err, workbook.ErrTooLarge):
		return tooMuch("workbook", "the workbook takes too much when it is unpacked: %s", workbookAdvice)
	case errors.Is(err, workbook.ErrLongRow):
		return badFile("long_record", "a row or a text of the workbook is longer than %d KB", maxRecord>>10)
	case errors.Is(err, workbook.ErrBroken) && line > 0:
		return badFile("workbook", "the workbook cannot be read after row %d: %s", line, workbookAdvice)
	case errors.Is(err, workbook.ErrBroken):
		return badFile("workbook", "the workbook cannot be read: %s", workbookAdvice)
	}
	return fmt.Errorf("read the workbook: %w", err)
}

// nextSheet begins the next of the sheets; io.EOF after the last.
func (s *sheetRows) nextSheet() error {
	s.closeSheet()
	names := s.book.Sheets()
	if s.later == len(names) {
		return io.EOF
	}
	n := s.later
	s.later, s.line = n+1, 0
	var err error
	if s.rows, err = s.book.Rows(n); errors.Is(err, workbook.ErrBroken) {
		return badFile("workbook", "the sheet %q cannot be read: %s", excerpt.Of(oneLine(names[n]), 40), workbookAdvice)
	}
	if err != nil {
		return badWorkbook(err, 0)
	}
	return nil
}

func (s *sheetRows) read() (record []string, line int, err error) {
	for {
		record, err := s.row()
		if errors.Is(err, io.EOF) {
			if err := s.nextTable(); err != nil {
				return nil, 0, err
			}
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if s.header == nil && !blank(record) {
			s.header = slices.Clone(record)
		}
		return record, s.line, nil
	}
}

// row returns the next row of the sheet; io.EOF after its last.
func (s *sheetRows) row() ([]string, error) {
	if s.rows == nil {
		return nil, io.EOF
	}
	row, err := s.rows.Next()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, badWorkbook(err, s.line)
	}
	s.line = row.Line
	if row.Wide { // a header is then too wide, another row is not blank
		row.Cells = append(row.Cells, make([]string, maxColumns+1-len(row.Cells))...)
		row.Cells[maxColumns] = "…"
	}
	return row.Cells, nil
}

// nextTable begins the next sheet that has the header of the first, after this header.
func (s *sheetRows) nextTable() error {
	for {
		if err := s.nextSheet(); err != nil || s.header == nil { // the sheets before are blank
			return err
		}
		first, err := s.row()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if slices.Equal(first, s.header) {
			return nil
		}
	}
}

func (s *sheetRows) closeSheet() {
	if s.rows != nil {
		s.rows.Close()
		s.rows = nil
	}
}

func (s *sheetRows) close() error {
	s.closeSheet()
	return s.book.Close()
}
