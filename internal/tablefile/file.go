package tablefile

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gonets/internal/workbook"
)

// File is a file to import.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// FileError says why a file cannot be imported at all.
type FileError struct {
	Field  string // file, or mapping when that does not fit the file
	Code   string // a stable word
	Detail string // the same in plain English words

	err error // errTooMuch or nil
}

// Error implements error.
func (e *FileError) Error() string { return e.Detail }

// Unwrap implements errors.Unwrap.
func (e *FileError) Unwrap() error { return e.err }

// errTooMuch marks the error of a file that reaches the bounds within which it is read.
var errTooMuch = errors.New("the file holds too much")

func badFile(code, format string, args ...any) error {
	return &FileError{Field: "file", Code: code, Detail: fmt.Sprintf(format, args...)}
}

// tooMuch is badFile for what reaches a bound.
func tooMuch(code, format string, args ...any) error {
	return &FileError{Field: "file", Code: code, Detail: fmt.Sprintf(format, args...), err: errTooMuch}
}

// bounds are how much of a file is read.
type bounds struct {
	records  int
	workbook workbook.Limits
}

var (
	importBounds = bounds{maxRecords, workbookLimits}
	// checkBounds bound what is read of the beginning of a file while somebody waits.
	checkBounds = bounds{50_000, workbook.Limits{
		Unpacked: 64 << 20, Cells: 1_000_000, Text: 64 << 20, Row: maxRecord, Columns: maxColumns, Strings: 1_000_000, Time: 5 * time.Second,
	}}
)
