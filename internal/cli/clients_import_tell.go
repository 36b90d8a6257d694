package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientfile"
	"gonets/internal/printable"
)

// tell writes the result of the import: how the file was read, the problems line by line, then the sums.
func (f *importFlags) tell(app core.App, out io.Writer, record *core.Record) error {
	if f.asJSON {
		return writeJSON(out, record)
	}
	options := clientfile.OptionsOf(record)
	if err := tellReading(out, options, f.dryRun); err != nil {
		return err
	}
	if err := tellProblems(app, out, record); err != nil {
		return err
	}
	done := "Imported"
	if f.dryRun {
		done = "Would import"
	}
	_, err := fmt.Fprintf(out, "%s %s: %s, %d added, %d changed, %d unchanged, %d invalid, %d on the stop list.\n",
		done, record.GetString("file_name"), printable.Count(int64(record.GetInt("total")), "row", "rows"),
		record.GetInt("added"), record.GetInt("changed"), record.GetInt("unchanged"), record.GetInt("invalid"), record.GetInt("suppressed"))
	if err == nil {
		err = tellWhoLeft(out, options)
	}
	if err == nil && f.dryRun {
		_, err = fmt.Fprintln(out, "Nothing was changed.")
	}
	return err
}

// delimiterWords are the delimiters that do not show what they are.
var delimiterWords = map[string]string{"\t": "tabs", ",": "commas", ";": "semicolons", "|": "|"}

// tellReading writes what was found out about the file: all of it for a dry run, and otherwise only what may be wrong.
func tellReading(out io.Writer, o clientfile.RecordOptions, dryRun bool) error {
	if !dryRun && (o.EncodingSure || o.Encoding == "") {
		return nil
	}
	said := "Read as " + o.Encoding
	if !o.EncodingSure {
		said += " (not sure; --encoding says otherwise)"
	}
	if words, ok := delimiterWords[o.Delimiter]; ok && !o.AddressList {
		said += ", separated by " + words
	}
	switch {
	case o.AddressList:
		said += ", a list of addresses"
	case o.Header > 0:
		said += fmt.Sprintf(", header in line %d", o.Header)
	default:
		said += ", without a header"
	}
	lines := []string{said + "."}
	var columns []string
	for i, c := range o.Columns {
		from, to := c.Header, c.Field
		if from == "" {
			from = fmt.Sprint(i + 1)
		}
		if to == "" {
			to = "nowhere"
		}
		columns = append(columns, from+" → "+to)
	}
	lines = append(lines, "Columns: "+strings.Join(columns, ", "))
	for _, row := range o.Sample {
		lines = append(lines, "  "+strings.Join(row, " | "))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, printable.Line(line)); err != nil {
			return err
		}
	}
	return nil
}

// tellWhoLeft writes how many the file puts on the stop list, and which lists it makes.
func tellWhoLeft(out io.Writer, o clientfile.RecordOptions) error {
	if len(o.Left) > 0 {
		var reasons []string
		for _, reason := range slices.Sorted(maps.Keys(o.Left)) {
			reasons = append(reasons, fmt.Sprintf("%d %s", o.Left[reason], reason))
		}
		if _, err := fmt.Fprintf(out, "The file says who has left; on the stop list with that reason: %s.\n", strings.Join(reasons, ", ")); err != nil {
			return err
		}
	}
	if len(o.NewLists) > 0 {
		if _, err := fmt.Fprintf(out, "New lists: %s.\n", printable.Line(strings.Join(o.NewLists, ", "))); err != nil {
			return err
		}
	}
	return nil
}

// tellProblems writes the whole report of the import: the record has the first problems only.
func tellProblems(app core.App, out io.Writer, record *core.Record) error {
	report, err := clientfile.OpenReport(app, record)
	if err != nil {
		return err
	}
	defer report.Close()

	lines := csv.NewReader(report)
	if _, err := lines.Read(); err != nil { // the header
		return fmt.Errorf("read the report: %w", err)
	}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		value := printable.Line(line[2])
		if value != "" {
			value = ": " + value
		}
		if _, err := fmt.Fprintf(out, "line %s: %s%s\n", line[0], line[3], value); err != nil {
			return err
		}
	}
}
