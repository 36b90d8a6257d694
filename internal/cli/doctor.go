package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/doctor"
	"gonets/internal/printable"
)

// doctorCommand tells an operator what is missing before the first real mailing.
func doctorCommand(app core.App, r *running) *cobra.Command {
	var (
		asJSON, ready bool
		base          string
	)
	c := r.command(app, "doctor", "Tell what is missing, and how the service does", cobra.NoArgs,
		func(ctx context.Context, out io.Writer, _ []string) error {
			findings, ok, err := doctor.Examine(ctx, app)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(out, map[string]any{"ok": ok, "checks": findings})
			} else {
				for _, f := range findings {
					_, werr := fmt.Fprintf(out, "%-8s %-15s %s\n", f.Level, f.Code, printable.Line(f.Detail))
					if f.Do != "" && werr == nil {
						_, werr = fmt.Fprintf(out, "%24s → %s\n", "", printable.Line(f.Do))
					}
					err = errors.Join(err, werr)
				}
			}
			if err == nil && !ok {
				return &exitError{Code: exitFailed}
			}
			return err
		})
	c.Long = `Tell what is missing before the first real mailing: superuser, mail server, public address, first
manager, backups; and how the service does: who sends, who waits, mail servers, the last backup, disk, database, certificate,
clock, version, and whether the counters match the recipients. Exit code 1 when something must be mended.

With --ready it only asks a running service whether mailings are sent, and does not open the data folder: for the
health check of a container. Exit code 0 when this or another process sends, 1 when none does or nobody answers.`
	c.Example = "  gonets doctor\n  gonets doctor --ready --url https://mail.example.org"
	c.Annotations[noDataWith] = "ready"
	c.Flags().BoolVar(&ready, "ready", false, "ask a running service whether it is ready, nothing else")
	c.Flags().StringVar(&base, "url", doctor.ReadyURL, "the service that --ready asks")
	examine := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if ready {
			sending, err := doctor.AskReady(c.Context(), base)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(printable.Writer(c.OutOrStdout()), "ready: sending", sending)
			return err
		}
		return examine(c, args)
	}
	return jsonFlag(c, &asJSON)
}
