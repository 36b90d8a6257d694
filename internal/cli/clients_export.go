package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/audience"
	"gonets/internal/clientexport"
)

// exportFlags are the flags of clients export.
type exportFlags struct {
	owner, file, format, delimiter string
}

func clientsExportCommand(app core.App, r *running) *cobra.Command {
	var f exportFlags
	c := r.command(app, "export", "Export an owner's clients as CSV or as a workbook", cobra.NoArgs,
		func(ctx context.Context, out io.Writer, _ []string) error { return f.run(ctx, app, out) })
	c.Long = `Export all clients of an owner as CSV or as a workbook of Excel (.xlsx), the same columns in both. The format is
that of --format, else of the ending of the file, else CSV. What stands between the cells of CSV is a semicolon when
the owner uses Gonets in Russian and a comma otherwise, as in the web UI. Import reads both back.`
	c.Example = "  gonets clients export --owner anna@example.org -o clients.xlsx"
	flags := c.Flags()
	flags.StringVar(&f.owner, "owner", "", "whose clients: the address of a user")
	flags.StringVarP(&f.file, "output", "o", "", "write to this file instead of stdout")
	flags.StringVar(&f.format, "format", "", "csv or xlsx (default: by the ending of the file)")
	flags.StringVar(&f.delimiter, "delimiter", "", "of CSV: comma, semicolon or tab (default: by the owner's language)")
	return c
}

func (f *exportFlags) run(ctx context.Context, app core.App, out io.Writer) error {
	owner, err := ownerNamed(app, f.owner)
	if err != nil {
		return err
	}
	write, err := f.writer(ctx, app, owner)
	if err != nil {
		return err
	}
	if f.file == "" {
		return write(forProgram(out))
	}
	return writeFile(f.file, write)
}

// writer writes the export in the format that was asked for.
func (f *exportFlags) writer(ctx context.Context, app core.App, owner *core.Record) (func(io.Writer) error, error) {
	format := strings.ToLower(f.format)
	if format == "" && strings.EqualFold(filepath.Ext(f.file), ".xlsx") {
		format = "xlsx"
	}
	switch format {
	case "xlsx":
		if f.delimiter != "" {
			return nil, errors.New("--delimiter is for CSV: a workbook has none")
		}
		return func(w io.Writer) error { return clientexport.Workbook(ctx, app, audience.Wanted{Owner: owner.Id}, w) }, nil
	case "", "csv":
		delimiter := clientexport.Delimiter(owner)
		if f.delimiter != "" {
			var err error
			if delimiter, err = clientexport.DelimiterNamed(f.delimiter); err != nil {
				return nil, err
			}
		}
		return func(w io.Writer) error {
			return clientexport.CSV(ctx, app, audience.Wanted{Owner: owner.Id}, delimiter, w)
		}, nil
	}
	return nil, fmt.Errorf("--format is csv or xlsx, not %q", f.format)
}

// writeFile writes a file that other users cannot read. After an error there is no file.
func writeFile(name string, write func(io.Writer) error) error {
	part := name + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, name)
}
