package results

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
	"gonets/internal/tablefile"
)

// reportPage is how many recipients are read at once for a report.
const reportPage = 2000

// errReportCut is the error of a report whose mailing was deleted meanwhile: its recipients go after it.
var errReportCut = errors.New("the mailing was deleted while its report was written")

// Report writes all recipients of a mailing as CSV (RFC 4180), a line each, with a heading line. With an error
// what was written is not the whole.
func Report(ctx context.Context, app core.App, id string, to io.Writer) error {
	out := csv.NewWriter(to)
	out.UseCRLF = true
	err := out.Write([]string{
		"email", "full_name", "state", "reason", "tries", "code", "enhanced_code", "response", "at", "next_try_at", "client",
		"unsubscribed_at", "complained_at",
	})
	if err != nil {
		return fmt.Errorf("write the report of mailing %s: %w", id, err)
	}
	left, err := readAfterwards(ctx, app, id)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		var rows []Recipient
		err := app.ConcurrentDB().NewQuery(recipientsSQL + ` AND r.id > {:after} ORDER BY r.id LIMIT {:limit}`).
			WithContext(ctx).
			Bind(dbx.Params{"mailing": id, "bits": mailing.IDBits, "after": after, "limit": reportPage}).All(&rows)
		if err != nil {
			return fmt.Errorf("read the recipients of mailing %s: %w", id, err)
		}
		if err := addAnswers(ctx, app, rows); err != nil {
			return err
		}
		for i := range rows {
			if err := out.Write(append(rows[i].cells(), left.unsubscribed[rows[i].Email], left.complained[rows[i].ID])); err != nil {
				return fmt.Errorf("write the report of mailing %s: %w", id, err)
			}
		}
		if out.Flush(); out.Error() != nil {
			return fmt.Errorf("write the report of mailing %s: %w", id, out.Error())
		}
		if len(rows) < reportPage {
			return stillThere(ctx, app, id)
		}
		after = rows[len(rows)-1].ID
	}
}

// stillThere fails with errReportCut when the mailing is gone.
func stillThere(ctx context.Context, app core.App, id string) error {
	there := false
	err := app.ConcurrentDB().NewQuery(`SELECT EXISTS (SELECT 1 FROM mailings WHERE id = {:id})`).
		WithContext(ctx).Bind(dbx.Params{"id": id}).Row(&there)
	if err != nil {
		return fmt.Errorf("read mailing %s: %w", id, err)
	}
	if !there {
		return errReportCut
	}
	return nil
}

func (r *Recipient) cells() []string {
	code := ""
	if r.Code != 0 {
		code = strconv.Itoa(r.Code)
	}
	return []string{
		tablefile.Guard(r.Email), tablefile.Guard(r.FullName), string(r.State), r.Reason, strconv.Itoa(r.Tries), code, r.EnhancedCode,
		tablefile.Guard(r.Response), r.At, r.NextTryAt, r.Client,
	}
}
