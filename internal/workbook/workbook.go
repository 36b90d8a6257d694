// Package workbook reads the rows of a workbook (Office Open XML, ECMA-376; the files called .xlsx) as
// people see them, from beginning to end, in bounded memory and time whatever the file holds.
package workbook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// Start is how an archive begins, which a workbook is.
const Start = "PK\x03\x04"

// Limits bound what reading a workbook may cost. The file is compressed, a thousand times and more if
// somebody means harm, and what it says about itself may be false: so everything is counted as it is
// unpacked.
type Limits struct {
	Unpacked int64         // bytes of all parts that are read, each time they are
	Cells    int64         // of all sheets that are read, blank ones too
	Text     int64         // bytes of all texts that are returned
	Row      int           // bytes of the texts of one row, and of any one text
	Columns  int           // those after are not returned
	Strings  int           // shared texts
	Time     time.Duration // spent in this package
}

// What else a workbook has in plenty only if it means harm.
const (
	maxElements  = 100_000_000 // XML elements of all parts
	maxDepth     = 64          // of elements in elements
	maxDirectory = 1 << 20     // bytes of the archive's list of its parts, and of what is around it
	maxSheets    = 1000
	maxRelations = 10_000
	maxStyles    = 100_000 // Excel allows 65 490
	lastColumn   = 16_384  // XFD
	lastRow      = 1_048_576
)

var (
	// ErrBroken is the error of a file that is no workbook, or a damaged one.
	ErrBroken = errors.New("the workbook cannot be read")
	// ErrTooLarge is the error of a workbook that reaches one of the Limits but Row.
	ErrTooLarge = errors.New("the workbook takes too much when it is unpacked")
	// ErrLongRow is the error of a row with more text than a row may have.
	ErrLongRow = errors.New("a row of the workbook is too long")
)

// Book is an open workbook. It is not safe for concurrent use.
type Book struct {
	archive *archive
	sheets  []sheet
	strings *sharedStrings
	formats *formats
}

type sheet struct{ name, part string }

// Open reads what a workbook consists of. It has to be closed. The errors are those of the package, and
// those of ctx, which ends reading the rows too.
func Open(ctx context.Context, file io.ReaderAt, size int64, limits Limits) (b *Book, err error) {
	a, err := openArchive(ctx, file, size, limits)
	if err != nil {
		return nil, err
	}
	defer a.working()()
	b = &Book{archive: a}
	main, err := b.mainPart()
	if err != nil {
		return nil, err
	}
	related, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	date1904, err := b.readSheets(main, related)
	if err != nil {
		return nil, err
	}
	b.strings = newSharedStrings(a, related.ofKind("/sharedStrings", path.Join(path.Dir(main), "sharedStrings.xml")))
	b.formats, err = readFormats(a, related.ofKind("/styles", path.Join(path.Dir(main), "styles.xml")), date1904)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Close gives back what reading needed, the file excepted.
func (b *Book) Close() error { return errors.Join(b.strings.close(), b.formats.close()) }

// Sheets are the names of the sheets in their order.
func (b *Book) Sheets() []string {
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.name
	}
	return names
}

// mainPart is the name of the part that lists the sheets.
func (b *Book) mainPart() (string, error) {
	related, err := b.archive.relations("")
	if err != nil {
		return "", err
	}
	return related.ofKind("/officeDocument", "xl/workbook.xml"), nil
}

// readSheets reads which sheets there are and whether days are counted from 1904 (§ 18.17.4.1).
func (b *Book) readSheets(main string, related relations) (date1904 bool, err error) {
	p, err := b.archive.open(main)
	if err != nil {
		return false, err
	}
	defer p.close()
	for {
		element, err := p.nextElement()
		if errors.Is(err, io.EOF) {
			return date1904, nil
		}
		if err != nil {
			return false, err
		}
		switch element.Name.Local {
		case "workbookPr":
			date1904 = isTrue(attribute(element, "date1904"))
		case "sheet":
			if len(b.sheets) == maxSheets {
				return false, ErrTooLarge
			}
			b.sheets = append(b.sheets, sheet{attribute(element, "name"), related.byID[attribute(element, "id")]})
		}
	}
}

func isTrue(value string) bool { return value == "1" || value == "true" }

// relations are what a part refers to (ECMA-376 part 2 § 6.5): names of parts, by their id and by the
// end of the address of their kind, of which there are two (transitional and strict).
type relations struct {
	byID  map[string]string
	kinds []relation
}

type relation struct{ kind, part string }

// ofKind is the name of the first part of a kind; the usual one when there is none.
func (r relations) ofKind(ending, usual string) string {
	for _, one := range r.kinds {
		if strings.HasSuffix(one.kind, ending) {
			return one.part
		}
	}
	return usual
}

// relations reads what the part refers to, the whole archive for "". A part without any has no such list.
func (a *archive) relations(of string) (relations, error) {
	r := relations{byID: map[string]string{}}
	p, err := a.open(path.Join(path.Dir(of), "_rels", path.Base(of)+".rels"))
	if of == "" {
		p, err = a.open("_rels/.rels")
	}
	if errors.Is(err, errNoPart) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	defer p.close()
	for {
		element, err := p.nextElement()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if element.Name.Local != "Relationship" || attribute(element, "TargetMode") == "External" {
			continue
		}
		if len(r.kinds) == maxRelations {
			return r, ErrTooLarge
		}
		target := strings.ReplaceAll(attribute(element, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(path.Dir(of), target)
		}
		target = strings.TrimPrefix(target, "/")
		r.byID[attribute(element, "Id")] = target
		r.kinds = append(r.kinds, relation{attribute(element, "Type"), target})
	}
}

// Rows starts to read a sheet by its place in Sheets. The rows have to be closed.
func (b *Book) Rows(sheet int) (*Rows, error) {
	defer b.archive.working()()
	p, err := b.archive.open(b.sheets[sheet].part)
	if err != nil {
		return nil, fmt.Errorf("open a sheet: %w", err)
	}
	return &Rows{book: b, part: p}, nil
}
