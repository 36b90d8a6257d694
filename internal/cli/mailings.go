package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	"github.com/spf13/cobra"

	"gonets/internal/mailing"
	"gonets/internal/printable"
)

// mailingLine is a mailing as the commands show it.
type mailingLine struct {
	ID         string        `db:"id" json:"id"`
	Name       string        `db:"name" json:"name"`
	Owner      string        `db:"owner" json:"owner"`
	OwnerEmail string        `db:"owner_email" json:"owner_email"`
	Status     string        `db:"status" json:"status"`
	Blocked    bool          `db:"blocked" json:"blocked"`
	Total      int           `db:"total" json:"total"`
	Sent       int           `db:"sent" json:"sent"`
	Failed     int           `db:"failed" json:"failed"`
	Uncertain  int           `db:"uncertain" json:"uncertain"`
	Skipped    int           `db:"skipped" json:"skipped"`
	Deferred   int           `db:"deferred" json:"deferred"`
	Bounced    int           `db:"bounced" json:"bounced"`
	Complained int           `db:"complained" json:"complained"`
	Reason     types.JSONRaw `db:"waiting_reason" json:"waiting_reason"`
	Created    string        `db:"created" json:"created"`
	StartsAt   string        `db:"starts_at" json:"starts_at"`
	StartedAt  string        `db:"started_at" json:"started_at"`
	FinishedAt string        `db:"finished_at" json:"finished_at"`
}

const mailingLinesSQL = `
SELECT m.id, m.name, m.owner, u.email AS owner_email, m.status, m.blocked,
	m.total, m.sent, m.failed, m.uncertain, m.skipped, m.deferred, m.bounced, m.complained,
	COALESCE(m.waiting_reason, 'null') AS waiting_reason, m.created, m.starts_at, m.started_at, m.finished_at
FROM mailings m JOIN users u ON u.id = m.owner
`

// left is the number of recipients without a final state.
func (m *mailingLine) left() int {
	return m.Total - m.Sent - m.Failed - m.Uncertain - m.Skipped - m.Bounced
}

var statuses = []mailing.Status{
	mailing.Created, mailing.Scheduled, mailing.Running, mailing.Paused, mailing.Completed, mailing.Cancelled,
}

// mailingsCommand lists mailings, the newest first.
func mailingsCommand(app core.App, r *running) *cobra.Command {
	var (
		asJSON        bool
		owner, status string
	)
	c := r.command(app, "mailings", "List mailings, the newest first", cobra.NoArgs,
		func(ctx context.Context, out io.Writer, _ []string) error {
			lines, err := readMailings(ctx, app, owner, status)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(out, lines)
			}
			return writeMailings(out, lines)
		})
	c.Flags().StringVar(&owner, "owner", "", "only those of this user (e-mail address)")
	c.Flags().StringVar(&status, "status", "", "only those in this status")
	return jsonFlag(c, &asJSON)
}

func readMailings(ctx context.Context, app core.App, owner, status string) ([]mailingLine, error) {
	where, params := []string{"TRUE"}, dbx.Params{}
	if owner != "" {
		user, err := findUser(app, owner)
		if err != nil {
			return nil, err
		}
		where, params["owner"] = append(where, "m.owner = {:owner}"), user.Id
	}
	if status != "" {
		if !slices.Contains(statuses, mailing.Status(status)) {
			return nil, fmt.Errorf("%q is not a status: created, scheduled, running, paused, completed or cancelled", status)
		}
		where, params["status"] = append(where, "m.status = {:status}"), status
	}
	lines := []mailingLine{}
	err := app.ConcurrentDB().NewQuery(mailingLinesSQL + "WHERE " + strings.Join(where, " AND ") + " ORDER BY m.created DESC, m.id DESC").
		WithContext(ctx).Bind(params).All(&lines)
	if err != nil {
		return nil, fmt.Errorf("read mailings: %w", err)
	}
	return lines, nil
}

func writeMailings(out io.Writer, lines []mailingLine) error {
	if len(lines) == 0 {
		_, err := fmt.Fprintln(out, "No mailings.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATUS\tSENT\tFAILED\tUNCERTAIN\tBOUNCED\tLEFT\tTOTAL\tOWNER\tNAME")
	for i := range lines {
		m := &lines[i]
		status := m.Status
		if m.Blocked {
			status += ", blocked"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n",
			m.ID, status, m.Sent, m.Failed, m.Uncertain, m.Bounced, m.left(), m.Total, m.OwnerEmail, printable.Line(m.Name))
	}
	return table.Flush()
}

// readMailing reads one mailing.
func readMailing(ctx context.Context, app core.App, id string) (*mailingLine, error) {
	var lines []mailingLine
	err := app.ConcurrentDB().NewQuery(mailingLinesSQL + "WHERE m.id = {:id}").
		WithContext(ctx).Bind(dbx.Params{"id": id}).All(&lines)
	if err != nil {
		return nil, fmt.Errorf("read mailing %s: %w", id, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("there is no mailing %s: `gonets mailings` lists them", id)
	}
	return &lines[0], nil
}
