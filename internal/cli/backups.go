package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/backup"
	"gonets/internal/printable"
)

// backupsCommand lists backups, and tries whether one can be restored.
func backupsCommand(app core.App, r *running) *cobra.Command {
	c := &cobra.Command{Use: "backups", Short: "List backups, and try whether one can be restored"}
	c.AddCommand(backupsListCommand(app, r), backupsTryCommand(app, r))
	return c
}

func backupsListCommand(app core.App, r *running) *cobra.Command {
	var asJSON bool
	c := r.command(app, "list", "List the backups, the newest first", cobra.NoArgs,
		func(ctx context.Context, out io.Writer, _ []string) error {
			files, err := backup.All(ctx, app)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(out, files)
			}
			for _, f := range files {
				if _, err := fmt.Fprintf(out, "%s  %7d MB  %s\n", f.Made.UTC().Format(time.DateTime+" MST"), f.Bytes>>20, printable.Line(f.Name)); err != nil {
					return err
				}
			}
			return nil
		})
	return jsonFlag(c, &asJSON)
}

func backupsTryCommand(app core.App, r *running) *cobra.Command {
	var asJSON bool
	c := r.command(app, "try NAME", "Tell whether a backup can be restored", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error {
			trial, err := backup.Try(ctx, app, args[0])
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if asJSON {
				err = writeJSON(out, trial)
			} else {
				err = tellTrial(out, trial)
			}
			if err == nil && !trial.OK {
				return &exitError{Code: exitFailed}
			}
			return err
		})
	c.Long = `Tell whether a backup can be restored: reads each of its files, opens a copy of its database beside the real one, brings
it up to date, checks that it is whole and that the counters of mailings match their recipients, and removes the copy. Nothing
else is changed. Exit code 1 when something is wrong with the backup.`
	c.Example = "  gonets backups list\n  gonets backups try @auto_pb_backup_gonets_20261127000000.zip"
	return jsonFlag(c, &asJSON)
}

func tellTrial(out io.Writer, t backup.Trial) error {
	var errs []error
	for _, p := range t.Problems {
		_, err := fmt.Fprintln(out, "error   ", printable.Line(p))
		errs = append(errs, err)
	}
	word := "can be restored"
	if !t.OK {
		word = "cannot be restored as it is"
	}
	_, err := fmt.Fprintf(out, "%s of %s %s: %s, a database of %d MB with %s and %s.\n", printable.Line(t.Name), t.Made.UTC().Format(time.DateTime+" MST"), word,
		printable.Count(int64(t.Files), "file", "files"), t.Database>>20,
		printable.Count(t.Clients, "client", "clients"), printable.Count(t.Mailings, "mailing", "mailings"))
	return errors.Join(append(errs, err)...)
}
