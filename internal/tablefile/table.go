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

// Limits of a file, so that no file can fill the memory.
const (
	maxRecord  = 1 << 20   // bytes of one record
	maxRecords = 3_000_000 // of a file, blank ones too: the addresses of all are held
	sampleRead = 64 << 10  // bytes from which the dialect is guessed
)

// table is a file as records, whatever it is written in.
type table struct {
	encoding  string       // of the text, or "xlsx"
	delimiter rune         // 0 for a workbook
	ended     func() error // why nobody waits for the records any more; nil while somebody does
	left      int          // records that may still be read
	records   interface {
		// read returns the next record and the number of its first line; io.EOF after the last. The record
		// is good until the next read.
		read() (record []string, line int, err error)
		// close gives back what was needed for reading, the file excepted.
		close() error
	}
}

// openTable finds out what the file is and starts to read it from its beginning. The table has to be
// closed. The error is a *FileError when it is neither a text nor a workbook.
func openTable(ctx context.Context, file File, b bounds) (*table, error) {
	start := make([]byte, len(workbook.Start))
	n, _ := file.ReadAt(start, 0) // what is shorter is no workbook
	if string(start[:n]) == workbook.Start {
		rows, err := openWorkbook(ctx, file, b.workbook)
		if err != nil {
			return nil, err
		}
		return &table{encoding: "xlsx", ended: ctx.Err, left: b.records, records: rows}, nil
	}
	text, err := openText(file)
	if err != nil {
		return nil, err
	}
	return &table{encoding: text.encoding, delimiter: text.delimiter, ended: ctx.Err, left: b.records, records: text}, nil
}

// read returns the next record that is not blank and the number of its first line; io.EOF after the last.
// The record is good until the next read.
func (t *table) read() (record []string, line int, err error) {
	for {
		if record, line, err = t.records.read(); err != nil {
			return nil, 0, err
		}
		if err := t.ended(); err != nil {
			return nil, 0, err
		}
		if t.left--; t.left < 0 {
			return nil, 0, tooMuch("too_many_rows", "the file has more than %d rows: split it into several files", maxRecords)
		}
		if !blank(record) {
			return record, line, nil
		}
	}
}

// textTable reads the records of a CSV file as people have them: in UTF-8 with and without a byte order
// mark, UTF-16, Windows-1251 or Windows-1252; separated by comma, semicolon or tab; with line ends of
// any system.
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
		return nil, 0, badFile("long_record",
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

// skipMark drops a byte order mark that came through the decoder.
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

// readSeparatorLine reads the line by which Excel is told the delimiter.
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
	// What cannot stand between cells is as good as nothing: the delimiter is then guessed.
	if delimiter, _ := utf8.DecodeRune(found[1]); delimiter != '"' && delimiter != '\r' && delimiter != utf8.RuneError {
		t.delimiter = delimiter
	}
	_, err = text.Discard(len(found[0]))
	return err
}

// detectDelimiter takes the delimiter by which the first records have most alike numbers of fields.
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

// limitedRecord ends a record that does not end: one with a quotation mark that is never closed.
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
