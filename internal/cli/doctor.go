package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/doctor"
	"gonets/internal/domain"
	"gonets/internal/nameserver"
	"gonets/internal/printable"
)

// doctorCommand tells an operator what is missing before the first real mailing.
func doctorCommand(app core.App, r *running, resolver *nameserver.Resolver) *cobra.Command {
	var (
		asJSON, ready bool
		base, name    string
	)
	c := r.command(app, "doctor", "Tell what is missing, and how the service does", cobra.NoArgs,
		func(ctx context.Context, out io.Writer, _ []string) error {
			report, ok, err := examine(ctx, app, resolver, name)
			switch {
			case err != nil:
				return err
			case asJSON:
				err = writeJSON(out, report)
			default:
				_, err = io.WriteString(out, report.String())
			}
			if err == nil && !ok {
				return &exitError{Code: exitFailed}
			}
			return err
		})
	c.Long = `Tell what is missing before the first real mailing: superuser, mail server, public address, first
manager, backups; and how the service does: who sends, who waits, mail servers, the last backup, disk, database, certificate,
clock, version, and whether the counters match the recipients. Exit code 1 when something must be mended.

With --domain it asks a domain's name servers for the records that its e-mails need. Exit code 1 when one is wrong, or nobody answers.

With --ready it only asks a running service whether mailings are sent, and does not open the data folder: for the
health check of a container. Exit code 0 when this or another process sends, 1 when none does or nobody answers.`
	c.Example = "  gonets doctor\n  gonets doctor --domain example.org\n  gonets doctor --ready --url https://mail.example.org"
	c.Annotations[noDataWith] = "ready"
	c.Flags().BoolVar(&ready, "ready", false, "ask a running service whether it is ready, nothing else")
	c.Flags().StringVar(&name, "domain", "", "check the DNS records of this domain instead")
	c.Flags().StringVar(&base, "url", doctor.ReadyURL, "the service that --ready asks")
	whole := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if !ready {
			return whole(c, args)
		}
		sending, err := doctor.AskReady(c.Context(), base)
		if err == nil {
			_, err = fmt.Fprintln(printable.Writer(c.OutOrStdout()), "ready: sending", sending)
		}
		return err
	}
	return jsonFlag(c, &asJSON)
}

// examine examines the domain of that name, or the instance without one.
func examine(ctx context.Context, app core.App, resolver *nameserver.Resolver, name string) (report fmt.Stringer, ok bool, err error) {
	if name != "" {
		r, err := domain.Examine(ctx, app, resolver, name)
		return &r, r.Complete(), err
	}
	findings, ok, err := doctor.Examine(ctx, app, resolver)
	return doctor.Findings{OK: ok, Checks: findings}, ok, err
}
