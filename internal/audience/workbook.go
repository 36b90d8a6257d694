package audience

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbookStart is how an archive begins, which a workbook of Excel is since 2007 (.xlsx).
const workbookStart = "PK\x03\x04"

// Limits of a workbook. It is compressed, a thousand times if somebody means harm, so that its size says
// nothing about what is in it.
const (
	maxWorkbook    = 32 << 20 // bytes of the file, which are held in memory: some million clients
	maxUnpacked    = 1 << 30  // bytes of all its parts; large ones are unpacked into the temporary folder
	maxHeld        = 32 << 20 // bytes of the parts that are held in memory
	largePart      = 1 << 20  // bytes from which a sheet is not
	maxParts       = 1000
	sheetsFolder   = "xl/worksheets/sheet"
	sharedTexts    = "xl/sharedstrings.xml"
	workbookAdvice = "save it as CSV in the spreadsheet program"
)

// sheetRows reads the rows of a workbook's first sheet. Later sheets with the same header go on with it,
// as ExportWorkbook writes them; others are passed by.
type sheetRows struct {
	book   *excelize.File
	rows   *excelize.Rows
	later  []string // sheets still to come
	header []string // the first row that is not blank
	line   int
}

// openWorkbook starts to read a workbook. The error is a *FileError when it is none, or a larger one
// than may be read.
func openWorkbook(file io.Reader) (*sheetRows, error) {
	packed, err := io.ReadAll(io.LimitReader(file, maxWorkbook+1))
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	if len(packed) > maxWorkbook {
		return nil, badFile("workbook", "the workbook is larger than %d MB: %s", maxWorkbook>>20, workbookAdvice)
	}
	if err := checkParts(packed); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: largePart,
		ShortDatePattern: "yyyy-mm-dd", // the same for every reader
	})
	if err != nil {
		err := badFile("workbook", "the workbook cannot be read: %s", workbookAdvice)
		if book != nil {
			return nil, errors.Join(err, book.Close())
		}
		return nil, err
	}
	s := &sheetRows{book: book, later: book.GetSheetList()}
	if err := s.nextSheet(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// checkParts looks at the parts of a workbook before anything of it is held: how large they are, and, by
// unpacking them once, that no row or text of a sheet is longer than a record may be.
func checkParts(packed []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return badFile("workbook", "the workbook cannot be read: %s", workbookAdvice)
	}
	tooLarge := badFile("workbook", "the workbook takes too much when it is unpacked: %s", workbookAdvice)
	if len(archive.File) > maxParts {
		return tooLarge
	}
	var unpacked, held uint64
	for _, part := range archive.File {
		size, name := part.UncompressedSize64, strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		sheet, texts := strings.HasPrefix(name, sheetsFolder), name == sharedTexts
		if unpacked += size; size > maxUnpacked || unpacked > maxUnpacked {
			return tooLarge
		}
		if !sheet && !texts || size <= largePart {
			if held += size; held > maxHeld {
				return tooLarge
			}
			continue
		}
		mark := "<row"
		if texts {
			mark = "<si"
		}
		if err := checkPart(part, mark); err != nil {
			return err
		}
	}
	return nil
}

// checkPart returns an error when more than a record may have is between two elements of that name, up
// to the end of the sheet's data.
func checkPart(part *zip.File, mark string) error {
	unreadable := badFile("workbook", "the workbook cannot be read: %s", workbookAdvice)
	r, err := part.Open()
	if err != nil {
		return unreadable
	}
	defer r.Close()
	const end = "</sheetData>"
	buf, kept, since := make([]byte, sampleRead), 0, 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		if bytes.Contains(chunk, []byte(end)) {
			return nil
		}
		if at := bytes.LastIndex(chunk, []byte(mark)); at >= 0 {
			since = len(chunk) - at
		} else {
			since += n
		}
		if since > maxRecord {
			return badFile("long_record", "a row of the workbook is longer than %d KB", maxRecord>>10)
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return unreadable
		}
		kept = copy(buf, chunk[len(chunk)-len(end):])
	}
}

// nextSheet begins the next of the sheets; io.EOF after the last.
func (s *sheetRows) nextSheet() error {
	if s.rows != nil {
		if err := s.rows.Close(); err != nil {
			return badFile("workbook", "the workbook cannot be read to its end: %s", workbookAdvice)
		}
		s.rows = nil
	}
	if len(s.later) == 0 {
		return io.EOF
	}
	name := s.later[0]
	s.later, s.line = s.later[1:], 0
	var err error
	if s.rows, err = s.book.Rows(name); err != nil {
		return badFile("workbook", "the sheet %q cannot be read: %s", name, workbookAdvice)
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
		if err != nil || !blank(record) {
			if s.header == nil {
				s.header = slices.Clone(record)
			}
			return record, s.line, err
		}
	}
}

// row returns the next row of the sheet; io.EOF after its last.
func (s *sheetRows) row() ([]string, error) {
	if s.rows == nil || !s.rows.Next() {
		return nil, io.EOF
	}
	s.line++
	record, err := s.rows.Columns()
	if err != nil {
		return nil, badFile("workbook", "the workbook cannot be read after row %d: %s", s.line, workbookAdvice)
	}
	return record, nil
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

func (s *sheetRows) close() error {
	var err error
	if s.rows != nil {
		err = s.rows.Close()
	}
	return errors.Join(err, s.book.Close())
}
