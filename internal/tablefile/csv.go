package tablefile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const (
	maxQuoted  = 64 << 10 // bytes of a quoted cell of several lines: no field of a client takes as much
	maxRewound = 32 << 20 // bytes that are read twice because a quotation mark was not closed
)

// csvReader reads the records of a CSV file as people and programs write them (RFC 4180, and what departs from it):
//   - Blanks before the quotation mark of a cell do not count.
//   - Text after the closing quotation mark belongs to the cell, up to the delimiter: "Acme" Ltd. Where the record has as
//     many cells as the others only when that mark is part of the text, it is.
//   - A quotation mark that is not closed by one before a delimiter or the end of a line is text, and the lines after it are
//     records of their own.
type csvReader struct {
	in        *bufio.Reader // line ends are \n
	delimiter []byte
	blanks    string // what may stand before and after a quoted cell

	back    []byte // what is read again before in
	line    int    // lines read
	long    []byte // a line that is longer than the buffer of in
	first   []byte // the first line of the record, if it has quotation marks
	more    []byte // the lines after it
	oneLine bool   // no cell goes on in the next line
	rewound int    // bytes of back so far
	cells   int    // of the first record that has several: those of the others

	out  []byte // the text of the cells of the record
	ends []int  // where each ends
	rec  []string
}

// quoting says what a quotation mark is after which a quoted cell goes on.
type quoting int

const (
	undecided   quoting = iota // whichever gives the record as many cells as the others
	closing                    // the end of the quotation
	partOfText                 // a part of it
	nowhereOpen = -1
)

func newCSV(in *bufio.Reader, delimiter rune) *csvReader {
	c := &csvReader{in: in, delimiter: []byte(string(delimiter)), blanks: " \t"}
	if delimiter == ' ' || delimiter == '\t' {
		c.blanks = string(" \t"[:1])
		if delimiter == ' ' {
			c.blanks = "\t"
		}
	}
	return c
}

// read returns the next record; io.EOF after the last one. Its cells are valid until the next call.
func (c *csvReader) read() (Record, error) {
	line, err := c.readLine()
	if err != nil {
		return Record{}, err
	}
	r := Record{Line: c.line}
	c.more = c.more[:0]
	if bytes.IndexByte(line, '"') >= 0 { // the lines after it may take its place
		c.first = append(c.first[:0], line...)
		line = c.first
	}
	open, err := c.parse(line, undecided, nowhereOpen)
	if err != nil {
		return Record{}, err
	}
	if open != nowhereOpen {
		r.OpenQuote = true
		c.rewind(r.Line)
		before := c.oneLine
		for c.oneLine = true; open != nowhereOpen && err == nil; {
			open, err = c.parse(line, undecided, open)
		}
		if c.oneLine = before || c.rewound > maxRewound; err != nil {
			return Record{}, err
		}
	}
	text, from := string(c.out), 0
	c.rec = c.rec[:0]
	for _, end := range c.ends {
		c.rec = append(c.rec, text[from:end])
		from = end
	}
	if c.cells == 0 && len(c.rec) > 1 {
		c.cells = len(c.rec)
	}
	r.Cells = c.rec
	return r, nil
}

// readLine returns the next line without its end. It is valid until the next call.
func (c *csvReader) readLine() ([]byte, error) {
	if len(c.back) > 0 {
		line := c.back
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line, c.back = line[:end], line[end+1:]
		} else {
			c.back = nil
		}
		c.line++
		return line, nil
	}
	line, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		c.long = c.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			if c.long = append(c.long, line...); len(c.long) > maxRecord {
				return nil, errLongRecord
			}
			line, err = c.in.ReadSlice('\n')
		}
		if c.long = append(c.long, line...); len(c.long) > maxRecord {
			return nil, errLongRecord
		}
		line = c.long
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	c.line++
	return bytes.TrimSuffix(line, []byte{'\n'}), nil
}

// rewind gives the lines after the first of a record back.
func (c *csvReader) rewind(line int) {
	if len(c.more) == 0 {
		return
	}
	c.rewound += len(c.more)
	c.back = append(bytes.Clone(c.more), c.back...)
	c.line = line
}

// parse reads the cells of a record that begins with this line. Quotation marks are text from the cell plain on. open is
// the cell whose quotation mark is not closed, if there is one.
func (c *csvReader) parse(line []byte, q quoting, plain int) (open int, err error) {
	c.out, c.ends = c.out[:0], c.ends[:0]
	rest := line
	for {
		quoted := bytes.TrimLeft(rest, c.blanks)
		if len(quoted) == 0 || quoted[0] != '"' || plain != nowhereOpen && len(c.ends) >= plain {
			cell, after, more := bytes.Cut(rest, c.delimiter)
			c.out = append(c.out, cell...)
			c.ends = append(c.ends, len(c.out))
			if !more {
				return nowhereOpen, nil
			}
			rest = after
			continue
		}
		var closed bool
		if rest, closed, err = c.quoted(line, quoted[1:], &q); err != nil || !closed {
			return len(c.ends), err
		}
		c.ends = append(c.ends, len(c.out))
		if len(rest) == 0 {
			return nowhereOpen, nil
		}
		rest = rest[len(c.delimiter):]
	}
}

// quoted reads a cell from after its quotation mark up to the delimiter or the end of the line, with which rest begins.
func (c *csvReader) quoted(line, text []byte, q *quoting) (rest []byte, closed bool, err error) {
	begin, lines := len(c.out), 0
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			c.out = append(append(c.out, text...), '\n')
			if c.oneLine || len(c.out)-begin > maxQuoted {
				return nil, false, nil
			}
			if text, err = c.readLine(); errors.Is(err, io.EOF) {
				return nil, false, nil
			} else if err != nil {
				return nil, false, err
			}
			c.more = append(append(c.more, text...), '\n')
			lines++
			continue
		}
		c.out = append(c.out, text[:i]...)
		text = text[i+1:]
		if len(text) > 0 && text[0] == '"' {
			c.out = append(c.out, '"')
			text = text[1:]
			continue
		}
		after := bytes.TrimLeft(text, c.blanks)
		switch {
		case len(c.out) > maxRecord:
			return nil, false, errLongRecord
		case len(after) == 0 || bytes.HasPrefix(after, c.delimiter):
			return after, true, nil
		case lines > 0:
			return nil, false, nil
		}
		if *q == undecided {
			*q = c.decide(line)
		}
		if *q == partOfText {
			c.out = append(c.out, '"')
			continue
		}
		tail, _, more := bytes.Cut(text, c.delimiter)
		c.addUnquoted(begin, tail)
		if more {
			return text[len(tail):], true, nil
		}
		return nil, true, nil
	}
}

// addUnquoted puts the quotation marks back around what was read of a cell since begin, and adds its tail. Marks around all of
// it are none of the text.
func (c *csvReader) addUnquoted(begin int, tail []byte) {
	trimmed := bytes.TrimRight(tail, c.blanks)
	head := bytes.Clone(c.out[begin:])
	c.out = c.out[:begin]
	if len(trimmed) > 0 && trimmed[len(trimmed)-1] == '"' && bytes.Count(trimmed, []byte{'"'})%2 == 0 {
		c.out = append(append(append(c.out, head...), '"'), trimmed[:len(trimmed)-1]...)
		return
	}
	c.out = append(append(append(append(c.out, '"'), head...), '"'), tail...)
}

// decide tries what a quotation mark inside a quotation is in a line.
func (c *csvReader) decide(line []byte) quoting {
	for _, q := range []quoting{closing, partOfText} {
		try := csvReader{delimiter: c.delimiter, blanks: c.blanks, oneLine: true}
		open, err := try.parse(line, q, nowhereOpen)
		if err == nil && open == nowhereOpen && len(try.ends) == c.cells {
			return q
		}
	}
	return closing
}
