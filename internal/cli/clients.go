package cli

import (
	"context"
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
	owner, list, conflict   string
	reading                 clientfile.Reading
	dryRun, asJSON, consent bool
}

func clientsImportCommand(app core.App, r *running) *cobra.Command {
	var f importFlags
	c := r.command(app, "import FILE", "Import clients from a CSV file or a workbook", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error { return f.run(ctx, app, out, args[0]) })
	c.Long = `Import clients from a CSV file, a list of addresses or a workbook of Excel (.xlsx), with a header or without. Encoding,
delimiter and header are found out; --dry-run tells them with the first rows. Every line that cannot be taken is told
with the reason; the others are imported. Who has left elsewhere, by a column that says so, comes on the stop list. Clients
who are known already get what they lack (--on-conflict fill). docs/clients.md says more.`
	c.Example = "  gonets clients import clients.csv --owner anna@example.org --list News --dry-run"
	flags := c.Flags()
	flags.StringVar(&f.owner, "owner", "", "whose clients they become: the address of a user")
	flags.StringVar(&f.list, "list", "", "put them on this list of the owner, by name or id")
	flags.StringVar(&f.conflict, "on-conflict", string(clientfile.Fill), "clients who are known already: keep, fill or overwrite")
	flags.StringToStringVar(&f.reading.Mapping, "map", nil, `where a column goes, "Work mail=email"; email, full_name, comment, attributes.NAME, status or nothing`)
	flags.StringVar(&f.reading.Encoding, "encoding", "", "the encoding of the file, such as windows-1251, ibm866, utf-8 (found out)")
	flags.StringVar(&f.reading.Delimiter, "delimiter", "", "comma, semicolon, tab, pipe or one character (found out)")
	flags.StringVar(&f.reading.Header, "header", "", "the number of the line with the header, or none (found out)")
	flags.BoolVar(&f.consent, "consent", false, "these people have agreed already: a list with double opt-in does not ask them")
	flags.BoolVar(&f.dryRun, "dry-run", false, "tell what would happen, change nothing")
	return jsonFlag(c, &f.asJSON)
}

func (f *importFlags) run(ctx context.Context, app core.App, out io.Writer, file string) error {
	opts := clientfile.ImportOptions{Conflict: clientfile.Conflict(f.conflict), Reading: f.reading, DryRun: f.dryRun, Consent: f.consent}
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
	if err := checkFile(ctx, file, opts.Reading); err != nil {
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
		return &exitError{exitStopped, errors.New(record.GetString("error"))}
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

func checkFile(ctx context.Context, name string, how clientfile.Reading) error {
	file, err := os.Open(name)
	if err != nil {
		return errors.Unwrap(err) // the caller adds the name
	}
	defer file.Close()
	return clientfile.CheckFile(ctx, file, how)
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
