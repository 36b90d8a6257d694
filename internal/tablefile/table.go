package tablefile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
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
	Delimiter rune   // 0 for a workbook

	contextErr func() error
	left       int  // records that may still be read
	begun      bool // a record was read that is not blank
	records    interface {
		// read returns the next record and the number of its first line; io.EOF after the last one. The record is valid
		// until the next call.
		read() (record []string, line int, err error)
		// close releases what reading needed, but not the file.
		close() error
	}
}

// Open recognizes the format of the file and begins to read it from the start; the end of ctx ends the reading. The
// table must be closed. The error is an *Error when the file is neither a text nor a workbook.
func Open(ctx context.Context, file File, limits Limits) (*Table, error) {
	start := make([]byte, len(workbook.Start))
	n, _ := file.ReadAt(start, 0) // a shorter file is not a workbook
	if string(start[:n]) == workbook.Start {
		rows, err := openWorkbook(ctx, file, limits.Workbook)
		if err != nil {
			return nil, err
		}
		return &Table{Encoding: "xlsx", contextErr: ctx.Err, left: limits.Records, records: rows}, nil
	}
	text, err := openText(file)
	if err != nil {
		return nil, err
	}
	return &Table{Encoding: text.encoding, Delimiter: text.delimiter, contextErr: ctx.Err, left: limits.Records, records: text}, nil
}

// Close releases what reading needed, but not the file.
func (t *Table) Close() error { return t.records.close() }

// Read returns the next record that is not blank and the number of its first line; io.EOF after the last one. The
// record is valid until the next call. The error is an *Error for what is wrong with the file.
func (t *Table) Read() (record []string, line int, err error) {
	for {
		record, line, err = t.records.read()
		if errors.Is(err, io.EOF) && !t.begun {
			return nil, 0, Errorf("empty_file", "the file is empty")
		}
		if err != nil {
			return nil, 0, err
		}
		if err := t.contextErr(); err != nil {
			return nil, 0, err
		}
		if t.left--; t.left < 0 {
			return nil, 0, limitError("too_many_rows", "the file has more than %d rows: split it into several files", maxRecords)
		}
		if blank(record) {
			continue
		}
		if !t.begun && len(record) > maxColumns {
			return nil, 0, Errorf("too_many_columns", "the file has more than %d columns", maxColumns)
		}
		t.begun = true
		return record, line, nil
	}
}

// textTable reads a CSV file: in UTF-8 with or without a byte order mark, UTF-16, Windows-1251 or Windows-1252; with
// comma, semicolon or tab as the delimiter; with the line ends of any system.
type textTable struct {
	encoding  string
	delimiter rune
	csv       *csv.Reader
	limit     *limitedRecord
	skipped   int // lines before the first record
	last      int // the line on which the last record begins
}

func openText(file io.ReadSeeker) (*textTable, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	name, decoding, err := detectEncoding(file)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file again: %w", err)
	}
	text := bufio.NewReaderSize(newLineEnds(transform.NewReader(file, decoding.NewDecoder())), sampleRead)
	t := &textTable{encoding: name}
	if err := t.skipMark(text); err != nil {
		return nil, err
	}
	if err := t.readSeparatorLine(text); err != nil {
		return nil, err
	}
	if t.delimiter == 0 {
		sample, err := text.Peek(sampleRead)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		t.delimiter = detectDelimiter(sample)
	}
	t.limit = &limitedRecord{from: text}
	t.csv = newCSV(t.limit, t.delimiter)
	return t, nil
}

func newCSV(r io.Reader, delimiter rune) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = delimiter, true, -1, true
	return c
}

func (*textTable) close() error { return nil }

func (t *textTable) read() (record []string, line int, err error) {
	t.limit.left = maxRecord
	record, err = t.csv.Read()
	switch {
	case err == nil:
		line, _ := t.csv.FieldPos(0)
		t.last = line + t.skipped
		return record, t.last, nil
	case errors.Is(err, errLongRecord):
		return nil, 0, Errorf("long_record",
			"a record after line %d is longer than %d KB: perhaps a quotation mark is not closed", t.last, maxRecord>>10)
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	}
	return nil, 0, fmt.Errorf("read the file: %w", err)
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

// detectDelimiter returns the delimiter that gives the most records as many fields as the first one.
func detectDelimiter(sample []byte) rune {
	if len(sample) == sampleRead { // the last line is cut off
		if end := bytes.LastIndexByte(sample, '\n'); end > 0 {
			sample = sample[:end]
		}
	}
	best, bestScore := ',', 0
	for _, delimiter := range []rune{';', '\t', ','} {
		c := newCSV(bytes.NewReader(sample), delimiter)
		fields, score := 0, 0
		for range 50 {
			record, err := c.Read()
			if err != nil {
				break
			}
			if fields == 0 {
				fields = len(record)
			}
			if len(record) == fields {
				score += fields - 1
			}
		}
		if score > bestScore {
			best, bestScore = delimiter, score
		}
	}
	return best
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

// limitedRecord bounds the length of a record: a quotation mark that is never closed would make it endless.
type limitedRecord struct {
	from io.Reader
	left int
}

// Read implements io.Reader.
func (l *limitedRecord) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRecord
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
