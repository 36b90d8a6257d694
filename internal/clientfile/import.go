// Package clientfile imports clients from files, and takes imports back. Package tablefile knows the formats of the files,
// clientrow what their rows mean.
package clientfile

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
	"gonets/internal/readahead"
	"gonets/internal/suppression"
	"gonets/internal/tablefile"
)

const (
	importBatch = 2000    // rows a transaction
	importBytes = 4 << 20 // bytes of these rows, which are held until then
)

// ImportOptions say what to do with a file of clients.
type ImportOptions struct {
	Owner    string
	List     string   // every valid address of the file is put on this list; "" for none
	Conflict Conflict // what happens to clients who exist already; "" is Fill
	Consent  bool     // the people of the file have agreed: lists with double opt-in do not ask them again
	DryRun   bool     // counts and reports everything, changes nothing
	Reading  Reading
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

	Encoding     string
	EncodingSure bool // no other encoding makes a similarly good text of the file
	Delimiter    string
	Header       int  // the line of the header; 0 for none
	AddressList  bool // the file is no table but a list of addresses
	Columns      []clientrow.Column
	Sample       [][]string     // the first rows of the file, shortened
	Left         map[string]int // addresses that the file puts on the stop list, by reason or clientrow.Unconfirmed
	NewLists     []string       // lists that the import makes
}

// maxProblems is how many problems a result holds. The report has all of them.
const maxProblems = 100

// importing is one import under way.
type importing struct {
	app    core.App
	id     string // of the record in imports; "" when nothing is kept for Undo
	opts   ImportOptions
	limits clientrow.Limits
	joined []string // lists that every client is put on, by id
	source *source
	report *reportWriter
	result ImportResult

	// seen has the line of every address so far, by a hash of 128 bits. It takes a tenth of the memory of the addresses,
	// and two of a million addresses have the same hash once in 10^26 files.
	seen  map[[2]uint64]int32
	seeds [2]maphash.Seed
	batch []clientrow.Row
	held  int                          // bytes of the records of the batch
	left  map[string]suppression.Entry // who must not be mailed, by address, of the batch and of second rows of an address
	lists map[string]string            // the ids of the owner's lists, by name; read when the first row names one

	// tell and heard get what became of each row and each problem, for who wants more than counts; nil for nobody.
	tell  func(outcome)
	heard func(clientrow.Problem)
}

// newImporting is an import that has read nothing yet.
func newImporting(app core.App, id string, opts ImportOptions, report io.Writer) *importing {
	if opts.Conflict == "" {
		opts.Conflict = Fill
	}
	i := &importing{
		app: app, id: id, opts: opts, report: newReport(report),
		seen: map[[2]uint64]int32{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		left: map[string]suppression.Entry{},
	}
	if opts.List != "" {
		i.joined = []string{opts.List}
	}
	i.result.Left = map[string]int{}
	return i
}

// runImport reads the file row by row and writes the clients in transactions of 2 000, and one line for each problem to
// the report. It calls progress after each transaction. When ctx ends, or something fails, the clients of the earlier
// transactions stay, and the result counts them.
func runImport(ctx context.Context, app core.App, id string, file tablefile.File, opts ImportOptions,
	report io.Writer, progress func(ImportResult),
) (ImportResult, error) {
	i := newImporting(app, id, opts, report)
	i.batch = make([]clientrow.Row, 0, importBatch)
	err := i.run(ctx, file, progress)
	return i.result, errors.Join(err, i.report.close())
}

func (i *importing) run(ctx context.Context, file tablefile.File, progress func(ImportResult)) (err error) {
	if i.limits, err = clientrow.LimitsOf(i.app); err != nil {
		return err
	}
	if i.source, err = openSource(ctx, file, i.opts.Reading, tablefile.ToEnd); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.source.Close()) }()
	i.result.Encoding, i.result.EncodingSure, i.result.Header = i.source.Encoding, i.source.Sure, i.source.header
	i.result.AddressList, i.result.Columns, i.result.Sample = i.source.list, i.source.cols, i.source.sample
	if i.source.Delimiter != 0 {
		i.result.Delimiter = string(i.source.Delimiter)
	}

	read, stop := readahead.Start(ctx, i.nextRows)
	defer stop()
	for rows := range read {
		for _, r := range rows {
			end := errors.Is(r.err, io.EOF)
			if r.err != nil && !end {
				return errors.Join(r.err, i.flush())
			}
			if !end {
				i.held += r.bytes
				i.take(r.row, r.problem)
			}
			if len(i.batch) < importBatch && len(i.left) < importBatch && i.held < importBytes && !end {
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
	return ctx.Err()
}

// rowRead is a row of the file, what is wrong with it, or why there are no more; io.EOF at the end.
type rowRead struct {
	row     clientrow.Row
	problem *clientrow.Problem
	bytes   int
	err     error
}

// How many rows are read before others are written: they are handed over so many at a time, or so many bytes.
const (
	aheadRows  = 500
	aheadBytes = 512 << 10
)

// nextRows reads the next rows of the file, up to its end or an error.
func (i *importing) nextRows(context.Context) (rows []rowRead, more bool) {
	rows, more = make([]rowRead, 0, aheadRows), true
	for bytes := 0; more && len(rows) < aheadRows && bytes < aheadBytes; {
		r := i.next()
		rows, bytes, more = append(rows, r), bytes+r.bytes, r.err == nil
	}
	return rows, more
}

// next reads a row.
func (i *importing) next() (r rowRead) {
	record, err := i.source.next()
	if err != nil {
		return rowRead{err: err}
	}
	for _, cell := range record.Cells {
		r.bytes += len(cell)
	}
	r.row, r.problem = clientrow.Read(record, i.source.cols, i.limits)
	return r
}

// take puts a client into the batch, or reports what is wrong with it.
func (i *importing) take(row clientrow.Row, problem *clientrow.Problem) {
	i.result.Total++
	if problem != nil {
		i.result.Invalid++
		i.note(*problem)
		return
	}
	if row.Left != "" && row.Left != clientrow.Unconfirmed {
		i.leave(row)
	}
	key := [2]uint64{maphash.String(i.seeds[0], row.Email), maphash.String(i.seeds[1], row.Email)}
	if before, twice := i.seen[key]; twice {
		i.result.Unchanged++
		i.note(clientrow.Problem{Line: row.Line, Code: "duplicate", Value: row.Email, Detail: fmt.Sprintf(
			"the address is in line %d already; this line is left out", before)})
		return
	}
	for _, n := range row.Notes {
		i.note(n)
	}
	i.seen[key] = int32(row.Line)
	i.batch = append(i.batch, row)
}

// leave puts the address of a row among those for the stop list, also of a row that is a duplicate.
func (i *importing) leave(row clientrow.Row) {
	before, has := i.left[row.Email]
	if has && !suppression.BindsMore(row.Left, before.Reason) {
		return
	}
	i.left[row.Email] = suppression.Entry{Email: row.Email, Reason: row.Left, Note: "import: " + row.LeftWord}
}

// note reports a problem.
func (i *importing) note(p clientrow.Problem) {
	if len(i.result.Problems) < maxProblems {
		i.result.Problems = append(i.result.Problems, p)
	}
	i.report.write(p)
	if i.heard != nil {
		i.heard(p)
	}
}
