// Package tablefile reads the records of files as people have them, CSV in several encodings and workbooks of Excel, and
// writes such workbooks. It knows nothing about what the records mean.
package tablefile

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gonets/internal/workbook"
)

// File is a file to read.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// Error says why a file cannot be read or used.
type Error struct {
	Field  string // file, or the request's field that does not fit the file
	Code   string // a stable word
	Detail string // the same in English

	err error // ErrLimit or nil
}

// Error implements error.
func (e *Error) Error() string { return e.Detail }

// Unwrap implements errors.Unwrap.
func (e *Error) Unwrap() error { return e.err }

// ErrLimit is wrapped by the Error of a file that reaches the limits of reading.
var ErrLimit = errors.New("the file holds too much")

// Errorf returns an Error of the field file.
func Errorf(code, format string, args ...any) error {
	return &Error{Field: "file", Code: code, Detail: fmt.Sprintf(format, args...)}
}

// limitError is Errorf for what reaches a limit.
func limitError(code, format string, args ...any) error {
	return &Error{Field: "file", Code: code, Detail: fmt.Sprintf(format, args...), err: ErrLimit}
}

// Limits bound how much of a file is read, so that no file can fill the memory.
type Limits struct {
	Records  int // blank ones too
	Workbook workbook.Limits
}

// MaxColumns is how many columns a file may have.
const MaxColumns = 200

const (
	maxRecord  = 1 << 20   // bytes of one record
	maxRecords = 3_000_000 // of a file: an import keeps a hash of every address
	maxColumns = MaxColumns
)

var (
	// ToEnd are the limits of a file that is read to its end. Those of a workbook are far above what people make that
	// fits into the size that a workbook may have.
	ToEnd = Limits{maxRecords, workbook.Limits{
		Unpacked: 1 << 30, Cells: 16_000_000, Text: 512 << 20, Row: maxRecord, Columns: maxColumns, Strings: 8_000_000, Time: 2 * time.Minute,
	}}
	// Beginning are the limits of reading the beginning of a file while a user waits.
	Beginning = Limits{50_000, workbook.Limits{
		Unpacked: 64 << 20, Cells: 1_000_000, Text: 64 << 20, Row: maxRecord, Columns: maxColumns, Strings: 1_000_000, Time: 5 * time.Second,
	}}
)
