package clientfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"gonets/internal/clientrow"
	"gonets/internal/excerpt"
	"gonets/internal/tablefile"
)

// Reading says how to read a file; what is empty is found out.
type Reading struct {
	Encoding  string            `json:"encoding,omitempty"`  // a name that package charset knows
	Delimiter string            `json:"delimiter,omitempty"` // comma, semicolon, tab, pipe, or a character
	Header    string            `json:"header,omitempty"`    // the line of the header, or "none"
	Mapping   map[string]string `json:"-"`                   // column, by header or number from 1, to field
}

// The sample by which the columns are guessed.
const (
	importSample = 200     // records
	importHeld   = 4 << 20 // bytes of them
)

// source is a file of which the columns are known.
type source struct {
	*tablefile.Table
	header int // the line of the header; 0 for none
	list   bool
	cols   []clientrow.Column
	read   []tablefile.Record // records that were read to guess the columns, or the rest of an address list's line
	sample [][]string         // the first rows, shortened, to be shown beside the columns

	sampled int // records that were read for the sample, the header and what is above it too
}

// openSource reads the beginning of the file and decides where its columns go. When it shows no addresses, the whole file is
// looked through for them. The error is a *tablefile.Error when the file cannot be imported.
func openSource(ctx context.Context, file tablefile.File, how Reading, limits tablefile.Limits) (s *source, err error) {
	delimiter, err := tablefile.DelimiterNamed(how.Delimiter)
	if err != nil {
		return nil, err
	}
	options := tablefile.Options{Encoding: how.Encoding, Delimiter: delimiter}
	t, err := tablefile.Open(ctx, file, options, limits)
	if err != nil {
		return nil, err
	}
	opened := &source{Table: t}
	s = opened
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	if err := s.readSample(); err != nil {
		return nil, err
	}
	first, err := s.headerOf(how.Header)
	if err != nil {
		return nil, err
	}
	var header []string
	var rows [][]string
	if first >= 0 {
		header, s.header = s.read[first].Cells, s.read[first].Line
	}
	s.read = s.read[first+1:]
	var counts clientrow.Counts
	for _, r := range s.read {
		counts.Add(r.Cells)
		rows = append(rows, r.Cells)
	}

	if s.list = len(how.Mapping) == 0 && how.Header == "" && clientrow.IsList(withHeader(header, rows)); s.list {
		s.cols = []clientrow.Column{{Field: "email", By: "content"}}
		s.flatten()
	} else {
		if len(how.Mapping) == 0 && !counts.Enough(header) {
			if err := s.lookFurther(ctx, file, limits, &counts, header); err != nil {
				return nil, err
			}
		}
		if s.cols, err = clientrow.Columns(header, rows, counts, how.Mapping); err != nil {
			return nil, err
		}
	}
	s.sample = sampleOf(s.read)
	return s, nil
}

func withHeader(header []string, rows [][]string) [][]string {
	if header == nil {
		return rows
	}
	return append([][]string{header}, rows...)
}

// readSample reads the first records.
func (s *source) readSample() error {
	for held := 0; len(s.read) < importSample && held < importHeld; {
		r, err := s.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, cell := range r.Cells {
			held += len(cell)
		}
		r.Cells = slices.Clone(r.Cells)
		s.read = append(s.read, r)
		s.sampled++
	}
	return nil
}

// headerOf returns which of the first records is the header: the one on the line that was named, none, or the one that looks
// like it. It is -1 for none.
func (s *source) headerOf(named string) (int, error) {
	switch named {
	case "none":
		return -1, nil
	case "", "auto":
		cells := make([][]string, len(s.read))
		for i, r := range s.read {
			cells[i] = r.Cells
		}
		return clientrow.FindHeader(cells), nil
	}
	line, err := strconv.Atoi(named)
	i := slices.IndexFunc(s.read, func(r tablefile.Record) bool { return r.Line >= line })
	if err != nil || line < 1 || i < 0 {
		return 0, &tablefile.Error{Field: "header", Code: "unknown_header", Detail: fmt.Sprintf(
			"the header is none or the number of one of the first lines of the file, not %q", named)}
	}
	return i, nil
}

// lookFurther counts the addresses of the rows after the sample, until it is known which column has them, and begins to read
// the file anew after the sample.
func (s *source) lookFurther(ctx context.Context, file tablefile.File, limits tablefile.Limits, counts *clientrow.Counts, header []string) error {
	for !counts.Enough(header) {
		r, err := s.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		counts.Add(r.Cells)
	}
	again, err := tablefile.Open(ctx, file, tablefile.Options{Encoding: s.Encoding, Delimiter: s.Delimiter}, limits)
	if err != nil {
		return err
	}
	again.Sure = s.Sure
	err = s.Close()
	s.Table = again
	for range s.sampled {
		if _, rerr := s.Read(); err == nil && rerr != nil {
			err = rerr
		}
	}
	return err
}

// The bounds of a sample: it is kept in imports.options.
const (
	sampleRows  = 3
	sampleCell  = 60       // characters
	sampleBytes = 16 << 10 // of all
)

// sampleOf shortens the first records.
func sampleOf(records []tablefile.Record) [][]string {
	sample, left := [][]string{}, sampleBytes
	for _, r := range records[:min(len(records), sampleRows)] {
		row := make([]string, len(r.Cells))
		for i, cell := range r.Cells {
			row[i] = excerpt.Of(excerpt.OneLine(tablefile.Unguard(clientrow.Clean(cell))), sampleCell)
			left -= len(row[i]) + len(`"",`)
		}
		if left < 0 {
			break
		}
		sample = append(sample, row)
	}
	return sample
}

// next returns the next record; io.EOF after the last.
func (s *source) next() (tablefile.Record, error) {
	if len(s.read) == 0 {
		r, err := s.Read()
		if err != nil || !s.list {
			return r, err
		}
		s.read = []tablefile.Record{r}
		s.flatten()
		if len(s.read) == 0 {
			return s.next()
		}
	}
	r := s.read[0]
	s.read = s.read[1:]
	return r, nil
}

// flatten makes a record of each address of an address list.
func (s *source) flatten() {
	var flat []tablefile.Record
	for _, r := range s.read {
		for _, cell := range r.Cells {
			for _, part := range clientrow.SplitList(cell) {
				flat = append(flat, tablefile.Record{Cells: []string{part}, Line: r.Line, OpenQuote: r.OpenQuote})
			}
		}
	}
	s.read = flat
}

// CheckFile returns a *tablefile.Error when the file cannot be imported. It reads the beginning only, and accepts a file
// whose beginning takes too long to read: its import finds what is wrong.
func CheckFile(ctx context.Context, file tablefile.File, how Reading) error {
	s, err := openSource(ctx, file, how, tablefile.Beginning)
	if errors.Is(err, tablefile.ErrLimit) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Close()
}
