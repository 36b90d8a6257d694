package workbook

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// errNoPart is the error of opening a part that the archive does not have.
var errNoPart = fmt.Errorf("a part is missing: %w", ErrBroken)

// archive is the file with its parts, and what has been spent on them.
type archive struct {
	parts  map[string]*zip.File // by names in small letters: some writers differ from what they refer to
	limits Limits
	ended  func() error // why nobody waits for the rows any more; nil while somebody does

	unpacked, cells, text, elements int64
	spent                           time.Duration
	since                           time.Time // when the call now under way began
}

// openArchive reads the list of the parts.
func openArchive(ctx context.Context, file io.ReaderAt, size int64, limits Limits) (*archive, error) {
	// The list may be as long as the file, and what is made of it in memory is ten times that.
	list := &limitedReaderAt{from: file, left: maxDirectory}
	z, err := zip.NewReader(list, size)
	if list.left < 0 {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, ErrBroken
	}
	list.left = math.MaxInt64 // from here on it is counted what is unpacked
	a := &archive{parts: make(map[string]*zip.File, len(z.File)), limits: limits, ended: ctx.Err}
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if _, twice := a.parts[name]; twice {
			return nil, ErrBroken // which of them is meant?
		}
		a.parts[name] = f
	}
	return a, nil
}

// open starts to read a part. It has to be closed.
func (a *archive) open(name string) (*part, error) {
	f, has := a.parts[strings.ToLower(name)]
	if !has {
		return nil, errNoPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, ErrBroken
	}
	return newPart(a, r), nil
}

// working starts to count time, until the returned function is called.
func (a *archive) working() (done func()) {
	a.since = time.Now()
	return func() { a.spent += time.Since(a.since) }
}

// unpack counts bytes of a part. It is called often enough to watch the time too.
func (a *archive) unpack(n int) error {
	a.unpacked += int64(n)
	if a.unpacked > a.limits.Unpacked || a.spent+time.Since(a.since) > a.limits.Time {
		return ErrTooLarge
	}
	return a.ended()
}

func (a *archive) element() error {
	if a.elements++; a.elements > maxElements {
		return ErrTooLarge
	}
	return nil
}

func (a *archive) cell() error {
	if a.cells++; a.cells > a.limits.Cells {
		return ErrTooLarge
	}
	return nil
}

// returning counts texts that are returned.
func (a *archive) returning(n int) error {
	if a.text += int64(n); a.text > a.limits.Text {
		return ErrTooLarge
	}
	return nil
}

// limitedReaderAt fails once more has been read than is allowed.
type limitedReaderAt struct {
	from io.ReaderAt
	left int64
}

var errSpent = errors.New("the list of the archive's parts is too long")

// ReadAt implements io.ReaderAt.
func (l *limitedReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, errSpent
	}
	return l.from.ReadAt(p, at)
}
