package clientfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
	"gonets/internal/tablefile"
)

// reportWriter writes the report of an import: a CSV file with one line for each problem, in the order in which they were
// found. close returns the first error.
type reportWriter struct {
	csv  *csv.Writer
	left int // bytes that may still be written
	err  error
}

// maxReport is how long a report may be, in bytes: some hundred thousand problems.
const maxReport = 32 << 20

func newReport(w io.Writer) *reportWriter {
	r := &reportWriter{csv: csv.NewWriter(w), left: maxReport}
	r.line("line", "code", "value", "problem")
	return r
}

func (r *reportWriter) write(p clientrow.Problem) {
	before := r.left
	if r.left -= len(p.Value) + len(p.Detail) + 64; r.left < 0 {
		if before >= 0 {
			r.line(strconv.Itoa(p.Line), "report_full", "", "there are more problems than a report can hold: this is the last line of it")
		}
		return
	}
	r.line(strconv.Itoa(p.Line), p.Code, tablefile.Guard(p.Value), p.Detail)
}

func (r *reportWriter) line(cells ...string) {
	if err := r.csv.Write(cells); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *reportWriter) close() error {
	r.csv.Flush()
	if r.err == nil {
		r.err = r.csv.Error()
	}
	if r.err != nil {
		return fmt.Errorf("write the report: %w", r.err)
	}
	return nil
}

// OpenReport opens the whole report of an import. An import without problems stored none: its report is a header. When
// the report could not be stored, it is made of the problems in the record.
func OpenReport(app core.App, record *core.Record) (io.ReadCloser, error) {
	name := record.GetString("report")
	if name == "" {
		return shortReport(record)
	}
	files, err := app.NewFilesystem()
	if err != nil {
		return nil, fmt.Errorf("read the report of import %s: %w", record.Id, err)
	}
	file, err := files.GetReader(path.Join(record.BaseFilesPath(), name))
	if err != nil {
		return nil, fmt.Errorf("read the report of import %s: %w", record.Id, errors.Join(err, files.Close()))
	}
	return openReport{file, files}, nil
}

func shortReport(record *core.Record) (io.ReadCloser, error) {
	var problems []clientrow.Problem
	if err := record.UnmarshalJSONField("problems", &problems); err != nil {
		return nil, fmt.Errorf("read the problems of import %s: %w", record.Id, err)
	}
	var text bytes.Buffer
	report := newReport(&text)
	for _, p := range problems {
		report.write(p)
	}
	if len(problems) > 0 {
		report.line("", "report_left_out", "", "the whole report could not be kept: these are the first problems of it")
	}
	return io.NopCloser(&text), report.close()
}

// openReport closes the storage with the file.
type openReport struct {
	io.ReadCloser
	files io.Closer
}

// Close implements io.Closer.
func (r openReport) Close() error { return errors.Join(r.ReadCloser.Close(), r.files.Close()) }
