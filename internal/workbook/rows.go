package workbook

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Row is a row of a sheet.
type Row struct {
	Cells []string // up to the last that is not empty, and to Limits.Columns
	Line  int      // its number on the sheet, from 1
	Wide  bool     // it has cells that are not empty beyond Limits.Columns
}

// Rows reads the rows of a sheet that it has, blank ones too.
type Rows struct {
	book *Book
	part *part
	row  Row
	text []byte // of the cell that is read
	size int    // bytes of texts of the row so far
}

// Close gives back what reading the sheet needed.
func (r *Rows) Close() { r.part.close() }

// Next returns the next row; io.EOF after the last. The row is good until the next call.
func (r *Rows) Next() (Row, error) {
	defer r.book.archive.working()()
	for {
		token, err := r.part.next()
		if err != nil {
			return Row{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return r.read(t)
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return Row{}, io.EOF
			}
		}
	}
}

// read reads a row that has just begun.
func (r *Rows) read(row xml.StartElement) (Row, error) {
	line := r.row.Line + 1
	if number, err := strconv.Atoi(attribute(row, "r")); err == nil {
		line = max(line, number)
	}
	if line > lastRow {
		return Row{}, ErrBroken
	}
	r.row = Row{Cells: r.row.Cells[:0], Line: line}
	r.size = 0
	depth, column := r.part.depth, 0
	for {
		token, err := r.part.next()
		if err != nil {
			return Row{}, unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if column, err = columnOf(attribute(t, "r"), column); err != nil {
				return Row{}, err
			}
			if err := r.readCell(t, column); err != nil {
				return Row{}, err
			}
		case xml.EndElement:
			if r.part.depth < depth {
				return r.row, r.book.archive.returning(r.size)
			}
		}
	}
}

// columnOf is the number of a cell's column, from 1: that of its place ("AB12"), or the one after before.
func columnOf(place string, before int) (int, error) {
	column := before + 1
	if letters := strings.TrimRight(place, "0123456789"); place != "" {
		column = 0
		for _, letter := range strings.ToUpper(letters) {
			if letter < 'A' || letter > 'Z' || column > lastColumn {
				return 0, ErrBroken
			}
			column = column*26 + int(letter-'A') + 1
		}
	}
	if column < 1 || column > lastColumn {
		return 0, ErrBroken
	}
	return column, nil
}

// readCell reads a cell that has just begun and puts it into the row.
func (r *Rows) readCell(c xml.StartElement, column int) error {
	if err := r.book.archive.cell(); err != nil {
		return err
	}
	kind, style := attribute(c, "t"), number(attribute(c, "s"))
	r.text = r.text[:0]
	depth, inValue := r.part.depth, false
	for {
		token, err := r.part.next()
		if err != nil {
			return unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "v":
				r.text, inValue = r.text[:0], true
			case t.Name.Local == "is" && kind == "inlineStr":
				if r.text, err = r.part.text(r.text[:0], "is", r.book.archive.limits.Row); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if inValue = false; r.part.depth < depth {
				return r.put(kind, style, column)
			}
		case xml.CharData:
			if !inValue {
				continue
			}
			if r.text = append(r.text, t...); len(r.text) > r.book.archive.limits.Row {
				return ErrLongRow
			}
		}
	}
}

// put puts the value of a cell, as people see it, into its column.
func (r *Rows) put(kind string, style, column int) error {
	if len(r.text) == 0 {
		return nil
	}
	if column > r.book.archive.limits.Columns {
		r.row.Wide = true
		return nil
	}
	value, err := r.value(kind, style)
	if err != nil || value == "" {
		return err
	}
	if r.size += len(value); r.size > r.book.archive.limits.Row {
		return ErrLongRow
	}
	for len(r.row.Cells) < column {
		r.row.Cells = append(r.row.Cells, "")
	}
	r.row.Cells[column-1] = value
	return nil
}

// value is the text of a cell by its kind (§ 18.18.11).
func (r *Rows) value(kind string, style int) (string, error) {
	formats, text := r.book.formats, string(r.text)
	switch kind {
	case "s":
		text, err := r.book.strings.at(number(text))
		if err != nil {
			return "", err
		}
		return formats.text(style, text)
	case "str":
		return text, nil
	case "inlineStr":
		return formats.text(style, unescape(text))
	case "b":
		switch text {
		case "1":
			return "TRUE", nil
		case "0":
			return "FALSE", nil
		}
		return formats.text(style, text)
	case "d":
		return formats.number(style, serial(text))
	}
	return formats.number(style, text)
}

// number is a number that an attribute or a cell has; 0 if it is none.
func number(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return n
}
