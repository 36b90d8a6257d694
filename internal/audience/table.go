package audience

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits of a file, so that no file can fill the memory.
const (
	maxRecord  = 1 << 20  // bytes of one record
	sampleRead = 64 << 10 // bytes from which the dialect is guessed
)

// FileError says why a file cannot be imported at all.
type FileError struct {
	Field  string // file, or mapping when that does not fit the file
	Code   string // a stable word
	Detail string // the same in plain English words
}

// Error implements error.
func (e *FileError) Error() string { return e.Detail }

func badFile(code, format string, args ...any) error {
	return &FileError{"file", code, fmt.Sprintf(format, args...)}
}

// table reads the records of a CSV file as people have them: in UTF-8 with and without a byte order
// mark, UTF-16, Windows-1251 or Windows-1252; separated by comma, semicolon or tab; with line ends of
// any system.
type table struct {
	encoding  string
	delimiter rune
	csv       *csv.Reader
	limit     *limitedRecord
	skipped   int // lines before the first record
}

// openTable finds out what the file is like and starts to read it from its beginning. The error is a
// *FileError when it is no text.
func openTable(file io.ReadSeeker) (*table, error) {
	name, decoding, err := detectEncoding(file)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file again: %w", err)
	}
	text := bufio.NewReaderSize(newLineEnds(transform.NewReader(file, decoding.NewDecoder())), sampleRead)
	t := &table{encoding: name}
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

// read returns the next record and the number of its first line; io.EOF after the last. The record is
// good until the next read.
func (t *table) read() (record []string, line int, err error) {
	for {
		t.limit.left = maxRecord
		record, err = t.csv.Read()
		if errors.Is(err, errLongRecord) {
			return nil, 0, badFile("long_record",
				"a record after line %d is longer than %d KB: is a quotation mark not closed?", t.line(), maxRecord>>10)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("read the file: %w", err)
			}
			return nil, 0, err
		}
		if !blank(record) {
			return record, t.line(), nil
		}
	}
}

// line is the number of the line on which the last record begins.
func (t *table) line() int {
	line, _ := t.csv.FieldPos(0)
	return line + t.skipped
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
func (t *table) skipMark(text *bufio.Reader) error {
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
func (t *table) readSeparatorLine(text *bufio.Reader) error {
	start, err := text.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	found := separatorLine.FindSubmatch(start)
	if found == nil {
		return nil
	}
	t.skipped = 1
	t.delimiter, _ = utf8.DecodeRune(found[1])
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

// detectEncoding reads the whole file once: whether it is UTF-8 is known at the end only.
func detectEncoding(file io.Reader) (string, encoding.Encoding, error) {
	r := bufio.NewReaderSize(file, sampleRead)
	start, err := r.Peek(sampleRead)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return "", nil, badFile("empty_file", "the file is empty")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return "", nil, badFile("workbook", "the file is a workbook: save it as CSV in the spreadsheet program")
	case bytes.HasPrefix(start, []byte("\xff\xfe")):
		return "utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case bytes.HasPrefix(start, []byte("\xfe\xff")):
		return "utf-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	}
	if even, odd := zeros(start); even+odd > 0 {
		switch half := len(start) / 2; {
		case odd > half/3 && even < odd/8:
			return "utf-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
		case even > half/3 && odd < even/8:
			return "utf-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
		}
		return "", nil, badFile("not_text", "the file is not a text")
	}

	valid, high, paired, err := scanBytes(r)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("read the file: %w", err)
	case valid:
		return "utf-8", encoding.Nop, nil
	case paired*2 >= high: // Cyrillic letters stand side by side, accented Latin ones alone
		return "windows-1251", charmap.Windows1251, nil
	}
	return "windows-1252", charmap.Windows1252, nil
}

func zeros(sample []byte) (even, odd int) {
	for i, b := range sample {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	return even, odd
}

// scanBytes says whether all that is left is valid UTF-8, and counts the bytes above 127, and those of
// them that have such a neighbour before them.
func scanBytes(r io.Reader) (valid bool, high, paired int, err error) {
	valid = true
	buf, kept, before := make([]byte, sampleRead), 0, false
	for {
		n, err := io.ReadFull(r, buf[kept:])
		for _, b := range buf[kept : kept+n] {
			if b >= utf8.RuneSelf {
				high++
				if before {
					paired++
				}
			}
			before = b >= utf8.RuneSelf
		}
		chunk := buf[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return false, 0, 0, err
		}
		for len(chunk) > 0 && (last || len(chunk) >= utf8.UTFMax) {
			c, size := utf8.DecodeRune(chunk)
			if c == utf8.RuneError && size == 1 {
				valid = false
			}
			chunk = chunk[size:]
		}
		kept = copy(buf, chunk)
		if last {
			return valid, high, paired, nil
		}
	}
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
