package audience

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// reportWriter writes the report of an import: a CSV file with a line a problem, in the order in which
// they were found. The first error stays and is close's.
type reportWriter struct {
	csv *csv.Writer
	err error
}

func newReport(w io.Writer) *reportWriter {
	r := &reportWriter{csv: csv.NewWriter(w)}
	r.line("line", "code", "value", "problem")
	return r
}

func (r *reportWriter) write(p Problem) {
	r.line(strconv.Itoa(p.Line), p.Code, guard(p.Value), p.Detail)
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
