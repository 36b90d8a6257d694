package tablefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"gonets/internal/excerpt"
	"gonets/internal/workbook"
)

const (
	maxWorkbook    = 32 << 20 // bytes of the file: some million clients
	workbookAdvice = "save it as CSV in the spreadsheet program"
)

// sheetRows reads the rows of a workbook's first sheet and of the later ones that have the same header: a WorkbookWriter
// begins a new sheet when one is full. Other sheets are skipped.
type sheetRows struct {
	book   *workbook.Book
	rows   *workbook.Rows
	later  int      // the next sheet to come
	header []string // the first row that is not blank
	line   int
}

// openWorkbook begins to read a workbook. The error is an *Error when it is none, or larger than allowed.
func openWorkbook(ctx context.Context, file File, limits workbook.Limits) (*sheetRows, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	if size > maxWorkbook {
		return nil, Errorf("workbook", "the workbook is larger than %d MB: %s", maxWorkbook>>20, workbookAdvice)
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

// badWorkbook converts an error of package workbook; line is the last row that was read, 0 before the first.
func badWorkbook(err error, line int) error {
	switch {
	case errors.Is(err, workbook.ErrTooLarge):
		return limitError("workbook", "the workbook takes too much when it is unpacked: %s", workbookAdvice)
	case errors.Is(err, workbook.ErrLongRow):
		return Errorf("long_record", "a row or a text of the workbook is longer than %d KB", maxRecord>>10)
	case errors.Is(err, workbook.ErrBroken) && line > 0:
		return Errorf("workbook", "the workbook cannot be read after row %d: %s", line, workbookAdvice)
	case errors.Is(err, workbook.ErrBroken):
		return Errorf("workbook", "the workbook cannot be read: %s", workbookAdvice)
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
		return Errorf("workbook", "the sheet %q cannot be read: %s", excerpt.Of(excerpt.OneLine(names[n]), 40), workbookAdvice)
	}
	if err != nil {
		return badWorkbook(err, 0)
	}
	return nil
}

func (s *sheetRows) read() (Record, error) {
	for {
		record, err := s.row()
		if errors.Is(err, io.EOF) {
			if err := s.nextTable(); err != nil {
				return Record{}, err
			}
			continue
		}
		if err != nil {
			return Record{}, err
		}
		if s.header == nil && !blank(record) {
			s.header = slices.Clone(record)
		}
		return Record{Cells: record, Line: s.line}, nil
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
	if row.Wide { // makes a header too wide, and another row not blank
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
