package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/clientfile"
	"gonets/internal/printable"
)

// clientsCommand imports and exports clients.
func clientsCommand(app core.App, r *running) *cobra.Command {
	c := &cobra.Command{Use: "clients", Short: "Import and export clients"}
	c.AddCommand(clientsImportCommand(app, r), clientsExportCommand(app, r))
	return c
}

// importFlags are the flags of clients import.
type importFlags struct {
	owner, list, conflict string
	columns               map[string]string
	dryRun, asJSON        bool
}

func clientsImportCommand(app core.App, r *running) *cobra.Command {
	var f importFlags
	c := r.command(app, "import FILE", "Import clients from a CSV file or a workbook", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error { return f.run(ctx, app, out, args[0]) })
	c.Long = `Import clients from a CSV file (UTF-8, UTF-16 or Windows-1251, separated by commas, semicolons or tabs) or a
workbook of Excel (.xlsx), with a header or without. Every line that cannot be taken is told with the reason; the others are
imported. Clients who are known already get what they lack (--on-conflict fill).
docs/clients.md says more.`
	c.Example = "  gonets clients import clients.csv --owner anna@example.org --list News --dry-run"
	flags := c.Flags()
	flags.StringVar(&f.owner, "owner", "", "whose clients they become: the address of a user")
	flags.StringVar(&f.list, "list", "", "put them on this list of the owner, by name or id")
	flags.StringVar(&f.conflict, "on-conflict", string(clientfile.Fill), "clients who are known already: keep, fill or overwrite")
	flags.StringToStringVar(&f.columns, "map", nil, `where a column goes, "Work mail=email"; email, full_name, comment, attributes.NAME or nothing`)
	flags.BoolVar(&f.dryRun, "dry-run", false, "tell what would happen, change nothing")
	return jsonFlag(c, &f.asJSON)
}

func (f *importFlags) run(ctx context.Context, app core.App, out io.Writer, file string) error {
	opts := clientfile.ImportOptions{Conflict: clientfile.Conflict(f.conflict), Mapping: f.columns, DryRun: f.dryRun}
	switch opts.Conflict {
	case clientfile.Keep, clientfile.Fill, clientfile.Overwrite:
	default:
		return fmt.Errorf("--on-conflict is keep, fill or overwrite, not %q", f.conflict)
	}
	user, err := ownerNamed(app, f.owner)
	if err != nil {
		return err
	}
	opts.Owner = user.Id
	if opts.List, err = findList(app, user, f.list); err != nil {
		return err
	}
	if err := checkFile(ctx, file, opts.Mapping); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}

	_, record, err := clientfile.NewImporter(app).Run(ctx, file, filepath.Base(file), opts, func(clientfile.ImportResult) {})
	if record == nil {
		return err
	}
	if terr := f.tell(app, out, record); terr != nil {
		return errors.Join(err, terr)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &ExitError{ExitStopped, errors.New(record.GetString("error"))}
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case record.GetInt("invalid") > 0:
		_, err = fmt.Fprintf(os.Stderr, "%d of %s could not be taken: mend these lines and import the file again, the others will change nothing\n",
			record.GetInt("invalid"), printable.Count(int64(record.GetInt("total")), "row", "rows"))
	}
	return err
}

// ownerNamed finds the user of --owner. (With a flag that cobra requires, the error would be lost: PocketBase drops it, and
// the command does not run.)
func ownerNamed(app core.App, email string) (*core.Record, error) {
	if email == "" {
		return nil, errors.New("whose clients? Name the user with --owner EMAIL")
	}
	return findUser(app, email)
}

func checkFile(ctx context.Context, name string, mapping map[string]string) error {
	file, err := os.Open(name)
	if err != nil {
		return errors.Unwrap(err) // the caller adds the name
	}
	defer file.Close()
	return clientfile.CheckFile(ctx, file, mapping)
}

// findList finds a list of the user by id or name; "" is none.
func findList(app core.App, user *core.Record, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	var ids []string
	err := app.DB().NewQuery(`SELECT id FROM lists WHERE owner = {:owner} AND (id = {:name} OR name = {:name})`).
		Bind(dbx.Params{"owner": user.Id, "name": name}).Column(&ids)
	switch {
	case err != nil:
		return "", fmt.Errorf("look for the list %s: %w", name, err)
	case len(ids) == 0:
		return "", fmt.Errorf("%s has no list %q: create it first", user.Email(), name)
	case len(ids) > 1:
		return "", fmt.Errorf("%s has several lists %q: give the id of the one", user.Email(), name)
	}
	return ids[0], nil
}

// tell writes the result of the import: the problems line by line, then the sums.
func (f *importFlags) tell(app core.App, out io.Writer, record *core.Record) error {
	if f.asJSON {
		return writeJSON(out, record)
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
	if err == nil && f.dryRun {
		_, err = fmt.Fprintln(out, "Nothing was changed.")
	}
	return err
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
