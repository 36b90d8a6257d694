package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/mailing"
	"gonets/internal/printable"
	"gonets/internal/results"
)

// statusCommand shows the progress of one mailing.
func statusCommand(app core.App, r *running) *cobra.Command {
	var asJSON bool
	c := r.command(app, "status MAILING_ID", "Tell how far a mailing is", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error {
			m, err := readMailing(ctx, app, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(out, m)
			}
			_, err = io.WriteString(out, describe(m))
			return err
		})
	return jsonFlag(c, &asJSON)
}

// reportCommand writes the result of every recipient.
func reportCommand(app core.App, r *running, engine *delivery.Engine) *cobra.Command {
	var file string
	c := r.command(app, "report MAILING_ID", "Write what became of every recipient, as CSV", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error {
			if _, err := readMailing(ctx, app, args[0]); err != nil {
				return err
			}
			write := func(w io.Writer) error { return results.Report(ctx, app, args[0], w) }
			if file == "" {
				return write(out)
			}
			return writeFile(file, write)
		})
	c.Long = `Write what became of every recipient of a mailing, as CSV. When it breaks in the middle the exit code is 1; with -o
there is no file then.`
	c.Example = "  gonets report 4q1rk2v9t0w8xyz -o report.csv"
	c.Flags().StringVarP(&file, "output", "o", "", "write to this file instead of stdout")
	return c
}

// describe is a mailing in a few lines.
func describe(m *mailingLine) string {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%-10s %v\n", name, value) }
	line("mailing", m.ID)
	line("name", printable.Line(m.Name))
	line("owner", m.OwnerEmail)
	status := m.Status
	if m.Blocked {
		status += ", blocked"
	}
	line("status", status)
	if why := waitsFor(m.Reason); why != "" {
		line("waits", why)
	}
	if m.StartsAt != "" && m.StartedAt == "" {
		line("starts", m.StartsAt)
	}
	if m.StartedAt != "" {
		line("started", m.StartedAt)
	}
	if m.FinishedAt != "" {
		line("finished", m.FinishedAt)
	}
	line("total", m.Total)
	line("sent", m.Sent)
	line("failed", m.Failed)
	line("uncertain", m.Uncertain)
	line("skipped", m.Skipped)
	line("deferred", m.Deferred)
	line("bounced", m.Bounced)
	line("complained", m.Complained)
	line("left", m.left())
	return b.String()
}

// waitsFor is a waiting_reason in words; "" when there is none.
func waitsFor(raw []byte) string {
	var reason mailing.Reason
	if json.Unmarshal(raw, &reason) != nil || reason.Code == "" {
		return ""
	}
	words := strings.ReplaceAll(reason.Code, "_", " ")
	if reason.Until != "" {
		words += " until " + reason.Until
	}
	if reason.Detail != "" {
		words += ": " + printable.Line(reason.Detail)
	}
	return words
}
