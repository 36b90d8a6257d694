// Package clientfile imports clients from files, and takes imports back. Package tablefile knows the formats of the files,
// clientrow what their rows mean.
package clientfile

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
	"gonets/internal/excerpt"
	"gonets/internal/tablefile"
)

const (
	importBatch  = 2000    // rows a transaction
	importBytes  = 4 << 20 // bytes of these rows, which are held until then
	importSample = 50      // rows by which the columns are guessed
)

// ImportOptions say what to do with a file of clients.
type ImportOptions struct {
	Owner    string
	List     string            // every valid address of the file is put on this list; "" for none
	Conflict Conflict          // what happens to clients who exist already; "" is Fill
	Mapping  map[string]string // column, by header or number from 1, to field; the others are guessed
	DryRun   bool              // counts and reports everything, changes nothing
}

// ImportResult is what became of the rows of a file, or would become of them.
// Total = Added + Changed + Unchanged + Invalid.
type ImportResult struct {
	Total      int // rows that are not empty
	Added      int
	Changed    int
	Unchanged  int // among them the second and later rows of one address
	Invalid    int
	Suppressed int // valid addresses on the stop list: they are added, and get no mail
	Problems   []clientrow.Problem
	Encoding   string
	Delimiter  string
	Columns    []clientrow.Column
	Sample     [][]string // the first rows of the file, shortened
}

// maxProblems is how many problems a result holds. The report has all of them.
const maxProblems = 100

// importing is one import under way.
type importing struct {
	app    core.App
	id     string // of the record in imports; "" when nothing is kept for Undo
	opts   ImportOptions
	limits clientrow.Limits
	source *source
	report *reportWriter
	result ImportResult

	// seen has the line of every address so far, by a hash of 128 bits. It takes a tenth of the memory of the addresses,
	// and two of a million addresses have the same hash once in 10^26 files.
	seen  map[[2]uint64]int32
	seeds [2]maphash.Seed
	batch []clientrow.Row
	held  int // bytes of the records of the batch
}

// source is a file of which the columns are known.
type source struct {
	*tablefile.Table
	cols   []clientrow.Column
	read   []record   // records that were read to guess the columns
	sample [][]string // the first rows, shortened, to be shown beside the columns
}

// The bounds of a sample: it is kept in imports.options.
const (
	sampleRows  = 3
	sampleCell  = 60       // characters
	sampleBytes = 16 << 10 // of all
)

// sampleOf shortens the first records.
func sampleOf(records []record) [][]string {
	sample, left := [][]string{}, sampleBytes
	for _, r := range records[:min(len(records), sampleRows)] {
		row := make([]string, len(r.cells))
		for i, cell := range r.cells {
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

type record struct {
	cells []string
	line  int
}

// openSource reads the beginning of the file and decides where its columns go. The error is a
// *tablefile.Error when it cannot be imported.
func openSource(ctx context.Context, file tablefile.File, mapping map[string]string, limits tablefile.Limits) (s *source, err error) {
	t, err := tablefile.Open(ctx, file, limits)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	s = &source{Table: t}
	for len(s.read) <= importSample {
		cells, line, err := t.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		s.read = append(s.read, record{slices.Clone(cells), line})
	}
	rows := make([][]string, len(s.read)-1)
	for i, r := range s.read[1:] {
		rows[i] = r.cells
	}
	cols, header, err := clientrow.Columns(s.read[0].cells, rows, mapping)
	if err != nil {
		return nil, err
	}
	if header {
		s.read = s.read[1:]
	}
	s.cols = cols
	s.sample = sampleOf(s.read)
	return s, nil
}

// next returns the next record; io.EOF after the last.
func (s *source) next() (record, error) {
	if len(s.read) > 0 {
		r := s.read[0]
		s.read = s.read[1:]
		return r, nil
	}
	cells, line, err := s.Read()
	return record{cells, line}, err
}

// CheckFile returns a *tablefile.Error when the file cannot be imported. It reads the beginning only, and accepts a file
// whose beginning takes too long to read: its import finds what is wrong.
func CheckFile(ctx context.Context, file tablefile.File, mapping map[string]string) error {
	s, err := openSource(ctx, file, mapping, tablefile.Beginning)
	if errors.Is(err, tablefile.ErrLimit) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Close()
}

// runImport reads the file row by row and writes the clients in transactions of 2 000, and one line for each problem to
// the report. It calls progress after each transaction. When ctx ends, or something fails, the clients of the earlier
// transactions stay, and the result counts them.
func runImport(ctx context.Context, app core.App, id string, file tablefile.File, opts ImportOptions,
	report io.Writer, progress func(ImportResult),
) (ImportResult, error) {
	if opts.Conflict == "" {
		opts.Conflict = Fill
	}
	i := &importing{
		app: app, id: id, opts: opts, report: newReport(report),
		seen: map[[2]uint64]int32{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		batch: make([]clientrow.Row, 0, importBatch),
	}
	err := i.run(ctx, file, progress)
	return i.result, errors.Join(err, i.report.close())
}

func (i *importing) run(ctx context.Context, file tablefile.File, progress func(ImportResult)) (err error) {
	if i.limits, err = clientrow.LimitsOf(i.app); err != nil {
		return err
	}
	if i.source, err = openSource(ctx, file, i.opts.Mapping, tablefile.ToEnd); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.source.Close()) }()
	i.result.Encoding, i.result.Columns, i.result.Sample = i.source.Encoding, i.source.cols, i.source.sample
	if i.source.Delimiter != 0 {
		i.result.Delimiter = string(i.source.Delimiter)
	}

	for {
		r, err := i.source.next()
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return errors.Join(err, i.flush())
		}
		if !end {
			i.add(r)
		}
		if len(i.batch) < importBatch && i.held < importBytes && !end {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := i.flush(); err != nil {
			return err
		}
		progress(i.result)
		if end {
			return nil
		}
	}
}

// add puts a record into the batch, or reports what is wrong with it.
func (i *importing) add(r record) {
	i.result.Total++
	for _, cell := range r.cells {
		i.held += len(cell)
	}
	row, problem := clientrow.Read(r.cells, r.line, i.source.cols, i.limits)
	if problem != nil {
		i.result.Invalid++
		i.note(*problem)
		return
	}
	key := [2]uint64{maphash.String(i.seeds[0], row.Email), maphash.String(i.seeds[1], row.Email)}
	if before, twice := i.seen[key]; twice {
		i.result.Unchanged++
		i.note(clientrow.Problem{Line: r.line, Code: "duplicate", Value: row.Email, Detail: fmt.Sprintf(
			"the address is in line %d already; this line is left out", before)})
		return
	}
	i.seen[key] = int32(r.line)
	i.batch = append(i.batch, row)
}

// note reports a problem.
func (i *importing) note(p clientrow.Problem) {
	if len(i.result.Problems) < maxProblems {
		i.result.Problems = append(i.result.Problems, p)
	}
	i.report.write(p)
}
