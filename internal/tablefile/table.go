package tablefile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"gonets/internal/workbook"
)

// sampleRead is the number of bytes from which encoding and delimiter are guessed.
const sampleRead = 64 << 10

// Table reads the records of a file.
type Table struct {
	Encoding  string // of the text, or "xlsx"
	Sure      bool   // the encoding was named, or no other one makes a similarly good text of it
	Delimiter rune   // 0 for a workbook

	contextErr func() error
	left       int  // records that may still be read
	begun      bool // a record was read that is not blank
	records    interface {
		// read returns the next record; io.EOF after the last one. Its cells are valid until the next call.
		read() (Record, error)
		// close releases what reading needed, but not the file.
		close() error
	}
}

// Record is one record of a file.
type Record struct {
	Cells     []string
	Line      int  // the number of its first line
	OpenQuote bool // a quotation mark is not closed, and was taken for text
}

// Options say how to read a text; the zero value finds it out. They mean nothing for a workbook.
type Options struct {
	Encoding  string // a name that package charset knows; "" finds it out
	Delimiter rune   // 0 finds it out
}

// Open recognizes the format of the file and begins to read it from the start; the end of ctx ends the reading. The
// table must be closed. The error is an *Error when the file is neither a text nor a workbook, and when there is no such
// encoding.
func Open(ctx context.Context, file File, options Options, limits Limits) (*Table, error) {
	start := make([]byte, len(workbook.Start))
	n, _ := file.ReadAt(start, 0) // a shorter file is not a workbook
	if string(start[:n]) == workbook.Start {
		rows, err := openWorkbook(ctx, file, limits.Workbook)
		if err != nil {
			return nil, err
		}
		return &Table{Encoding: "xlsx", Sure: true, contextErr: ctx.Err, left: limits.Records, records: rows}, nil
	}
	text, err := openText(file, options)
	if err != nil {
		return nil, err
	}
	return &Table{
		Encoding: text.encoding, Sure: text.sure, Delimiter: text.delimiter,
		contextErr: ctx.Err, left: limits.Records, records: text,
	}, nil
}

// Close releases what reading needed, but not the file.
func (t *Table) Close() error { return t.records.close() }

// Read returns the next record that is not blank; io.EOF after the last one. Its cells are valid until the next call. The
// error is an *Error for what is wrong with the file.
func (t *Table) Read() (Record, error) {
	for {
		record, err := t.records.read()
		if errors.Is(err, io.EOF) && !t.begun {
			return Record{}, Errorf("empty_file", "the file is empty")
		}
		if err != nil {
			return Record{}, err
		}
		if err := t.contextErr(); err != nil {
			return Record{}, err
		}
		if t.left--; t.left < 0 {
			return Record{}, limitError("too_many_rows", "the file has more than %d rows: split it into several files", maxRecords)
		}
		if blank(record.Cells) {
			continue
		}
		if !t.begun && len(record.Cells) > maxColumns {
			return Record{}, Errorf("too_many_columns", "the file has more than %d columns", maxColumns)
		}
		t.begun = true
		return record, nil
	}
}

// textTable reads a CSV file: in any encoding of package charset, with or without a byte order mark; with comma, semicolon,
// tab or | as the delimiter; with the line ends of any system.
type textTable struct {
	encoding  string
	sure      bool
	delimiter rune
	csv       *csvReader
	skipped   int // lines before the first record
	last      int // the line on which the last record begins
}

func openText(file io.ReadSeeker, options Options) (*textTable, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	guess, err := encodingOf(file, options.Encoding)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file again: %w", err)
	}
	text := bufio.NewReaderSize(newLineEnds(transform.NewReader(file, guess.Encoding.NewDecoder())), sampleRead)
	t := &textTable{encoding: guess.Name, sure: guess.Sure}
	if err := t.skipMark(text); err != nil {
		return nil, err
	}
	if err := t.readSeparatorLine(text); err != nil {
		return nil, err
	}
	if options.Delimiter != 0 {
		t.delimiter = options.Delimiter
	}
	if t.delimiter == 0 {
		sample, err := text.Peek(sampleRead)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		t.delimiter = detectDelimiter(sample)
	}
	t.csv = newCSV(text, t.delimiter)
	return t, nil
}

func (*textTable) close() error { return nil }

func (t *textTable) read() (Record, error) {
	r, err := t.csv.read()
	r.Line += t.skipped
	switch {
	case err == nil:
		t.last = r.Line
		return r, nil
	case errors.Is(err, errLongRecord):
		return Record{}, Errorf("long_record",
			"a record after line %d is longer than %d KB: perhaps a quotation mark is not closed", t.last, maxRecord>>10)
	case errors.Is(err, io.EOF):
		return Record{}, io.EOF
	}
	return Record{}, fmt.Errorf("read the file: %w", err)
}

func blank(record []string) bool {
	for _, cell := range record {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// skipMark skips a byte order mark that the decoder has left.
func (t *textTable) skipMark(text *bufio.Reader) error {
	r, _, err := text.ReadRune()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	if err == nil && r != '\ufeff' {
		return text.UnreadRune()
	}
	return nil
}

var separatorLine = regexp.MustCompile(`(?i)^"?sep=(.)"?\n`)

// readSeparatorLine reads the line that names the delimiter for Excel.
func (t *textTable) readSeparatorLine(text *bufio.Reader) error {
	start, err := text.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	found := separatorLine.FindSubmatch(start)
	if found == nil {
		return nil
	}
	t.skipped = 1
	// A character that cannot be a delimiter is ignored: the delimiter is then guessed.
	if delimiter, _ := utf8.DecodeRune(found[1]); delimiter != '"' && delimiter != '\r' && delimiter != utf8.RuneError {
		t.delimiter = delimiter
	}
	_, err = text.Discard(len(found[0]))
	return err
}

// newLineEnds turns the line ends of old Macs (\r) and Windows (\r\n) into \n.
func newLineEnds(r io.Reader) io.Reader { return transform.NewReader(r, &lineEnds{}) }

type lineEnds struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (*lineEnds) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		b, size := src[nSrc], 1
		if b == '\r' {
			if nSrc+1 == len(src) && !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			if nSrc+1 < len(src) && src[nSrc+1] == '\n' {
				size = 2
			}
			b = '\n'
		}
		dst[nDst] = b
		nDst++
		nSrc += size
	}
	return nDst, nSrc, nil
}

var errLongRecord = errors.New("the record is too long")
